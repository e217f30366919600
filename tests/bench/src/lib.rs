//! What the orchestrator costs on top of what it is made of.
//!
//! A time alone says more about the machine than about the program. So each figure is measured next to a reference that
//! does the same with nothing of ours around it (a bare wasmtime call, a bare axum stream), in the same run on the same
//! machine, and what is held against an aim is, wherever that makes sense, the ratio of the two.
//!
//! Each subject runs in a process of its own: memory that one used would count as another's, and code that one warmed
//! up would make another look good. The parent process starts them, collects their figures as JSON and writes one
//! table. Nothing here fails because something was slow; a missed aim is a word in the table.
//!
//! The price of the simplicity: there are no confidence intervals. Figures are medians over rounds in which subject and
//! reference take turns, so that a noisy moment hits both.

mod artifact;
mod bare;
mod call;
mod command;
mod events;
mod figure;
mod first_byte;
mod first_start;
mod folder;
mod give;
mod growth;
mod held;
mod idle;
mod lists;
mod memory;
mod patch;
mod processes;
mod program;
mod reference;
mod reload;
mod run;
mod sample;
mod served;
mod server;
mod snapshot;
mod startup;
mod traffic;

use anyhow::{Context, Result, bail};
use figure::Figure;
use std::{env, ffi::OsString, fs, process::ExitCode};

/// What is measured, in the table's order.
const SUBJECTS: [&str; 16] = [
    "call",
    "run",
    "first-byte",
    "events",
    "memory",
    "held",
    "startup",
    "first-start",
    "idle",
    "reload",
    "command",
    "artifact",
    "patch",
    "growth",
    "snapshot",
    "lists",
];

/// The benchmark program: `figures [SUBJECT…]`, all of them when none is named.
#[must_use]
pub fn main() -> ExitCode {
    // The sandbox of commands is checked from inside by this same program.
    if let Some(code) = orchestrator_command::sandbox::inside::run_if_asked() {
        return code;
    }
    match perform(&arguments()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The words after the program's name, without the `--bench` that cargo puts there.
fn arguments() -> Vec<String> {
    let words = env::args_os().skip(1).map(OsString::into_string).map(Result::unwrap_or_default);
    words.filter(|word| word != "--bench").collect()
}

fn perform(words: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [processes::MEASURE, subject] => {
            on_runtime(measure(subject)).and_then(|figures| processes::answer(&figures))
        }
        [processes::PARSER_MEMORY] => processes::answer(&artifact::memory()?),
        [processes::WAITING_MEMORY] => {
            on_runtime(memory::of_bare_instances()).and_then(|bytes| processes::answer(&bytes))
        }
        [processes::SERVE_BARE, address] => {
            on_runtime(startup::serve_bare(address)).map(|()| ExitCode::SUCCESS)
        }
        [processes::PASS_THROUGH, model, bodies] => {
            on_runtime(reference::pass_through(model, bodies)).map(|()| ExitCode::SUCCESS)
        }
        [processes::COMMIT, file] => on_runtime(reference::commit(file)).map(|()| ExitCode::SUCCESS),
        [] => report(&SUBJECTS),
        subjects => report(subjects),
    }
}

fn on_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Runtime::new().context("starting the asynchronous runtime")?;
    runtime.block_on(work)
}

async fn measure(subject: &str) -> Result<Vec<Figure>> {
    match subject {
        "call" => call::measure().await,
        "run" => run::measure().await,
        "first-byte" => first_byte::measure().await,
        "held" => held::measure().await,
        "events" => events::measure().await,
        "memory" => memory::measure().await,
        "startup" => startup::measure().await,
        "first-start" => first_start::measure().await,
        "idle" => idle::measure().await,
        "reload" => reload::measure().await,
        "command" => command::measure().await,
        "artifact" => artifact::measure(),
        "patch" => patch::measure().await,
        "growth" => growth::measure(),
        "snapshot" => snapshot::measure().await,
        "lists" => lists::measure().await,
        _ => bail!("there is no subject '{subject}'; there are {}", SUBJECTS.join(", ")),
    }
}

/// Measures the subjects and writes the table. A subject that breaks costs its own rows and the exit code.
fn report(subjects: &[&str]) -> Result<ExitCode> {
    let mut figures = Vec::new();
    let mut code = ExitCode::SUCCESS;
    let folder = folder::of_all()?;
    for subject in subjects {
        eprintln!("measuring: {subject}");
        match processes::measure(subject, folder.path()) {
            Ok(more) => figures.extend(more),
            Err(error) => {
                eprintln!("error: measuring {subject}: {error:#}");
                code = ExitCode::FAILURE;
            }
        }
    }
    let table = figure::table(&figures);
    println!("\n{table}");
    let path = give::target_folder()?.join("benchmarks.md");
    fs::write(&path, format!("{table}\n")).with_context(|| format!("writing {}", path.display()))?;
    eprintln!("written to {} (profile: {})", path.display(), give::profile()?);
    Ok(code)
}
