//! What an agent or a condition gets to know about the run it serves.

use crate::{
    digest::Digest,
    hex,
    ids::{AgentType, ProjectId, RunId, StepName, WorkflowName},
};
use serde::{Deserialize, Serialize};

/// A project's plan, as the planner made it and its schema checked it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Plan {
    /// What will be built, in one or two sentences.
    pub summary: String,
    /// The languages and libraries chosen, and why.
    #[serde(default)]
    pub stack: String,
    /// The files to write, in writing order.
    #[serde(default)]
    pub files: Vec<PlannedFile>,
    /// How the project is installed, tested and started.
    #[serde(default)]
    pub commands: Vec<PlannedCommand>,
    /// How one can tell that the request was met.
    #[serde(default)]
    pub acceptance_criteria: Vec<String>,
}

/// One file of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlannedFile {
    /// Relative to the project's root, with `/`.
    pub path: String,
    /// What the file is for.
    pub purpose: String,
}

/// One command of a plan: a program and its arguments, never a shell line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlannedCommand {
    /// What the command is for.
    pub purpose: CommandPurpose,
    /// The program and its arguments.
    pub argv: Vec<String>,
}

/// What a planned command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandPurpose {
    /// Brings in what the project needs.
    Install,
    /// Runs the project's tests.
    Test,
    /// Starts the project.
    Start,
}

/// How a file was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileChangeKind {
    /// The file is new.
    Create,
    /// The file was there and has new content.
    Modify,
    /// The file is gone.
    Delete,
    /// The file has a new path.
    Rename,
}

/// A change to one file that has been made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileChange {
    /// Relative to the project's root, with `/`.
    pub path: String,
    /// What was done.
    pub operation: FileChangeKind,
    /// The earlier path of a renamed file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Bytes of the new content; 0 when deleted.
    pub size: u64,
    /// SHA-256 of the new content, in hexadecimal; empty when deleted.
    pub sha256: String,
}

/// A limit that ended a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitReached {
    /// Its time was over.
    Time,
    /// It printed nothing for too long.
    Silence,
    /// It computed for too long.
    Cpu,
    /// It and what it started took more memory than there was for them.
    Memory,
    /// It left too many bytes in the project.
    WorkspaceBytes,
    /// It left too many files in the project.
    WorkspaceFiles,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CommandOutcome {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The exit code; none when a signal or the time limit ended it.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Whether the time limit ended it.
    #[serde(default)]
    pub timed_out: bool,
    /// The limit that ended it, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitReached>,
    /// Whether output was dropped because it reached the limit.
    #[serde(default)]
    pub truncated: bool,
    /// Head and tail of what it printed, both streams in the order they came.
    #[serde(default)]
    pub output: String,
    /// How long it took.
    pub duration_ms: u64,
    /// What went over the network, when it had a way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkUse>,
    /// What its output says of tests, where it is a test report that the host can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestCounts>,
}

/// How tests went, as their tools report it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TestCounts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, and groups of tests that could not be run.
    pub failed: u64,
    /// Tests that were left out.
    pub skipped: u64,
    /// Names of those that failed, the first 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<String>,
}

impl std::fmt::Display for TestCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.passed, self.failed) {
            (1, 0) => write!(f, "1 test passed"),
            (passed, 0) => write!(f, "{passed} tests passed"),
            (passed, failed) => write!(f, "{failed} of {} tests failed", passed.saturating_add(failed)),
        }
    }
}

/// What went over the network for one command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NetworkUse {
    /// Connections to what it was granted.
    pub allowed: u64,
    /// Connections that were refused or did not come about.
    pub refused: u64,
    /// Bytes that it sent.
    pub sent: u64,
    /// Bytes that it received.
    pub received: u64,
    /// What was refused and why, each thing once, the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<String>,
}

impl CommandOutcome {
    /// Whether the command did what it was asked to: it ended with 0, in its time, and its test report tells of no
    /// failure. The code alone is not enough: that of a pipe is the code of its last program.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        let tests_failed = self.tests.as_ref().is_some_and(|tests| tests.failed > 0);
        self.exit_code == Some(0) && !self.timed_out && !tests_failed
    }

    /// A digest that is equal for the same failure, however long it took: digits are left out of the output, because
    /// durations, ports and process ids change from run to run.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let ending = format!("{:?} {:?} {}", self.exit_code, self.signal, self.timed_out);
        let text: Vec<u8> = self.output.bytes().filter(|byte| !byte.is_ascii_digit()).collect();
        let arguments = self.argv.iter().flat_map(|argument| [argument.as_bytes(), &[0]]);
        let parts: Vec<&[u8]> = arguments.chain([ending.as_bytes(), &text]).collect();
        let Digest(bytes) = Digest::of_parts(&parts);
        hex::encode(bytes.first_chunk::<16>().unwrap_or(&[0; 16]))
    }
}

/// What an earlier step left for those after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepOutput {
    /// The step's name.
    pub step: StepName,
    /// The agent that did it.
    pub agent: AgentType,
    /// One sentence on what was done.
    pub summary: String,
    /// What the agent wants later steps to have.
    pub data: serde_json::Value,
}

/// Everything a plugin is told about the run, fixed at the moment of the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecutionContext {
    /// The run.
    pub run_id: RunId,
    /// The project.
    pub project_id: ProjectId,
    /// What somebody asked for.
    pub user_request: String,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The step's name.
    pub step: StepName,
    /// The step's place in the workflow, from 1.
    pub step_number: u32,
    /// How many steps the workflow has.
    pub step_count: u32,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// How many times the workflow has looped back, from 0.
    pub round: u32,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// The files that this run created or changed and that are still there, in the order of their first touch.
    pub files: Vec<FileChange>,
    /// The last command that ended, by whichever agent.
    pub last_command: Option<CommandOutcome>,
    /// What earlier steps left, in order; a step done twice appears twice.
    pub outputs: Vec<StepOutput>,
    /// Messages of the errors so far, oldest first.
    pub errors: Vec<String>,
    /// What the caller sent along.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(output: &str) -> CommandOutcome {
        CommandOutcome {
            argv: vec!["npm".into(), "test".into()],
            exit_code: Some(1),
            signal: None,
            timed_out: false,
            limit: None,
            truncated: false,
            output: output.into(),
            duration_ms: 12,
            network: None,
            tests: None,
        }
    }

    #[test]
    fn the_same_failure_has_the_same_fingerprint_whatever_it_took() {
        assert_eq!(outcome("1 failed in 12 ms").fingerprint(), outcome("1 failed in 7 ms").fingerprint());
        assert_ne!(outcome("cannot find a").fingerprint(), outcome("cannot find b").fingerprint());
    }
}
