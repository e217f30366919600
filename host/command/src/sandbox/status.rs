//! What bubblewrap says about the program: that it started, and how it ended.
//!
//! Bubblewrap ends with the program's exit code, but also with 1 when it could not start it at all, so its own exit
//! code says little. The lines that it writes into a pipe of its own do: there is an exit code in them only if the
//! program ran. The program cannot write there.

use serde::Deserialize;
use std::{
    fs::File,
    io::{ErrorKind, Read},
};

/// Most bytes that are read; what bubblewrap says is some hundred.
const MOST: usize = 64 * 1024;

/// What was said so far.
#[derive(Debug)]
pub(super) struct Status {
    pipe: File,
    text: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    child_pid: Option<i32>,
    exit_code: Option<i32>,
}

impl Status {
    /// Reads from a pipe that does not block.
    pub(super) fn new(pipe: File) -> Self {
        Self { pipe, text: Vec::new() }
    }

    /// Reads what there is.
    fn read(&mut self) {
        let mut buffer = [0; 1024];
        while self.text.len() < MOST {
            match self.pipe.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => self.text.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Nothing yet, or nothing any more.
                Err(_) => break,
            }
        }
    }

    /// The process that holds everything in the sandbox, as the host numbers it; none before it is there.
    pub(super) fn child(&mut self) -> Option<i32> {
        self.read();
        self.lines().find_map(|line| line.child_pid)
    }

    /// The program's exit code; none when it has not ended, or never ran.
    pub(super) fn exit_code(&mut self) -> Option<i32> {
        self.read();
        self.lines().find_map(|line| line.exit_code)
    }

    fn lines(&self) -> impl Iterator<Item = Line> {
        serde_json::Deserializer::from_slice(&self.text).into_iter().map_while(Result::ok)
    }
}
