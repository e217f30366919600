//! The host of a test: each function asks the [`Host`] that runs on this thread.

use crate::{
    CommandOutcome, Error, FileChange, Plan,
    command::{CommandLine, OutputChunk},
    context::{AgentSettings, Run},
    edits::{PatchReport, WriteReport},
    log::Level,
    model::{Answer, Chunk, CompletionEnd, Request},
    testing::{current, edits, fake},
    workspace::Entry,
};

pub(crate) use fake::{Completion, Process};

pub(crate) fn context() -> Run {
    current(|host| host.run.clone())
}

pub(crate) fn settings() -> AgentSettings {
    current(|host| host.settings.clone())
}

pub(crate) fn complete(request: &Request) -> Result<Answer, Error> {
    current(|host| host.answer_to(request))
}

pub(crate) fn start(request: &Request) -> Result<Completion, Error> {
    current(|host| host.answer_to(request)).map(Completion::new)
}

impl Completion {
    pub(crate) fn next(&self) -> Result<Option<Chunk>, Error> {
        Ok(self.pull())
    }

    pub(crate) fn end(&self) -> Option<CompletionEnd> {
        self.ended()
    }
}

pub(crate) fn artifact_format() -> String {
    edits::FORMAT.to_owned()
}

pub(crate) fn write_completion(completion: Completion) -> Result<WriteReport, Error> {
    current(|host| Ok(edits::write(host, completion.into_answer())))
}

pub(crate) fn apply_diff(diff: &str, target: Option<&str>) -> Result<PatchReport, Error> {
    current(|host| Ok(edits::apply_diff(host, diff, target)))
}

pub(crate) fn replacement_format() -> String {
    edits::REPLACEMENT_FORMAT.to_owned()
}

pub(crate) fn apply_replacements(text: &str) -> Result<PatchReport, Error> {
    current(|host| Ok(edits::apply_replacements(host, text)))
}

pub(crate) fn list_files() -> Result<Vec<Entry>, Error> {
    current(|host| Ok(host.entries()))
}

pub(crate) fn read_file(path: &str) -> Result<String, Error> {
    current(|host| {
        host.files.get(path).cloned().ok_or_else(|| Error::not_found(format!("there is no file {path}")))
    })
}

pub(crate) fn write_file(path: &str, content: &str) -> Result<FileChange, Error> {
    current(|host| Ok(host.put(path, content)))
}

pub(crate) fn delete_file(path: &str) -> Result<FileChange, Error> {
    current(|host| host.delete(path))
}

pub(crate) fn run(command: &CommandLine) -> Result<CommandOutcome, Error> {
    current(|host| host.outcome_of(command))
}

pub(crate) fn start_command(command: &CommandLine) -> Result<Process, Error> {
    run(command).map(Process::new)
}

impl Process {
    pub(crate) fn read_output(&self) -> Result<Option<OutputChunk>, Error> {
        Ok(self.pull())
    }

    pub(crate) fn wait(&self) -> Result<CommandOutcome, Error> {
        Ok(self.outcome())
    }

    #[allow(
        clippy::unused_self,
        reason = "the shape of the contract's resource; a recorded outcome cannot be ended"
    )]
    pub(crate) fn kill(&self) {}
}

pub(crate) fn is_available(program: &str) -> bool {
    current(|host| host.programs.iter().any(|known| known == program))
}

pub(crate) fn status(message: &str, detail: Option<&str>) -> Result<(), Error> {
    current(|host| {
        host.statuses.push(message.to_owned());
        host.details.extend(detail.map(str::to_owned));
    });
    Ok(())
}

pub(crate) fn thinking_step(message: &str) -> Result<(), Error> {
    current(|host| host.thoughts.push(message.to_owned()));
    Ok(())
}

pub(crate) fn plan_created(plan: &Plan) -> Result<(), Error> {
    current(|host| host.plan = Some(plan.clone()));
    Ok(())
}

pub(crate) fn progress(fraction: f32) {
    current(|host| host.progress = host.progress.max(fraction));
}

pub(crate) fn log(level: Level, message: &str) {
    current(|host| host.log.push((level, message.to_owned())));
}

pub(crate) fn is_cancelled() -> bool {
    current(|host| host.cancelled)
}

pub(crate) fn remaining_ms() -> u64 {
    u64::MAX
}
