//! Calls itself until the stack is used up.

use orchestrator_sdk::prelude::*;
use std::hint::black_box;

struct DeepRecursion;

impl Agent for DeepRecursion {
    fn describe() -> AgentDescription {
        AgentDescription::new("deep-recursion", env!("CARGO_PKG_VERSION")).asks_for(Permissions::empty())
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        Ok(Outcome::new(format!("came back from depth {}", descend(0))))
    }
}

export_agent!(DeepRecursion);

/// Holds a frame of 256 bytes until the deeper call has returned, so that it cannot become a loop.
#[inline(never)]
fn descend(depth: u64) -> u64 {
    let frame = black_box([depth; 32]);
    if black_box(depth) == u64::MAX {
        return depth;
    }
    let deepest = descend(depth + 1);
    black_box(frame);
    deepest
}
