//! Takes memory, and touches all of it, until there is no more.

use orchestrator_sdk::prelude::*;
use std::hint::black_box;

const MEBIBYTE: usize = 1 << 20;

struct MemoryBomb;

impl Agent for MemoryBomb {
    fn describe() -> AgentDescription {
        AgentDescription::new("memory-bomb", env!("CARGO_PKG_VERSION")).asks_for(Permissions::empty())
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let mut taken = Vec::new();
        loop {
            taken.push(black_box(vec![0x5a_u8; MEBIBYTE]));
            if taken.len().is_multiple_of(64) {
                log::info(&format!("{} MiB taken", taken.len()));
            }
        }
    }
}

export_agent!(MemoryBomb);
