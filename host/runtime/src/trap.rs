//! From the engine's error to a report that the plugin's author can act on.
//!
//! The engine knows the trap and the frames, standard error has the panic message, and only the host knows which
//! plugin it was. Authors need all three in one place.

use crate::{output::Tail, plugin::Plugin, result};
use orchestrator_core::{ErrorCode, Failure, event::TrapReport};
use wasmtime::WasmBacktrace;

/// Lines of standard error that a report carries.
const STDERR_LINES: usize = 20;
/// Frames that a report carries.
const FRAMES: usize = 24;

/// The report on a call of `plugin` that ended in `error`, and the failure that a run sees.
pub(crate) fn report(plugin: &Plugin, error: &wasmtime::Error, stderr: &Tail) -> (Failure, TrapReport) {
    let stderr = stderr.text();
    let lines: Vec<_> = stderr.lines().map(str::to_owned).collect();
    let report = result::report(TrapReport {
        plugin: plugin.name().to_owned(),
        version: plugin.version().to_owned(),
        digest: plugin.digest().to_owned(),
        trap: cause(error),
        panic: panic_message(&stderr),
        stderr: lines.get(lines.len().saturating_sub(STDERR_LINES)..).unwrap_or_default().to_vec(),
        backtrace: frames(error),
    });
    let message = format!(
        "plugin '{}' {} stopped: {}; this is a defect of the plugin, see the trap report of this event",
        report.plugin,
        report.version,
        report.panic.as_ref().unwrap_or(&report.trap)
    );
    (Failure::new(ErrorCode::Trap, message), report)
}

/// The innermost cause, which is the trap itself or the limit that was hit; the outer ones speak of frames.
pub(crate) fn cause(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<wasmtime::Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    }
}

fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let name = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
        None => format!("function {}", frame.func_index()),
    };
    backtrace.frames().iter().take(FRAMES).map(name).collect()
}

/// The panic message in what a guest wrote to standard error: Rust's `panicked at place:` and the line after it.
fn panic_message(stderr: &str) -> Option<String> {
    let mut lines = stderr.lines();
    let place = lines.by_ref().find(|line| line.contains(" panicked at "))?;
    let place = place.split(" panicked at ").nth(1)?.trim_end_matches(':');
    let message = lines.next().unwrap_or_default();
    Some(format!("panicked at {place}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rust_panic_is_found_in_standard_error() {
        let stderr = "doing things\n\nthread '<unnamed>' (1) panicked at src/lib.rs:7:9:\nno such thing\nnote: run with";
        assert_eq!(panic_message(stderr).as_deref(), Some("panicked at src/lib.rs:7:9: no such thing"));
        assert_eq!(panic_message("nothing of the kind"), None);
    }
}
