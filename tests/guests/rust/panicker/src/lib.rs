//! Writes to standard error, then panics with a message.

use orchestrator_sdk::prelude::*;

struct Panicker;

impl Agent for Panicker {
    fn describe() -> AgentDescription {
        AgentDescription::new("panicker", env!("CARGO_PKG_VERSION")).asks_for(Permissions::empty())
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        eprintln!("about to give up");
        give_up(41)
    }
}

export_agent!(Panicker);

/// A frame of its own, for the backtrace to show.
#[inline(never)]
fn give_up(answer: u32) -> Result<Outcome, Error> {
    assert!(answer == 42, "the answer is {answer}, not 42");
    Ok(Outcome::new("did not panic"))
}
