//! What to run, and who says so.

use super::ask;
use orchestrator_sdk::{
    CommandPurpose, Context, Error, command,
    project::{self, Ecosystem, Here, Recipe},
};
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

    /// Finds out what to run: the manifests know best, then the plan; a model is asked only where both say nothing of
    /// tests. Each later source may add tests only; what the manifests want installed is installed in any case.
    ///
    /// # Errors
    /// When files cannot be read, or a model that had to be asked gave no usable answer.
    pub fn find(context: &Context, contract: &str) -> Result<Self, Error> {
        let project = Here::look()?;
        let manifests = from_recipes(&project::recipes(&project)?);
        if manifests.has_tests() || project::Surroundings::paths(&project).is_empty() {
            return Ok(manifests);
        }
        let planned = from_plan(context);
        if planned.has_tests() {
            return Ok(manifests.followed_by(planned));
        }
        let asked = ask::ask(context, contract, project::Surroundings::paths(&project))?;
        Ok(if asked.has_tests() { manifests.followed_by(asked) } else { manifests })
    }

    /// The tests of another source behind what this one installs, or all of the other where this one has nothing.
    fn followed_by(self, mut other: Self) -> Self {
        if self.tasks.is_empty() {
            return other;
        }
        other.tasks.retain(|task| task.purpose == Purpose::Test);
        other.tasks.splice(0..0, self.tasks);
        other
    }
}

fn from_recipes(recipes: &[Recipe]) -> Agenda {
    let task = |recipe: &Recipe, argv: &Vec<String>, purpose| Task {
        argv: argv.clone(),
        directory: recipe.directory.clone(),
        purpose,
        ecosystem: Some(recipe.ecosystem),
    };
    let installs = recipes
        .iter()
        .flat_map(|recipe| recipe.install.iter().map(move |argv| task(recipe, argv, Purpose::Install)));
    let tests = recipes
        .iter()
        .flat_map(|recipe| recipe.test.iter().map(move |argv| task(recipe, argv, Purpose::Test)));
    let tasks: Vec<_> = installs.chain(tests).collect();
    let source = if tasks.is_empty() { Source::Nobody } else { Source::Manifests };
    Agenda { tasks, source }
}

fn from_plan(context: &Context) -> Agenda {
    let commands = context.plan.iter().flat_map(|plan| &plan.commands);
    let tasks: Vec<_> = commands
        .filter_map(|command| {
            let purpose = match command.purpose {
                CommandPurpose::Install => Purpose::Install,
                CommandPurpose::Test => Purpose::Test,
                // A server that is started runs until it is ended: nothing that a step could wait for.
                CommandPurpose::Start => return None,
            };
            let is_usable = !command.argv.is_empty();
            is_usable.then(|| Task { argv: command.argv.clone(), directory: None, purpose, ecosystem: None })
        })
        .collect();
    let source = if tasks.is_empty() { Source::Nobody } else { Source::Plan };
    Agenda { tasks, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{Plan, PlannedCommand, testing::Host};

    fn plan(test: &[&str]) -> Plan {
        let command = |purpose, argv: &[&str]| PlannedCommand {
            purpose,
            argv: argv.iter().map(ToString::to_string).collect(),
        };
        Plan {
            summary: "s".into(),
            stack: String::new(),
            files: Vec::new(),
            commands: vec![
                command(CommandPurpose::Test, test),
                command(CommandPurpose::Start, &["node", "server.js"]),
            ],
            acceptance_criteria: Vec::new(),
        }
    }

    fn find(host: &Host) -> Agenda {
        let context = host.context("anything");
        host.run(|| Agenda::find(&context, "contract")).unwrap()
    }

    #[test]
    fn manifests_are_believed_before_the_plan() {
        let host = Host::new()
            .with_file("package.json", r#"{"scripts":{"test":"node --test"}}"#)
            .with_run(|run| run.plan = Some(plan(&["deno", "test"])));
        let agenda = find(&host);
        assert_eq!((agenda.source, agenda.tasks[0].line().as_str()), (Source::Manifests, "npm test"));
    }

    #[test]
    fn the_plan_is_believed_before_a_model_and_servers_are_not_started() {
        let host = Host::new()
            .with_file("main.zig", "")
            .with_run(|run| run.plan = Some(plan(&["zig", "build", "test"])));
        let agenda = find(&host);
        assert_eq!(agenda.source, Source::Plan);
        assert_eq!(agenda.tasks.iter().map(Task::line).collect::<Vec<_>>(), ["zig build test"]);
    }

    #[test]
    fn a_model_is_asked_last() {
        let host =
            Host::new().with_file("main.zig", "").answer(r#"{"install":[],"test":[["zig","build","test"]]}"#);
        let agenda = find(&host);
        assert_eq!((agenda.source, agenda.tasks.len()), (Source::Model, 1));
    }

    #[test]
    fn an_empty_project_has_nothing_to_run_and_nobody_is_asked() {
        let agenda = find(&Host::new());
        assert_eq!((agenda.source, agenda.has_tests()), (Source::Nobody, false));
    }
}
