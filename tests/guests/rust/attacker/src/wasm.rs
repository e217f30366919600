//! Attacks on the sandbox that the guest itself is in. One that is warded off by an error returns it; most end in a
//! trap, and then there is nothing to return.
//!
//! Each is a name, a colon and a number that says how much of it: with little, it is no attack but its control.

use orchestrator_sdk::{command::Command, prelude::*};
use std::{hint::black_box, time::Duration};
use wasip2::{clocks::monotonic_clock, io::poll, random::random};

pub(crate) fn attempt(what: &str) -> Result<String, Error> {
    let (name, amount) = what.split_once(':').unwrap_or((what, "1"));
    let amount: usize = amount.parse().map_err(|_| Error::invalid_input(format!("no number in '{what}'")))?;
    match name {
        "turns" => turns(amount),
        "moves-of-memory" => moves_of_memory(amount),
        "grow-memory" => grow_memory(amount),
        "recursion" => Ok(recursion(amount as u64).to_string()),
        "string-of-mib" => {
            log::info(&"x".repeat(amount << 20));
            Ok(amount.to_string())
        }
        "list-of-strings" => list_of_strings(amount),
        "bytes-that-are-no-text" => bytes_that_are_no_text(amount as u8),
        "handles" => handles(amount),
        "handle" => handle(amount),
        "random-bytes" => Ok(random::get_random_bytes(amount as u64).len().to_string()),
        "poll" => poll_of(amount),
        "sleep-ms" => {
            std::thread::sleep(Duration::from_millis(amount as u64));
            Ok("slept".to_owned())
        }
        "print-mib" => print(amount),
        "events" => events_of(amount),
        "trap" => panic!("as it was told"),
        other => Err(Error::invalid_input(format!("there is no attack '{other}'"))),
    }
}

/// Turns around in a loop; 0 never ends.
fn turns(most: usize) -> Result<String, Error> {
    let mut turns = 0_usize;
    loop {
        turns = black_box(turns.wrapping_add(1));
        if turns == most {
            return Ok(turns.to_string());
        }
    }
}

/// Spends its time inside single instructions, each of which moves 32 MiB; 0 never ends.
fn moves_of_memory(most: usize) -> Result<String, Error> {
    let mut memory = vec![0_u8; 64 << 20];
    let half = memory.len() / 2;
    let mut moves = 0_usize;
    loop {
        black_box(&mut memory).copy_within(..half, half);
        moves = moves.wrapping_add(1);
        if moves == most {
            return Ok(moves.to_string());
        }
    }
}

/// Takes so many MiB, and uses each page of them.
fn grow_memory(mib: usize) -> Result<String, Error> {
    let mut taken = Vec::new();
    for _ in 0..mib {
        taken.push(black_box(vec![1_u8; 1 << 20]));
    }
    Ok(taken.len().to_string())
}

/// Calls itself so many times, with something on the stack each time.
fn recursion(depth: u64) -> u64 {
    let here = black_box([depth; 8]);
    if depth == 0 { here[0] } else { recursion(depth - 1).wrapping_add(black_box(here)[7]) }
}

fn list_of_strings(count: usize) -> Result<String, Error> {
    let outcome = Command::new(std::iter::repeat_n(String::new(), count)).run()?;
    Ok(outcome.output)
}

fn bytes_that_are_no_text(byte: u8) -> Result<String, Error> {
    // SAFETY: none; handing the host a string that is none is the attack. It is not looked at in here.
    let text = unsafe { String::from_utf8_unchecked(vec![byte; 16]) };
    log::info(&text);
    Ok(String::new())
}

/// Takes so many handles and gives none back.
fn handles(count: usize) -> Result<String, Error> {
    for _ in 0..count {
        std::mem::forget(monotonic_clock::subscribe_duration(u64::MAX));
    }
    Ok(count.to_string())
}

/// Uses a handle: one of its own (1), one that it gave back (2), or one that nobody gave it (any other number).
fn handle(number: usize) -> Result<String, Error> {
    let own = monotonic_clock::subscribe_duration(0);
    let handle = match number {
        1 => own,
        2 => {
            let index = own.handle();
            drop(own);
            // SAFETY: none; using what was given back is the attack. The host has to notice.
            unsafe { poll::Pollable::from_handle(index) }
        }
        // SAFETY: none; using what was never given is the attack. The host has to notice.
        forged => unsafe { poll::Pollable::from_handle(forged as u32) },
    };
    handle.block();
    Ok(handle.ready().to_string())
}

fn poll_of(count: usize) -> Result<String, Error> {
    let ready = monotonic_clock::subscribe_duration(0);
    let list: Vec<&poll::Pollable> = std::iter::repeat_n(&ready, count).collect();
    Ok(poll::poll(&list).len().to_string())
}

/// Prints so many MiB to standard error, and traps so that the end of it is reported.
fn print(mib: usize) -> Result<String, Error> {
    let line = "n".repeat(1023);
    for _ in 0..mib << 10 {
        eprintln!("{line}");
    }
    panic!("printed {mib} MiB")
}

fn events_of(count: usize) -> Result<String, Error> {
    for number in 0..count {
        events::status(&number.to_string())?;
    }
    Ok(count.to_string())
}
