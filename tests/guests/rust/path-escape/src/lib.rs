//! Tries to leave the project, on every way that a guest has, and reports what came of each try.
//!
//! The outcome's data is an object from what was tried to what happened: `refused: …`, or `ESCAPED` where something
//! outside the project was read or written. A test asserts that no value says so, and that nothing outside changed.

use orchestrator_sdk::prelude::*;
use std::{collections::BTreeMap, fs};

struct PathEscape;

impl Agent for PathEscape {
    fn describe() -> AgentDescription {
        AgentDescription::new("path-escape", env!("CARGO_PKG_VERSION"))
            .asks_for(Permissions::READ_FILES | Permissions::WRITE_FILES)
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let mut came_of = BTreeMap::new();
        for path in PATHS {
            came_of.insert(format!("workspace read {path}"), judge(workspace::read_file(path).map_err(said)));
            came_of.insert(
                format!("workspace write {path}"),
                judge(workspace::write_file(path, LOOT).map_err(said)),
            );
            came_of.insert(
                format!("workspace delete {path}"),
                judge(workspace::delete_file(path).map_err(said)),
            );
        }
        for path in PREOPENED {
            came_of.insert(
                format!("wasi read {path}"),
                judge(fs::read(path).map_err(|error| error.to_string())),
            );
            came_of.insert(
                format!("wasi write {path}"),
                judge(fs::write(path, LOOT).map_err(|error| error.to_string())),
            );
            came_of.insert(
                format!("wasi list {path}"),
                judge(fs::read_dir(path).map_err(|error| error.to_string())),
            );
        }
        came_of.insert("wasi link".into(), through_a_link());
        came_of.insert("wasi rename".into(), renamed_outside());
        let escaped = came_of.values().filter(|result| result.starts_with("ESCAPED")).count();
        Outcome::new(format!("{escaped} of {} tries escaped", came_of.len())).with_data(&came_of)
    }
}

export_agent!(PathEscape);

const LOOT: &str = "written from inside the sandbox";

const PATHS: [&str; 12] = [
    "../outside.txt",
    "../../etc/passwd",
    "a/../../outside.txt",
    "./../outside.txt",
    "/etc/passwd",
    "/project/../outside.txt",
    "..",
    "",
    ".",
    "a\0b",
    "..\\outside.txt",
    "C:\\Windows\\win.ini",
];

const PREOPENED: [&str; 7] = [
    "/project/../outside.txt",
    "/project/a/../../outside.txt",
    "/project/../../etc/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    "../outside.txt",
    "/",
];

fn said(error: Error) -> String {
    format!("{:?}: {}", error.code, error.message)
}

fn judge<T>(result: Result<T, String>) -> String {
    match result {
        Ok(_) => "ESCAPED".into(),
        Err(reason) => format!("refused: {reason}"),
    }
}

/// Makes a link that leads out, then reads and writes through it.
fn through_a_link() -> String {
    let made = link("/etc", "/project/way-out").or_else(|_| link("../..", "/project/way-out"));
    if let Err(reason) = made {
        return format!("refused: {reason}");
    }
    let read = fs::read("/project/way-out/passwd");
    let written = fs::write("/project/way-out/loot.txt", LOOT);
    let through_workspace = workspace::read_file("way-out/passwd");
    // What a test leaves behind should not be a trap for the next one; that it may fail is part of the try.
    let removed = fs::remove_file("/project/way-out").is_ok();
    match (read, written, through_workspace) {
        (Err(read), Err(_), Err(_)) => format!("refused: {read} (link removed: {removed})"),
        _ => "ESCAPED through a link".into(),
    }
}

#[cfg(target_os = "wasi")]
fn link(to: &str, at: &str) -> std::io::Result<()> {
    #[allow(deprecated, reason = "the only way to make a link without a libc dependency")]
    fs::soft_link(to, at)
}

#[cfg(not(target_os = "wasi"))]
fn link(_to: &str, _at: &str) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

fn renamed_outside() -> String {
    if let Err(error) = fs::write("/project/cargo.txt", LOOT) {
        return format!("refused: {error}");
    }
    let renamed = fs::rename("/project/cargo.txt", "/project/../smuggled.txt");
    let copied = fs::hard_link("/project/cargo.txt", "/project/../smuggled.txt");
    let removed = fs::remove_file("/project/cargo.txt").is_ok();
    match (renamed, copied) {
        (Err(error), Err(_)) => format!("refused: {error} (file removed: {removed})"),
        _ => "ESCAPED by a rename".into(),
    }
}
