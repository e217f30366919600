//! What to run, and who says so.

use orchestrator_sdk::{command, project::Ecosystem};
use serde::{Deserialize, Serialize};

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Brings in what the project needs.
    Install,
    /// Runs the project's tests.
    Test,
}

/// One command to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Folder to start it in; none for the project's root.
    pub directory: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// The kind of project, where a manifest told.
    pub ecosystem: Option<Ecosystem>,
}

impl Task {
    /// The command as people write it.
    #[must_use]
    pub fn line(&self) -> String {
        command::line(&self.argv)
    }
}

/// Who says what to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The project's manifests.
    Manifests,
    /// The plan.
    Plan,
    /// A model.
    Model,
    /// Nobody: the project has nothing to run.
    Nobody,
}

/// What to run, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agenda {
    /// The commands: installations first.
    pub tasks: Vec<Task>,
    /// Who says so.
    pub source: Source,
}

impl Agenda {
    /// Whether there is anything that tests.
    #[must_use]
    pub fn has_tests(&self) -> bool {
        self.tasks.iter().any(|task| task.purpose == Purpose::Test)
    }

    /// The tests of another source behind what this one installs, or all of the other where this one has nothing.
    pub(super) fn followed_by(self, mut other: Self) -> Self {
        if self.tasks.is_empty() {
            return other;
        }
        other.tasks.retain(|task| task.purpose == Purpose::Test);
        other.tasks.splice(0..0, self.tasks);
        other
    }
}
