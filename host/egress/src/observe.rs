//! What became of each connection, for whoever keeps account.

use crate::{Endpoint, Refusal};

/// One connection that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What it asked for; none when that could not be read.
    pub target: Option<Endpoint>,
    /// What became of it.
    pub outcome: ConnectionOutcome,
    /// Bytes that went from the command to the host.
    pub up: u64,
    /// Bytes that came from the host to the command.
    pub down: u64,
}

/// What became of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionOutcome {
    /// It was refused, and nothing went out.
    Refused(Refusal),
    /// It was allowed.
    Allowed(End),
}

/// How an allowed connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// One of the two sides closed or broke it.
    Closed,
    /// No byte for too long.
    Idle,
    /// The command has sent as much as it may.
    Up,
    /// The command has received as much as it may.
    Down,
    /// The proxy was closed first.
    Dropped,
}

/// Is told of every connection when it ends. Must not block: connections wait for it.
pub trait Observer: Send + Sync + 'static {
    /// One connection has ended.
    fn ended(&self, connection: &Connection);
}

impl<F: Fn(&Connection) + Send + Sync + 'static> Observer for F {
    fn ended(&self, connection: &Connection) {
        self(connection);
    }
}
