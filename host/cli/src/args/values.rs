//! Values that are checked or suggested while a command line is read.

use clap::{
    Arg, Command,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
    error::Error,
};
use orchestrator::{AgentType, IfBusy, Role, RunId, RunStatus, WorkflowEngine, archive::Format};
use std::{ffi::OsStr, fmt::Display, marker::PhantomData, str::FromStr, sync::LazyLock};

/// Reads the id of a run.
pub(super) fn run_id(text: &str) -> Result<RunId, String> {
    text.trim().parse().map_err(|_| {
        "it is no id of a run: those look like 01890a5d-ac96-774b-bcce-b302099a8057; `orchestrator runs` lists them"
            .to_owned()
    })
}

/// Reads the status of a run.
pub(super) fn status() -> impl TypedValueParser<Value = RunStatus> {
    let names = PossibleValuesParser::new(RunStatus::ALL.map(RunStatus::as_str));
    names.try_map(|name| RunStatus::named(&name).ok_or("there is no such status"))
}

/// Reads what to do while the project is busy.
pub(super) fn if_busy() -> impl TypedValueParser<Value = IfBusy> {
    let names = PossibleValuesParser::new(IfBusy::ALL.map(IfBusy::as_str));
    names.try_map(|name| IfBusy::named(&name).ok_or("there is no such choice"))
}

/// Reads the role of a token.
pub(super) fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|name| name.parse::<Role>())
}

/// The formats of archives, as people ask for them.
const FORMATS: [Format; 2] = [Format::Zip, Format::TarGz];

/// Reads the format of an archive.
pub(super) fn format() -> impl TypedValueParser<Value = Format> {
    let names = PossibleValuesParser::new(FORMATS.map(Format::name));
    names.try_map(|name| Format::parse(&name).ok_or("there is no such format"))
}

/// Reads a whole number, `least` or more.
pub(super) fn count(least: u64) -> impl TypedValueParser<Value = u64> {
    move |text: &str| {
        let number = text.parse().ok().filter(|number| *number >= least);
        number.ok_or_else(|| format!("give a whole number, {least} or more"))
    }
}

/// The workflows that the program carries.
static WORKFLOWS: LazyLock<Vec<String>> =
    LazyLock::new(|| WorkflowEngine::built_in_names().iter().map(ToString::to_string).collect());
/// The agents that the program carries.
static AGENTS: LazyLock<Vec<String>> =
    LazyLock::new(|| AgentType::BUILT_IN.iter().map(ToString::to_string).collect());

/// Any name of its type; shells suggest some.
#[derive(Debug, Clone)]
pub(super) struct Suggested<T> {
    names: &'static [String],
    value: PhantomData<T>,
}

/// The name of a workflow; shells suggest the built-in ones.
pub(super) fn workflow<T>() -> Suggested<T> {
    Suggested { names: &WORKFLOWS, value: PhantomData }
}

/// The name of an agent; shells suggest the built-in ones.
pub(super) fn agent() -> Suggested<String> {
    Suggested { names: &AGENTS, value: PhantomData }
}

impl<T> TypedValueParser for Suggested<T>
where
    T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let parse = |text: &str| text.parse::<T>().map_err(|error| error.to_string());
        TypedValueParser::parse_ref(&parse, command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names.iter().map(|name| PossibleValue::new(name.as_str()))))
    }
}
