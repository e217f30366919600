//! Learning that a token is no longer valid, for streams that outlive the request that opened them.
//!
//! A token can be revoked by another process, which cannot call us; and it can expire, which nobody calls out. So one
//! task looks at the table every [`INTERVAL`] while any stream waits, one query for all of them, and at once when this
//! process revokes one. Nobody waiting costs nothing.

use orchestrator_core::Timestamp;
use orchestrator_journal::{JournalError, Ledger};
use std::{
    collections::HashSet,
    future::Future,
    pin::Pin,
    sync::{Arc, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{Mutex, Notify, watch};

/// How long a stream may outlive a token that another process revoked.
const INTERVAL: Duration = Duration::from_millis(250);

/// Completes once a token is no longer valid.
pub type Revoked = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Looks after those who wait.
pub(crate) struct Watch(Arc<Looking>);

struct Looking {
    ledger: Ledger,
    /// The keys of the tokens that are valid.
    valid: watch::Sender<HashSet<String>>,
    /// One look at a time, so that an earlier one does not undo what a later one saw.
    looking: Mutex<()>,
    now: Arc<Notify>,
    /// Whether the task is there that looks every now and then.
    busy: std::sync::Mutex<bool>,
}

impl Watch {
    pub(crate) fn new(ledger: Ledger) -> Self {
        let valid = watch::Sender::new(HashSet::new());
        Self(Arc::new(Looking {
            ledger,
            valid,
            looking: Mutex::default(),
            now: Arc::default(),
            busy: Default::default(),
        }))
    }

    /// Looks at once.
    pub(crate) fn look(&self) {
        self.0.now.notify_one();
    }

    pub(crate) async fn revoked(&self, key: String) -> Result<Revoked, JournalError> {
        let mut valid = self.0.valid.subscribe();
        self.0.look().await?;
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *busy, true) {
            tokio::spawn(keep_looking(Arc::downgrade(&self.0), Arc::clone(&self.0.now)));
        }
        drop(busy);
        Ok(Box::pin(async move {
            // An error means that nobody looks any more, and then nobody can say that the token is valid.
            let _ = valid.wait_for(|valid| !valid.contains(&key)).await;
        }))
    }
}

impl Looking {
    /// Whether anybody waits. If not, the task that asks is to end, and the next one to wait starts another.
    fn is_waited_for(&self) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        *busy = self.valid.receiver_count() > 0;
        *busy
    }

    async fn look(&self) -> Result<(), JournalError> {
        let _one_at_a_time = self.looking.lock().await;
        let now = Timestamp::now();
        let tokens = self.ledger.tokens().await?;
        let valid =
            tokens.into_iter().filter(|token| !token.is_expired(now)).map(|token| token.key).collect();
        self.valid.send_if_modified(|before| {
            let changed = *before != valid;
            *before = valid;
            changed
        });
        Ok(())
    }
}

/// Looks as long as anybody waits, without keeping the journal open in between.
async fn keep_looking(looking: Weak<Looking>, now: Arc<Notify>) {
    while looking.upgrade().is_some_and(|looking| looking.is_waited_for()) {
        tokio::select! {
            () = now.notified() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
        let Some(looking) = looking.upgrade() else { return };
        if let Err(error) = looking.look().await {
            tracing::warn!(%error, "the tokens cannot be read; streams go on until they can");
        }
    }
}
