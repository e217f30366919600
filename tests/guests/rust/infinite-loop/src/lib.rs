//! Never comes back, and never calls the host, so that nothing but the engine can stop it.

use orchestrator_sdk::prelude::*;
use std::hint::black_box;

struct InfiniteLoop;

impl Agent for InfiniteLoop {
    fn describe() -> AgentDescription {
        AgentDescription::new("infinite-loop", env!("CARGO_PKG_VERSION")).asks_for(Permissions::empty())
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let mut turns = 0_u64;
        while black_box(true) {
            turns = black_box(turns.wrapping_add(1));
        }
        Ok(Outcome::new(format!("ended after {turns} turns")))
    }
}

export_agent!(InfiniteLoop);
