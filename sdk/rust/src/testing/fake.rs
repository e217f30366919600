//! What a test's host remembers.

use crate::{
    CommandOutcome, Error, FileChange, Operation, Plan,
    command::{CommandLine, OutputChunk, OutputStream, line},
    context::{AgentSettings, Run},
    edits::PatchReport,
    log::Level,
    model::{Answer, Chunk, CompletionEnd, Request},
    workspace::Entry,
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) run: Run,
    pub(crate) settings: AgentSettings,
    pub(crate) answers: VecDeque<Answer>,
    pub(crate) commands: VecDeque<(String, i32, String)>,
    pub(crate) patch_reports: VecDeque<PatchReport>,
    pub(crate) programs: Vec<String>,
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) cancelled: bool,
    pub(crate) requests: Vec<Request>,
    pub(crate) ran: Vec<String>,
    pub(crate) diffs: Vec<String>,
    pub(crate) replacements: Vec<String>,
    pub(crate) statuses: Vec<String>,
    pub(crate) details: Vec<String>,
    pub(crate) thoughts: Vec<String>,
    pub(crate) plan: Option<Plan>,
    pub(crate) log: Vec<(Level, String)>,
    pub(crate) progress: f32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            run: Run {
                run_id: "0197a000-0000-7000-8000-000000000001".into(),
                project_id: "project".into(),
                user_request: String::new(),
                workflow: "workflow".into(),
                step: "step".into(),
                step_number: 1,
                step_count: 1,
                attempt: 1,
                round: 0,
                plan: None,
                files: Vec::new(),
                last_command: None,
                outputs: Vec::new(),
                errors: Vec::new(),
                metadata: "{}".into(),
            },
            settings: AgentSettings {
                prompt: String::new(),
                model: "fake".into(),
                temperature: 0.0,
                max_tokens: 1024,
                options: "{}".into(),
            },
            answers: VecDeque::new(),
            commands: VecDeque::new(),
            patch_reports: VecDeque::new(),
            programs: Vec::new(),
            files: BTreeMap::new(),
            cancelled: false,
            requests: Vec::new(),
            ran: Vec::new(),
            diffs: Vec::new(),
            replacements: Vec::new(),
            statuses: Vec::new(),
            details: Vec::new(),
            thoughts: Vec::new(),
            plan: None,
            log: Vec::new(),
            progress: 0.0,
        }
    }
}

impl State {
    pub(crate) fn answer_to(&mut self, request: &Request) -> Result<Answer, Error> {
        self.requests.push(request.clone());
        match self.answers.pop_front() {
            Some(answer) => Ok(answer),
            None => panic!("the test has no answer to request {}: {request:#?}", self.requests.len()),
        }
    }

    pub(crate) fn outcome_of(&mut self, command: &CommandLine) -> Result<CommandOutcome, Error> {
        let line = line(&command.argv);
        self.ran.push(line.clone());
        let place = self.commands.iter().position(|(known, ..)| *known == line);
        match place.and_then(|place| self.commands.remove(place)) {
            Some((line, exit_code, output)) => Ok(super::outcome(&line, exit_code, &output)),
            None => panic!("the test does not say what `{line}` comes to"),
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entry =
            |(path, content): (&String, &String)| Entry { path: path.clone(), size: content.len() as u64 };
        self.files.iter().map(entry).collect()
    }

    pub(crate) fn put(&mut self, path: &str, content: &str) -> FileChange {
        let old = self.files.insert(path.into(), content.into());
        let operation = if old.is_some() { Operation::Modify } else { Operation::Create };
        change(path, operation, content.len() as u64)
    }

    pub(crate) fn delete(&mut self, path: &str) -> Result<FileChange, Error> {
        match self.files.remove(path) {
            Some(_) => Ok(change(path, Operation::Delete, 0)),
            None => Err(Error::not_found(format!("there is no file {path}"))),
        }
    }
}

pub(crate) fn change(path: &str, operation: Operation, size: u64) -> FileChange {
    FileChange { path: path.into(), operation, previous_path: None, size, sha256: String::new() }
}

/// An answer that is pulled line by line.
#[derive(Debug)]
pub(crate) struct Completion {
    answer: Answer,
    at: Cell<usize>,
    ended: Cell<bool>,
}

impl Completion {
    pub(crate) fn new(answer: Answer) -> Self {
        Self { answer, at: Cell::new(0), ended: Cell::new(false) }
    }

    pub(crate) fn pull(&self) -> Option<Chunk> {
        let rest = &self.answer.text[self.at.get()..];
        let Some(piece) = rest.split_inclusive('\n').next() else {
            self.ended.set(true);
            return None;
        };
        self.at.set(self.at.get() + piece.len());
        Some(Chunk::Text(piece.to_owned()))
    }

    pub(crate) fn ended(&self) -> Option<CompletionEnd> {
        self.ended.get().then(|| self.answer.end.clone())
    }

    pub(crate) fn into_answer(self) -> Answer {
        self.answer
    }
}

/// A command that is over.
#[derive(Debug)]
pub(crate) struct Process {
    outcome: CommandOutcome,
    unread: RefCell<Option<String>>,
}

impl Process {
    pub(crate) fn new(outcome: CommandOutcome) -> Self {
        let unread = RefCell::new(Some(outcome.output.clone()));
        Self { outcome, unread }
    }

    pub(crate) fn pull(&self) -> Option<OutputChunk> {
        self.unread.take().map(|text| OutputChunk { stream: OutputStream::Stdout, text })
    }

    pub(crate) fn outcome(&self) -> CommandOutcome {
        self.outcome.clone()
    }
}
