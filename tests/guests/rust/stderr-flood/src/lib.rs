//! Writes 64 MiB to standard error, then ends well.

use orchestrator_sdk::prelude::*;
use std::io::Write;

const LINES: usize = 1 << 20;

struct StderrFlood;

impl Agent for StderrFlood {
    fn describe() -> AgentDescription {
        AgentDescription::new("stderr-flood", env!("CARGO_PKG_VERSION")).asks_for(Permissions::empty())
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let mut stderr = std::io::stderr().lock();
        for number in 0..LINES {
            // 64 bytes with the line's end, in one call of the host: standard error has no buffer, and padding that is
            // formatted straight into it would be a call for each letter.
            let line = format!("{number:0>63}\n");
            if stderr.write_all(line.as_bytes()).is_err() {
                return Ok(Outcome::new(format!("standard error was closed after {number} lines")));
            }
        }
        Ok(Outcome::new(format!("wrote {LINES} lines")))
    }
}

export_agent!(StderrFlood);
