//! What one call of a plugin may use up, as far as a policy says so.
//!
//! What it leaves open is decided by the program's settings. The names here are the keys of the file; one table holds
//! them, and parser, schema and display go through it.

use crate::units::{show_bytes, show_duration};
use serde::Serialize;
use std::time::Duration;

/// What one call may use up; none where nothing says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallLimits {
    /// Bytes of memory, all memories of the component summed.
    pub memory: Option<u64>,
    /// Time that it may compute; waiting for the host does not count.
    pub cpu: Option<Duration>,
    /// Time that it may take in all; the step's timeout holds besides.
    pub wall: Option<Duration>,
    /// Bytes that are kept of its standard output and error.
    pub output: Option<u64>,
    /// Bytes that one host call may bring from the guest.
    pub payload: Option<u64>,
    /// Handles open at the same time.
    pub handles: Option<u64>,
    /// Events a second; ten times as many may come at once.
    pub events_per_second: Option<u64>,
    /// Programs that it may start.
    pub commands: Option<u64>,
    /// Time that each of them may take.
    pub command_wall: Option<Duration>,
    /// Bytes of memory that each of them, with what it starts, may have.
    pub command_memory: Option<u64>,
    /// Processes and threads of each of them.
    pub command_processes: Option<u64>,
    /// Bytes of each file that they write.
    pub command_file: Option<u64>,
}

/// How a limit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    Time,
    Count,
}

/// The keys, how each is written, and its least and greatest value (bytes, milliseconds, or a number).
pub(crate) const KEYS: [(&str, Unit, u64, u64); 12] = [
    ("memory", Unit::Bytes, 1 << 20, 4 << 30),
    ("cpu", Unit::Time, 10, 3_600_000),
    ("wall", Unit::Time, 100, 86_400_000),
    ("output", Unit::Bytes, 1 << 10, 16 << 20),
    ("payload", Unit::Bytes, 64 << 10, 256 << 20),
    ("handles", Unit::Count, 8, 1_000_000),
    ("events_per_second", Unit::Count, 1, 1_000_000),
    ("commands", Unit::Count, 1, 100_000),
    ("command_wall", Unit::Time, 1_000, 86_400_000),
    ("command_memory", Unit::Bytes, 16 << 20, 64 << 30),
    ("command_processes", Unit::Count, 8, 1_000_000),
    ("command_file", Unit::Bytes, 1 << 20, 64 << 30),
];

impl CallLimits {
    /// Sets a limit by its key: bytes, milliseconds or a number.
    pub(crate) fn set(&mut self, key: &str, value: u64) {
        match key {
            "memory" => self.memory = Some(value),
            "cpu" => self.cpu = Some(Duration::from_millis(value)),
            "wall" => self.wall = Some(Duration::from_millis(value)),
            "output" => self.output = Some(value),
            "payload" => self.payload = Some(value),
            "handles" => self.handles = Some(value),
            "events_per_second" => self.events_per_second = Some(value),
            "commands" => self.commands = Some(value),
            "command_wall" => self.command_wall = Some(Duration::from_millis(value)),
            "command_memory" => self.command_memory = Some(value),
            "command_processes" => self.command_processes = Some(value),
            "command_file" => self.command_file = Some(value),
            _ => {}
        }
    }

    /// A limit by its key, as a policy writes it.
    #[must_use]
    pub fn shown(&self, key: &str) -> Option<String> {
        match key {
            "memory" => self.memory.map(show_bytes),
            "cpu" => self.cpu.map(show_duration),
            "wall" => self.wall.map(show_duration),
            "output" => self.output.map(show_bytes),
            "payload" => self.payload.map(show_bytes),
            "handles" => self.handles.map(|number| number.to_string()),
            "events_per_second" => self.events_per_second.map(|number| number.to_string()),
            "commands" => self.commands.map(|number| number.to_string()),
            "command_wall" => self.command_wall.map(show_duration),
            "command_memory" => self.command_memory.map(show_bytes),
            "command_processes" => self.command_processes.map(|number| number.to_string()),
            "command_file" => self.command_file.map(show_bytes),
            _ => None,
        }
    }
}

impl Serialize for CallLimits {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(KEYS.iter().filter_map(|(key, ..)| Some((*key, self.shown(key)?))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_sets_one_limit_and_shows_it() {
        let mut limits = CallLimits::default();
        for (key, _, least, _) in KEYS {
            assert_eq!(limits.shown(key), None);
            limits.set(key, least);
            assert!(limits.shown(key).is_some(), "{key}");
        }
    }
}
