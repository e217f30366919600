//! From events to the story: what is worth a line, and what only moves the bar.
//!
//! The narrator knows the events it was shown and nothing else, so what it tells of a live run and of a recorded one
//! is the same, and a test can hold a whole story.

use super::line::{Line, Mark};
use crate::{clean::clean, units};
use orchestrator::{
    Event, EventKind,
    event::{
        CommandEvent, CommandStage, CompleteEvent, ErrorEvent, FileOperation, FileOperationStatus,
        SkipReason, Status, VerdictKind,
    },
};
use orchestrator_core::{CommandOutcome, FileChange, FileChangeKind, Plan, Usage};
use std::path::PathBuf;

/// Most lines that are shown of a failing command's output, and of a trap.
const OUTPUT_LINES: usize = 12;
/// Of these, the last lines of the output, where compilers and tests sum up.
const LAST_LINES: usize = 4;
/// What is in a line that tells what failed, in the output of common tools; both sides of a comparison are told.
const TELLING: [&str; 11] = [
    "error",
    "fail",
    "not ok",
    "panic",
    "exception",
    "assert",
    "expected",
    "actual",
    "received",
    "left:",
    "right:",
];
/// Most files that are shown of a plan.
const PLAN_FILES: usize = 20;

/// Tells a run.
pub(crate) struct Narrator {
    /// Where the files are, if that is on this machine.
    folder: Option<PathBuf>,
    step: String,
    agent: String,
    /// What the agent is at: a file, a command, a thought.
    at: String,
    /// Bytes of the file at hand that have arrived.
    written: usize,
    /// What the agent last said.
    said: String,
}

impl Narrator {
    /// A narrator for a run whose files are in `folder`, or on the machine of a server.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            step: String::new(),
            agent: String::new(),
            at: String::new(),
            written: 0,
            said: String::new(),
        }
    }

    /// What an operator should know before the run begins.
    pub(super) fn notice(&self, text: &str) -> Line {
        Line::new(Mark::Note, text)
    }

    /// Who is doing what, for the bar.
    pub(super) fn now(&self) -> String {
        let parts = [&self.step, &self.agent, &self.at].map(String::as_str);
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// The lines that an event is worth.
    pub(super) fn lines(&mut self, event: &Event) -> Vec<Line> {
        self.step = event.step_name.as_deref().map(clean).unwrap_or_default();
        self.agent = event.agent.as_ref().map(ToString::to_string).unwrap_or_default();
        match &event.kind {
            EventKind::Status(status) => self.status(event, status),
            EventKind::ThinkingStep(thinking) if thinking.partial => {
                self.at = "thinking".to_owned();
                Vec::new()
            }
            EventKind::ThinkingStep(_) => vec![self.say(&event.message)],
            EventKind::PlanCreated(plan) => planned(plan),
            EventKind::FileOperation(operation) => self.file_begun(operation, event),
            EventKind::FileContent(content) => {
                self.written += content.chunk.len();
                self.at = format!("{} ({})", clean(&content.path), units::size(self.written as u64));
                Vec::new()
            }
            EventKind::FileComplete(change) => {
                self.at.clear();
                vec![file_done(change)]
            }
            EventKind::CommandExecute(command) => self.command(command),
            EventKind::Error(error) => self.failed(event, error),
            EventKind::Complete(complete) => self.completed(complete),
        }
    }

    fn status(&mut self, event: &Event, status: &Status) -> Vec<Line> {
        self.at.clear();
        let line = match status {
            Status::Accepted { request, provider, .. } => {
                let what = format!("Project {}, workflow {}", request.project_id, request.workflow_name);
                Line::new(Mark::Note, what).aside(format!("run {}, model provider {provider}", event.run_id))
            }
            Status::StepStarted { .. } => {
                self.said.clear();
                Line::new(Mark::Step, &event.message).aside(&self.agent)
            }
            Status::StepSucceeded { duration_ms, .. } => {
                // Agents often end on what they said last, which need not be read twice.
                let said = event.message.trim().is_empty()
                    || (!self.said.is_empty() && event.message.starts_with(&self.said));
                let text = if said { &self.step } else { &event.message };
                Line::new(Mark::Done, text).aside(units::time(*duration_ms))
            }
            Status::StepSkipped { reason } => Line::new(Mark::Skipped, &self.step).aside(match reason {
                SkipReason::AgentDisabled => format!("skipped: the agent {} is disabled", self.agent),
                SkipReason::ConditionFalse { condition } => format!("skipped: {condition} does not hold"),
            }),
            Status::Waiting { .. } | Status::LoopedBack { .. } => Line::new(Mark::Again, &event.message),
            Status::LoopExhausted { .. } | Status::Damaged { .. } => Line::new(Mark::Trouble, &event.message),
            Status::Queued { .. } => Line::new(Mark::Note, &event.message),
            Status::Agent { .. } => self.say(&event.message),
            // The notices of a run are those of the program, which were told before it began.
            Status::Notice { .. }
            | Status::Started
            | Status::SnapshotTaken { .. }
            | Status::ModelUsed { .. } => return Vec::new(),
        };
        vec![line]
    }

    fn say(&mut self, what: &str) -> Line {
        what.clone_into(&mut self.said);
        Line::new(Mark::Detail, what)
    }

    fn file_begun(&mut self, operation: &FileOperation, event: &Event) -> Vec<Line> {
        self.written = 0;
        match operation.status {
            FileOperationStatus::Started => {
                self.at = clean(&operation.path);
                Vec::new()
            }
            FileOperationStatus::Discarded => {
                self.at.clear();
                vec![Line::new(Mark::Trouble, &event.message)]
            }
        }
    }

    fn command(&mut self, command: &CommandEvent) -> Vec<Line> {
        match &command.stage {
            CommandStage::Started { .. } => {
                self.at = clean(&command.command);
                vec![Line::new(Mark::Command, &command.command)]
            }
            CommandStage::Output { chunk, .. } => {
                if let Some(last) = chunk.lines().rev().find(|line| !line.trim().is_empty()) {
                    self.at = clean(last);
                }
                Vec::new()
            }
            CommandStage::Finished { outcome } => {
                self.at.clear();
                finished(outcome)
            }
        }
    }

    fn failed(&mut self, event: &Event, error: &ErrorEvent) -> Vec<Line> {
        self.at.clear();
        let code = error.code.as_str();
        if !error.terminal {
            let attempt = error.attempt.map_or_else(String::new, |attempt| format!("attempt {attempt}, "));
            return vec![Line::new(Mark::Trouble, &event.message).aside(attempt + code)];
        }
        let mut lines = vec![Line::new(Mark::Failed, &event.message).aside(code)];
        if let Some(trap) = &error.trap {
            let frames = trap.stderr.iter().chain(&trap.backtrace).take(OUTPUT_LINES);
            lines.extend(frames.map(|frame| Line::new(Mark::Detail, frame)));
        }
        let kept =
            |folder: &PathBuf| Line::new(Mark::Note, format!("Files are kept in {}", folder.display()));
        lines.extend(self.folder.as_ref().map(kept));
        lines
    }

    fn completed(&mut self, complete: &CompleteEvent) -> Vec<Line> {
        self.at.clear();
        let CompleteEvent { files, usage, duration_ms, verdict } = complete;
        let files = units::count(files.len(), "file", "files");
        let (mark, word) = match verdict.as_ref().map(|verdict| verdict.kind) {
            Some(VerdictKind::Tested) | None => (Mark::Finished, "Done"),
            Some(VerdictKind::Built) => (Mark::Note, "Built, not tested,"),
            Some(VerdictKind::Untested) => (Mark::Note, "Written, not tested,"),
            Some(VerdictKind::Failed) => (Mark::Failed, "What was made fails; ended"),
        };
        let done = format!("{word} in {}: {files} written or changed", units::time(*duration_ms));
        let mut lines = vec![Line::new(mark, done).aside(tokens(usage))];
        lines.extend(verdict.iter().map(|verdict| Line::new(Mark::Note, &verdict.why)));
        lines.extend(self.folder.as_ref().map(|folder| Line::new(Mark::Note, folder.display().to_string())));
        lines
    }
}

/// The plan's files. Its summary is what the planner ends on.
fn planned(plan: &Plan) -> Vec<Line> {
    let files = plan.files.iter().take(PLAN_FILES);
    let mut lines: Vec<_> =
        files.map(|file| Line::new(Mark::Detail, format!("{}: {}", file.path, file.purpose))).collect();
    if plan.files.len() > PLAN_FILES {
        lines.push(Line::new(Mark::Detail, format!("and {} more", plan.files.len() - PLAN_FILES)));
    }
    lines
}

fn file_done(change: &FileChange) -> Line {
    let size = units::size(change.size);
    match (change.operation, &change.from) {
        (FileChangeKind::Create, _) => Line::new(Mark::Created, &change.path).aside(size),
        (FileChangeKind::Modify, _) => Line::new(Mark::Changed, &change.path).aside(size),
        (FileChangeKind::Delete, _) => Line::new(Mark::Deleted, &change.path),
        (FileChangeKind::Rename, from) => {
            let from = from.as_deref().unwrap_or("?");
            Line::new(Mark::Changed, format!("{from} → {}", change.path)).aside(size)
        }
    }
}

fn finished(outcome: &CommandOutcome) -> Vec<Line> {
    let took = units::time(outcome.duration_ms);
    if outcome.succeeded() {
        return vec![Line::new(Mark::Done, "exit code 0").aside(took)];
    }
    let how = match (outcome.timed_out, outcome.exit_code, outcome.signal) {
        (true, ..) => "ended because its time was over".to_owned(),
        (_, Some(0), _) => "exit code 0, but the tests fail".to_owned(),
        (_, Some(code), _) => format!("exit code {code}"),
        (_, None, Some(signal)) => format!("ended by signal {signal}"),
        (_, None, None) => "ended".to_owned(),
    };
    let mut lines = vec![Line::new(Mark::Trouble, how).aside(took)];
    lines.extend(telling(&outcome.output).into_iter().map(|line| Line::new(Mark::Detail, line)));
    lines
}

/// The lines of a failing command's output that say what failed, and the last ones.
fn telling(output: &str) -> Vec<&str> {
    let lines: Vec<_> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let (before, last) = lines.split_at(lines.len().saturating_sub(LAST_LINES));
    let tells = |line: &&&str| {
        let line = line.to_lowercase();
        TELLING.iter().any(|word| line.contains(word))
    };
    let found = before.iter().filter(tells).take(OUTPUT_LINES - LAST_LINES);
    found.chain(last).copied().collect()
}

/// What the models cost; nothing for a run that asked none.
fn tokens(usage: &Usage) -> String {
    if *usage == Usage::default() {
        return String::new();
    }
    let [input, cached, output] =
        [usage.input_tokens, usage.cached_input_tokens, usage.output_tokens].map(units::number);
    format!("{input} tokens in ({cached} from the cache), {output} out")
}

#[cfg(test)]
mod tests;
