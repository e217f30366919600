//! Attacks the host in the way that the request names. An attack that is warded off by an error returns what came of
//! it; most end in a trap.

use orchestrator_sdk::prelude::*;
use serde_json::{Value, json};
use std::{hint::black_box, time::Duration};
use wasip2::{clocks::monotonic_clock, io::poll, random::random};

/// More handles, pollables or bytes than any host should hold for one guest.
const MANY: usize = 1_000_000;

/// More bytes than one event of a run can have, and fewer than a call may hand over.
const HUGE: usize = 9 << 20;

struct Hostile;

impl Agent for Hostile {
    fn describe() -> AgentDescription {
        AgentDescription::new("hostile", env!("CARGO_PKG_VERSION"))
            .asks_for(Permissions::READ_FILES | Permissions::WRITE_FILES | Permissions::COMMAND)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let huge = || "x".repeat(HUGE);
        match context.user_request.as_str() {
            "huge-summary" => return Ok(Outcome::new(huge())),
            "huge-data" => return Outcome::new("a lot").with_data(&huge()),
            "huge-error" => return Err(Error::invalid_input(huge())),
            _ => {}
        }
        let came = match context.user_request.as_str() {
            "bulk-memory-loop" => bulk_memory_loop(),
            "handle-leak" => handle_leak(),
            "poll-of-many" => poll_of_many(),
            "forged-handle" => forged_handle(),
            "random-bytes" => json!(random::get_random_bytes(4 << 30).len()),
            "long-sleep" => long_sleep(),
            "probe" => probe(),
            "read-only-files" => read_only_files(),
            "fifo" => json!(std::fs::read("/project/fifo").map(|bytes| bytes.len()).map_err(told)),
            "log-flood" => log_flood(),
            "program-argument" => json!(command::run(["npm", "test", "--prefix=/"]).map(drop).map_err(said)),
            other => return Err(Error::invalid_input(format!("there is no attack '{other}'"))),
        };
        Outcome::new("still here").with_data(&came)
    }
}

export_agent!(Hostile);

/// Spends its time inside single instructions, each of which moves a lot of memory.
fn bulk_memory_loop() -> Value {
    let mut memory = vec![0_u8; 64 << 20];
    let half = memory.len() / 2;
    loop {
        black_box(&mut memory).copy_within(..half, half);
    }
}

fn handle_leak() -> Value {
    for _ in 0..MANY {
        std::mem::forget(monotonic_clock::subscribe_duration(u64::MAX));
    }
    json!(MANY)
}

fn poll_of_many() -> Value {
    let ready = monotonic_clock::subscribe_duration(0);
    let list: Vec<&poll::Pollable> = std::iter::repeat_n(&ready, 8 * MANY).collect();
    json!(poll::poll(&list).len())
}

fn forged_handle() -> Value {
    // SAFETY: none; using a handle that nobody gave out is the attack. The host has to notice.
    let forged = unsafe { poll::Pollable::from_handle(0x00ab_cdef) };
    json!(forged.ready())
}

/// Waits inside of a host function, where no epoch reaches it.
fn long_sleep() -> Value {
    std::thread::sleep(Duration::from_secs(86_400));
    json!("slept")
}

/// Everything that could be lying around.
fn probe() -> Value {
    let preopens = wasip2::filesystem::preopens::get_directories();
    json!({
        "environment": std::env::vars().collect::<Vec<_>>(),
        "arguments": std::env::args().collect::<Vec<_>>(),
        "folders": preopens.into_iter().map(|(_, path)| path).collect::<Vec<_>>(),
        "root": std::fs::read_dir("/").map(Iterator::count).map_err(told),
        "input": std::io::read_to_string(std::io::stdin()).map_err(told),
        "connection": std::net::TcpStream::connect("127.0.0.1:8000").map(drop).map_err(told),
        "listener": std::net::TcpListener::bind("127.0.0.1:0").map(drop).map_err(told),
    })
}

/// Writes in each way that there is, with leave to read alone.
fn read_only_files() -> Value {
    json!({
        "room": workspace::write_file("room.txt", "x").map(drop).map_err(said),
        "create": std::fs::write("/project/create.txt", "x").map_err(told),
        "append": std::fs::OpenOptions::new().append(true).open("/project/kept.txt").map(drop).map_err(told),
        "truncate": std::fs::OpenOptions::new().write(true).truncate(true).open("/project/kept.txt").map(drop).map_err(told),
        "folder": std::fs::create_dir("/project/folder").map_err(told),
        "rename": std::fs::rename("/project/kept.txt", "/project/moved.txt").map_err(told),
        "link": std::fs::hard_link("/project/kept.txt", "/project/link.txt").map_err(told),
        "remove": std::fs::remove_file("/project/kept.txt").map_err(told),
        "read": std::fs::read_to_string("/project/kept.txt").map_err(told),
    })
}

fn log_flood() -> Value {
    for number in 0..MANY {
        log::info(&format!("line {number}"));
    }
    json!(MANY)
}

fn told(error: std::io::Error) -> String {
    error.kind().to_string()
}

fn said(error: Error) -> String {
    format!("{:?}: {}", error.code, error.message)
}
