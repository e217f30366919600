//! An agent in the hands of an attacker: it asks for every permission and does what the run's metadata says, one of
//! the `steps` after the other.
//!
//! It returns what came of each, errors included, so that an attack is described by the test that makes it.

mod files;
mod wasm;

use orchestrator_sdk::{command::Command, prelude::*};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

struct Attacker;

#[derive(Deserialize, Default)]
struct Attack {
    steps: Vec<Step>,
}

/// One thing to try.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Step {
    Write { path: String, text: String },
    Read { path: String },
    Delete { path: String },
    List,
    Patch { diff: String },
    Start(Line),
    Wasi { what: String, path: String, other: String },
    Wasm { what: String },
}

#[derive(Deserialize)]
struct Line {
    argv: Vec<String>,
    #[serde(default)]
    directory: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    timeout_ms: Option<u64>,
}

/// What came of one thing that was tried.
#[derive(Serialize)]
#[serde(tag = "came", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
enum Came {
    Done { text: String },
    Ended { exit_code: Option<i32>, signal: Option<i32>, timed_out: bool, truncated: bool, output: String },
    Refused { code: String, message: String },
}

#[derive(Serialize)]
struct Report {
    steps: Vec<Came>,
}

impl Agent for Attacker {
    fn describe() -> AgentDescription {
        AgentDescription::new("attacker", env!("CARGO_PKG_VERSION"))
            .purpose("Tries what the run's metadata says.")
            .asks_for(Permissions::all())
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let attack: Attack = serde_json::from_str(&context.metadata)
            .map_err(|error| Error::invalid_input(format!("reading the attack in the metadata: {error}")))?;
        let steps = attack.steps.iter().map(|step| {
            attempt(step).unwrap_or_else(|error| Came::Refused {
                code: format!("{:?}", error.code),
                message: error.message,
            })
        });
        Outcome::new("tried").with_data(&Report { steps: steps.collect() })
    }
}

export_agent!(Attacker);

fn attempt(step: &Step) -> Result<Came, Error> {
    match step {
        Step::Write { path, text } => workspace::write_file(path, text).map(|_| done("")),
        Step::Read { path } => workspace::read_file(path).map(done),
        Step::Delete { path } => workspace::delete_file(path).map(|_| done("")),
        Step::List => {
            let entries = workspace::list_files()?;
            let paths: Vec<_> = entries.into_iter().map(|entry| entry.path).collect();
            Ok(done(paths.join("\n")))
        }
        Step::Patch { diff } => edits::apply_diff(diff, None).map(|report| done(report.text)),
        Step::Start(line) => start(line),
        Step::Wasi { what, path, other } => Ok(files::attempt(what, path, other)),
        Step::Wasm { what } => wasm::attempt(what).map(done),
    }
}

fn done(text: impl Into<String>) -> Came {
    Came::Done { text: text.into() }
}

fn start(line: &Line) -> Result<Came, Error> {
    let mut command = Command::new(line.argv.iter().cloned());
    if let Some(directory) = &line.directory {
        command = command.directory(directory);
    }
    for (name, value) in &line.environment {
        command = command.env(name, value);
    }
    if let Some(timeout) = line.timeout_ms {
        command = command.timeout(Duration::from_millis(timeout));
    }
    let outcome = command.run()?;
    Ok(Came::Ended {
        exit_code: outcome.exit_code,
        signal: outcome.signal,
        timed_out: outcome.timed_out,
        truncated: outcome.truncated,
        output: outcome.output,
    })
}
