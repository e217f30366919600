//! The `orchestrator` program: a server, and the same engine for one run on the command line.
//!
//! Everything here is translation, from flags and files to a configuration and from events to lines. A failure is one
//! sentence on standard error, and exit code 1; a run that was cancelled from the keyboard ends with 130, as shells
//! have it.

mod address;
mod agents;
mod args;
mod audit;
mod clean;
mod client;
mod confirm;
mod error;
mod health;
mod logging;
mod looking;
mod models;
mod open_files;
mod output;
mod patch;
mod plugins;
mod policy;
mod project;
mod run;
mod runs;
mod serve;
mod settings;
mod show_settings;
mod signals;
mod target;
mod token;
mod units;
mod workflows;

use args::Command;
use error::CliError;
use orchestrator::commands::inside;
use std::{process::ExitCode, time::Duration};

/// How long blocking work, such as compiling a plugin, may keep the program from ending.
const LAST_CALL: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    if let Some(code) = inside::run_if_asked() {
        return code;
    }
    let cli = args::read();
    match perform(cli.command) {
        Ok(code) => code,
        // `… | head -1` has what it wants.
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error.to_string());
            error.code()
        }
    }
}

fn perform(command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Serve(args) => on_runtime(serve::serve(args)),
        Command::Run(args) => on_runtime(run::run(args)),
        Command::Runs(args) => on_runtime(runs::runs(args)),
        Command::Projects(args) => on_runtime(project::projects(args)),
        Command::Agents(args) => on_runtime(agents::agents(args)),
        Command::Workflows(args) => on_runtime(workflows::workflows(args)),
        Command::Models(args) => on_runtime(models::models(args)),
        Command::Health(args) => on_runtime(health::health(args)),
        Command::Patch(args) => patch::patch(args),
        Command::Plugins(args) => on_runtime(plugins::plugins(args)),
        Command::Token(args) => on_runtime(token::token(args)),
        Command::Audit(args) => on_runtime(audit::audit(args)),
        Command::Policy(args) => policy::policy(args),
        Command::Config(args) => show_settings::show(&args),
        Command::Openapi => {
            let document = serde_json::to_string_pretty(&orchestrator_server::openapi());
            output::line(&document.map_err(|error| CliError::Output(error.into()))?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut args::command(), "orchestrator", &mut script);
            output::bytes(&script)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Runs `work` on a runtime with a thread for each core.
fn on_runtime(work: impl Future<Output = Result<ExitCode, CliError>>) -> Result<ExitCode, CliError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CliError::Runtime)?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_CALL);
    result
}
