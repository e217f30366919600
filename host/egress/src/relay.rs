//! Bytes in both directions, counted.

use crate::{Connection, ConnectionOutcome, EgressLimits, End, Observer};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::Notify,
    time::timeout,
};

const BUFFER: usize = 16 << 10;

/// How many bytes are left to one command.
#[derive(Debug)]
pub(crate) struct Budget {
    up: AtomicU64,
    down: AtomicU64,
}

impl Budget {
    pub(crate) fn new(limits: &EgressLimits) -> Self {
        Self { up: limits.up.into(), down: limits.down.into() }
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.up.load(Relaxed) == 0 || self.down.load(Relaxed) == 0
    }
}

/// Takes `wanted` or, when fewer are left, those; then nothing is left.
fn take(left: &AtomicU64, wanted: u64) -> u64 {
    let before = left.fetch_update(Relaxed, Relaxed, |left| Some(left.saturating_sub(wanted)));
    before.unwrap_or_else(|left| left).min(wanted)
}

/// What one connection is known by, told to the observer when it is dropped: also when the proxy is closed midway.
pub(crate) struct Record {
    pub(crate) connection: Connection,
    pub(crate) up: AtomicU64,
    pub(crate) down: AtomicU64,
    observer: Arc<dyn Observer>,
}

impl Record {
    pub(crate) fn new(observer: Arc<dyn Observer>) -> Self {
        let outcome = ConnectionOutcome::Allowed(End::Dropped);
        let connection = Connection { target: None, outcome, up: 0, down: 0 };
        Self { connection, up: 0.into(), down: 0.into(), observer }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.connection.up = self.up.load(Relaxed);
        self.connection.down = self.down.load(Relaxed);
        self.observer.ended(&self.connection);
    }
}

/// One direction: what it may use and what it has used.
pub(crate) struct Meter<'a> {
    left: &'a AtomicU64,
    used: &'a AtomicU64,
    /// Every byte is a sign of life for both directions.
    alive: &'a Notify,
    /// What it is when nothing is left.
    end: End,
}

/// The two directions of one connection.
pub(crate) fn meters<'a>(budget: &'a Budget, record: &'a Record, alive: &'a Notify) -> [Meter<'a>; 2] {
    [
        Meter { left: &budget.up, used: &record.up, alive, end: End::Up },
        Meter { left: &budget.down, used: &record.down, alive, end: End::Down },
    ]
}

impl Meter<'_> {
    /// Writes what may still be written; whether that was all.
    pub(crate) async fn write(&self, bytes: &[u8], to: &mut (impl AsyncWrite + Unpin)) -> Result<(), End> {
        let length = bytes.len() as u64;
        let taken = take(self.left, length);
        let part = bytes.get(..usize::try_from(taken).unwrap_or(0)).unwrap_or_default();
        to.write_all(part).await.map_err(|_| End::Closed)?;
        self.used.fetch_add(taken, Relaxed);
        self.alive.notify_one();
        if taken < length { Err(self.end) } else { Ok(()) }
    }

    /// Copies until the one side has no more, and tells the other.
    pub(crate) async fn copy(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), End> {
        let mut buffer = vec![0; BUFFER];
        loop {
            let length = from.read(&mut buffer).await.map_err(|_| End::Closed)?;
            if length == 0 {
                return to.shutdown().await.map_err(|_| End::Closed);
            }
            self.write(buffer.get(..length).unwrap_or_default(), to).await?;
        }
    }
}

/// Returns once nothing was alive for so long.
pub(crate) async fn silence(alive: &Notify, idle: Duration) -> End {
    while timeout(idle, alive.notified()).await.is_ok() {}
    End::Idle
}
