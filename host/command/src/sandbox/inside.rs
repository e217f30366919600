//! What this program does inside of a sandbox: try to break out of it, for the check.
//!
//! The same program is used on both sides because it is there: nothing else on a machine can be relied upon to be
//! installed, and a second program to ship could be forgotten. It is shown inside read-only and started with a first
//! argument that nobody types by accident.

mod attempts;

use serde::{Deserialize, Serialize};
use std::{path::PathBuf, process::ExitCode};

/// The first argument of this program inside of a sandbox.
pub const ASKED: &str = "__sandbox";
/// What a line with a finding begins with; others may print, too.
pub(super) const FOUND: &str = "found: ";

/// What stands outside to be found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Targets {
    /// Port of a listener on 127.0.0.1.
    pub(super) port: u16,
    /// Name of an abstract UNIX socket.
    pub(super) socket: String,
    /// A file that every user may read.
    pub(super) file: PathBuf,
}

/// How one attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Check {
    /// What was tried.
    pub(super) name: String,
    /// Whether the sandbox held.
    pub(super) passed: bool,
    /// What was seen.
    pub(super) found: String,
}

/// Does what a sandbox's inside is asked to do; none when this program was started for anything else. Has to come
/// first in `main`, before there are threads.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    (arguments.next()? == ASKED).then(|| run(&arguments.collect::<Vec<_>>()))
}

/// Does what the arguments say.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    match arguments {
        [what, targets, ..] if what == "probe" => match serde_json::from_str(targets) {
            Ok(targets) => probe(&targets),
            Err(error) => complain(&format!("the targets cannot be read: {error}")),
        },
        _ => complain("this is not for people: the program starts itself so in the sandbox of commands"),
    }
}

fn complain(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::FAILURE
}

fn probe(targets: &Targets) -> ExitCode {
    for check in attempts::all(targets) {
        match serde_json::to_string(&check) {
            Ok(line) => println!("{FOUND}{line}"),
            Err(error) => return complain(&error.to_string()),
        }
    }
    ExitCode::SUCCESS
}
