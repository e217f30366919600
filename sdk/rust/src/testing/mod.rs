//! A host for tests, so that an agent's `run` can be called by `cargo test`, without a sandbox.
//!
//! A test says what the model will answer and what commands will come to, runs the agent, and looks at what it asked
//! for, wrote and said. The fake is deliberately dumber than the real host: patches come to what the test told
//! it, there are no permissions, and nothing takes time. It panics when an agent asks for an answer or a command that
//! the test did not foresee, because then the test is wrong.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "a test that is wrong should fail loudly")]

pub(crate) mod edits;
pub(crate) mod fake;

use crate::{
    Agent, CommandOutcome, Condition, Context, Error, Outcome, Plan,
    context::{AgentSettings, Run},
    edits::{HunkOutcome, HunkReport, PatchOutcome, PatchReport, Rejection, RejectionKind},
    log::Level,
    model::{Answer, CompletionEnd, Request, StopReason},
};
use fake::State;
use std::cell::RefCell;

thread_local! {
    static CURRENT: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// Asks the host that runs on this thread.
pub(crate) fn current<T>(ask: impl FnOnce(&mut State) -> T) -> T {
    CURRENT.with_borrow_mut(|state| match state {
        Some(state) => ask(state),
        None => panic!("no host: call this inside of testing::Host::run"),
    })
}

/// A host that answers what a test tells it to.
#[derive(Debug, Default)]
pub struct Host {
    state: RefCell<State>,
}

impl Host {
    /// A host with an empty project, no answers, and a first attempt of a first step.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The model's next answer.
    #[must_use]
    pub fn answer(self, text: &str) -> Self {
        self.answer_ending(text, StopReason::EndTurn)
    }

    /// The model's next answer, and why it stopped.
    #[must_use]
    pub fn answer_ending(mut self, text: &str, stop_reason: StopReason) -> Self {
        let end = CompletionEnd { model: "fake".into(), stop_reason, input_tokens: 10, output_tokens: 10 };
        self.state.get_mut().answers.push_back(Answer { text: text.into(), end });
        self
    }

    /// A file of the project.
    #[must_use]
    pub fn with_file(mut self, path: &str, content: &str) -> Self {
        self.state.get_mut().files.insert(path.into(), content.into());
        self
    }

    /// A program on the search path.
    #[must_use]
    pub fn with_program(mut self, name: &str) -> Self {
        self.state.get_mut().programs.push(name.into());
        self
    }

    /// What a command comes to, by the command as people write it.
    #[must_use]
    pub fn command(mut self, line: &str, exit_code: i32, output: &str) -> Self {
        self.state.get_mut().commands.push_back((line.into(), exit_code, output.into()));
        self
    }

    /// What the next patch comes to, a diff or replacements. Without this, patches are taken as applied to the files
    /// that they name.
    #[must_use]
    pub fn patch_report(mut self, report: PatchReport) -> Self {
        self.state.get_mut().patch_reports.push_back(report);
        self
    }

    /// The value of one of the plugin's own options.
    #[must_use]
    pub fn option(mut self, name: &str, value: serde_json::Value) -> Self {
        let settings = &mut self.state.get_mut().settings;
        let mut options: serde_json::Map<_, _> = serde_json::from_str(&settings.options).unwrap_or_default();
        options.insert(name.into(), value);
        settings.options = serde_json::Value::Object(options).to_string();
        self
    }

    /// Changes the execution context in any way.
    #[must_use]
    pub fn with_run(mut self, change: impl FnOnce(&mut Run)) -> Self {
        change(&mut self.state.get_mut().run);
        self
    }

    /// Changes the settings in any way.
    #[must_use]
    pub fn with_settings(mut self, change: impl FnOnce(&mut AgentSettings)) -> Self {
        change(&mut self.state.get_mut().settings);
        self
    }

    /// Cancels the run.
    #[must_use]
    pub fn cancelled(mut self) -> Self {
        self.state.get_mut().cancelled = true;
        self
    }

    /// Calls anything with this host in the place of the real one.
    pub fn run<T>(&self, call: impl FnOnce() -> T) -> T {
        CURRENT.with_borrow_mut(|current| *current = Some(self.state.take()));
        let value = call();
        CURRENT.with_borrow_mut(|current| self.state.replace(current.take().unwrap_or_default()));
        value
    }

    /// Runs an agent on a request, with the settings that it describes unless the test changed them.
    ///
    /// # Errors
    /// Whatever the agent returns.
    pub fn run_agent<A: Agent>(&self, user_request: &str) -> Result<Outcome, Error> {
        let described = A::describe();
        let mut state = self.state.borrow_mut();
        if state.settings.prompt.is_empty() {
            state.settings.prompt = described.prompt;
        }
        drop(state);
        let context = self.context(user_request);
        self.run(|| A::run(context))
    }

    /// Evaluates a condition.
    ///
    /// # Errors
    /// Whatever the condition returns.
    pub fn evaluate<C: Condition>(&self, args: &[&str]) -> Result<bool, Error> {
        let context = self.context("");
        let args = args.iter().map(ToString::to_string).collect();
        self.run(|| C::evaluate(context, args))
    }

    /// The context that an agent gets, with this request.
    #[must_use]
    pub fn context(&self, user_request: &str) -> Context {
        let mut state = self.state.borrow_mut();
        if !user_request.is_empty() {
            state.run.user_request = user_request.into();
        }
        match Context::new(state.run.clone(), state.settings.clone()) {
            Ok(context) => context,
            Err(error) => panic!("{}", error.message),
        }
    }

    /// The requests that were sent to the model, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.borrow().requests.clone()
    }

    /// The commands that were run, in order.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.state.borrow().ran.clone()
    }

    /// The diffs that were applied or refused, in order.
    #[must_use]
    pub fn diffs(&self) -> Vec<String> {
        self.state.borrow().diffs.clone()
    }

    /// The replacements that were applied or refused, in order.
    #[must_use]
    pub fn replacements(&self) -> Vec<String> {
        self.state.borrow().replacements.clone()
    }

    /// The statuses that were said, in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<String> {
        self.state.borrow().statuses.clone()
    }

    /// What was attached to statuses, as JSON, in order.
    #[must_use]
    pub fn details(&self) -> Vec<String> {
        self.state.borrow().details.clone()
    }

    /// The thoughts that were shared, in order.
    #[must_use]
    pub fn thoughts(&self) -> Vec<String> {
        self.state.borrow().thoughts.clone()
    }

    /// The plan that was announced.
    #[must_use]
    pub fn plan(&self) -> Option<Plan> {
        self.state.borrow().plan.clone()
    }

    /// What was logged, in order.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.state.borrow().log.clone()
    }

    /// How far the step has come, 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f32 {
        self.state.borrow().progress
    }

    /// A file's content now.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<String> {
        self.state.borrow().files.get(path).cloned()
    }
}

/// The report of a patch whose first hunk, in `path`, has no place.
#[must_use]
pub fn refused_patch(path: &str, reason: &str) -> PatchReport {
    let rejection = Rejection {
        kind: RejectionKind::NotFound,
        reason: reason.into(),
        divergence: None,
        candidates: Vec::new(),
    };
    let hunk = HunkReport { path: path.into(), number: 1, outcome: HunkOutcome::Refused(rejection) };
    PatchReport {
        outcome: PatchOutcome::Refused,
        files: Vec::new(),
        hunks: vec![hunk],
        refused: Vec::new(),
        text: format!("{path}, hunk 1: {reason}"),
    }
}

/// An outcome of a command, for contexts.
#[must_use]
pub fn outcome(line: &str, exit_code: i32, output: &str) -> CommandOutcome {
    CommandOutcome {
        argv: line.split(' ').map(String::from).collect(),
        exit_code: Some(exit_code),
        signal: None,
        timed_out: false,
        truncated: false,
        output: output.into(),
        duration_ms: 5,
    }
}
