//! What the attacker is told to do, one thing after the other.

use serde_json::{Value, json};

/// Writes a file through the host.
#[must_use]
pub fn write(path: &str, text: &str) -> Value {
    json!({"do": "write", "path": path, "text": text})
}

/// Reads a file through the host.
#[must_use]
pub fn read(path: &str) -> Value {
    json!({"do": "read", "path": path})
}

/// Deletes a file through the host.
#[must_use]
pub fn delete(path: &str) -> Value {
    json!({"do": "delete", "path": path})
}

/// Lists the project's files through the host.
#[must_use]
pub fn list() -> Value {
    json!({"do": "list"})
}

/// Applies a unified diff through the host.
#[must_use]
pub fn patch(diff: &str) -> Value {
    json!({"do": "patch", "diff": diff})
}

/// Starts a program.
#[must_use]
pub fn start(argv: &[&str]) -> Value {
    json!({"do": "start", "argv": argv})
}

/// Starts a program with more to it: `directory`, `environment`, `timeout_ms`.
#[must_use]
pub fn start_with(argv: &[&str], more: &Value) -> Value {
    let mut step = start(argv);
    for (key, value) in more.as_object().into_iter().flatten() {
        step[key] = value.clone();
    }
    step
}

/// Does something by WASI, as ordinary file code of a guest does: `what` is one of `read`, `write`, `list`, `delete`,
/// `symlink`, `link`, `rename`, `make-folder`, `delete-folder`, `set-size`. `path` is as the guest sees it (`/project/…`); `other`
/// is the second path, the text or the size.
#[must_use]
pub fn wasi(what: &str, path: &str, other: &str) -> Value {
    json!({"do": "wasi", "what": what, "path": path, "other": other})
}

/// Turns on the sandbox that the guest is in, by one of the names in the attacker's `wasm.rs`.
#[must_use]
pub fn wasm(what: &str) -> Value {
    json!({"do": "wasm", "what": what})
}
