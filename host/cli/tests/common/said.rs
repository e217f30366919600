//! What a program that ended had said.

#![allow(dead_code, reason = "no test takes all of it")]

use std::process::Output;

#[allow(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The one sentence of what has to fail with exit code 1.
pub(crate) fn refused(output: &Output) -> &str {
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{output:?}");
    said
}
