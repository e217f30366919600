//! Whether the tests that fetch packages through the sandbox's proxy can run here.

use std::process::Command;
use std::time::Duration;

use crate::left_out::LeftOut;
use crate::process::{find, output, run_within, say};

/// How long a registry may take to answer once.
const PATIENCE: Duration = Duration::from_secs(30);

/// What those tests lack, if anything.
pub(crate) fn missing() -> Option<LeftOut> {
    let left_out = |why| LeftOut { name: "registries", what: "fetching packages from a sandbox", why };
    if !cfg!(target_os = "linux") {
        return Some(left_out("commands have a network of their own on Linux only".to_owned()));
    }
    if let Some(program) = ["bwrap", "npm", "python3"].into_iter().find(|program| find(program).is_none()) {
        return Some(left_out(format!("{program} is missing")));
    }
    if let Err(error) = output(Command::new("python3").args(["-m", "pip", "--version"])) {
        return Some(left_out(format!("{error:#}")));
    }
    say("asking whether a package registry can be reached");
    let asked =
        run_within(PATIENCE, Command::new("npm").args(["view", "npm", "version", "--fetch-retries=0"]));
    asked.err().map(|error| left_out(format!("no package registry can be reached: {error:#}")))
}
