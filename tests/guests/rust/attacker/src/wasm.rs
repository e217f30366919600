//! Attacks on the sandbox that the guest itself is in. One that is warded off by an error returns it; most end in a
//! trap, and then there is nothing to return.

use orchestrator_sdk::prelude::*;
use std::hint::black_box;

pub(crate) fn attempt(what: &str) -> Result<String, Error> {
    match what {
        "infinite-loop" => infinite_loop(),
        other => Err(Error::invalid_input(format!("there is no attack '{other}'"))),
    }
}

fn infinite_loop() -> Result<String, Error> {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}
