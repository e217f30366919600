//! What can be said of what a run made, once it is over.

use super::ExhaustedReason;
use crate::ids::StepName;
use serde::{Deserialize, Serialize};

/// What can be said of what a run made, from the commands that ran and not from what an agent claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Which of these it is.
    pub kind: VerdictKind,
    /// Why, in a sentence for people.
    pub why: String,
    /// Loops that ended without a way forward.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loops: Vec<ExhaustedLoop>,
}

/// How far what a run made has been shown to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// Its tests ran after the last change to the code, and none failed.
    Tested,
    /// It was built or checked, and no tests ran.
    Built,
    /// Nobody ran anything that would show.
    Untested,
    /// What ran last failed: its tests, its build, its installation.
    Failed,
}

/// A loop that ended without a way forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExhaustedLoop {
    /// The step that loops.
    #[schema(value_type = String)]
    pub step: StepName,
    /// Why it ended.
    pub reason: ExhaustedReason,
    /// How many rounds there were.
    pub rounds: u32,
}

impl std::fmt::Display for ExhaustedLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { step, reason, rounds } = self;
        match reason {
            ExhaustedReason::MaxRounds => write!(f, "'{step}' was given up after {rounds} rounds"),
            ExhaustedReason::SameFailure => {
                write!(
                    f,
                    "'{step}' was given up: the same failure came twice, round {rounds} changed nothing"
                )
            }
        }
    }
}
