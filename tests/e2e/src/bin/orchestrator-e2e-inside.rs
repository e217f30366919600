//! What the tests' server starts inside of the sandbox, to check it: the tests have no `main` of their own.

use orchestrator::commands::inside;
use std::process::ExitCode;

fn main() -> ExitCode {
    inside::run_if_asked().unwrap_or(ExitCode::FAILURE)
}
