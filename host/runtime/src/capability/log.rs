//! The operator's log, with plugin, run and step on every line.
//!
//! A guest chooses the message, not the shape of the log: control characters are escaped, so that no guest can forge
//! a line, and long lines are cut.

use super::rate::Rate;
use orchestrator_contract::log::{self, Level};
use orchestrator_core::RunId;
use tokio::time::Instant;
use wasmtime::component::HasData;

/// Longest line, in bytes; what the contract promises.
const LINE_MAX: usize = 8 << 10;

/// The interface `log` of one call.
pub(crate) struct LogCall {
    pub(crate) plugin: String,
    pub(crate) run_id: RunId,
    pub(crate) step: String,
    pub(crate) rate: Rate,
    /// Lines that were left out since the last one that was written.
    pub(crate) left_out: u64,
}

/// Links [`LogCall`].
pub(crate) struct LogRoom;

impl HasData for LogRoom {
    type Data<'a> = &'a mut LogCall;
}

impl log::Host for LogCall {
    async fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        if !self.rate.take(Instant::now()) {
            // The contract has no error for a line; what is missing is told with the next one that is written.
            self.left_out += 1;
            return Ok(());
        }
        let message = one_line(&message);
        let Self { plugin, run_id, step, left_out, .. } = self;
        if std::mem::take(left_out) > 0 {
            tracing::warn!(target: "plugin", plugin, %run_id, step, "lines were left out: the plugin wrote too many");
        }
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
