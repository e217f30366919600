//! The operator's log, with plugin, run and step on every line.
//!
//! A guest chooses the message, not the shape of the log: control characters are escaped, so that no guest can forge
//! a line, and long lines are cut.

use orchestrator_contract::log::{self, Level};
use orchestrator_core::RunId;
use wasmtime::component::HasData;

/// Longest line, in bytes; what the contract promises.
const LINE_MAX: usize = 8 << 10;

/// The interface `log` of one call.
pub(crate) struct LogCall {
    pub(crate) plugin: String,
    pub(crate) run_id: RunId,
    pub(crate) step: String,
}

/// Links [`LogCall`].
pub(crate) struct LogRoom;

impl HasData for LogRoom {
    type Data<'a> = &'a mut LogCall;
}

impl log::Host for LogCall {
    async fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        let message = one_line(&message);
        let Self { plugin, run_id, step } = self;
        match level {
            Level::Debug => tracing::debug!(target: "plugin", plugin, %run_id, step, "{message}"),
            Level::Info => tracing::info!(target: "plugin", plugin, %run_id, step, "{message}"),
            Level::Warn => tracing::warn!(target: "plugin", plugin, %run_id, step, "{message}"),
            Level::Error => tracing::error!(target: "plugin", plugin, %run_id, step, "{message}"),
        }
        Ok(())
    }
}

fn one_line(message: &str) -> String {
    let cut = message.floor_char_boundary(LINE_MAX);
    let mut line = String::with_capacity(cut);
    for character in message.get(..cut).unwrap_or_default().chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    if cut < message.len() {
        line.push_str(" … (cut)");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_cannot_forge_a_log_line() {
        assert_eq!(one_line("done\n2026 ERROR stolen\u{1b}[31m"), "done\\n2026 ERROR stolen\\u{1b}[31m");
        let long = one_line(&"é".repeat(LINE_MAX));
        assert!(long.len() < LINE_MAX + 32 && long.ends_with("(cut)"));
    }
}
