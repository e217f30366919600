//! How much of the network one command may use up.

use std::time::Duration;

/// How much one command may use up, over all of its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EgressLimits {
    /// Connections at the same time, refused ones included. Package clients hold up to about 20.
    pub connections: usize,
    /// Connections in all. After the last one nothing listens any more.
    pub connections_total: u64,
    /// Bytes that may be sent. Fetching packages needs little; sending a project away needs more.
    pub up: u64,
    /// Bytes that may be received.
    pub down: u64,
    /// Bytes of a request's head.
    pub head: usize,
    /// Time for the whole head, however it drips in.
    pub head_time: Duration,
    /// Time to find a host's address, and again to reach each of its addresses.
    pub dial_time: Duration,
    /// Time without a byte in either direction after which a connection is ended.
    pub idle: Duration,
}

impl Default for EgressLimits {
    fn default() -> Self {
        Self {
            connections: 64,
            connections_total: 10_000,
            up: 16 << 20,
            down: 512 << 20,
            head: 16 << 10,
            head_time: Duration::from_secs(10),
            dial_time: Duration::from_secs(10),
            idle: Duration::from_secs(120),
        }
    }
}
