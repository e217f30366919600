//! What the writer is asked for, and how it answers.

use crate::{JournalError, KeptState, StoredEvent, open_run::OpenRun};
use orchestrator_core::{RunId, Standing};
use rusqlite::Connection;
use std::sync::Arc;
use tokio::sync::oneshot;

/// The answer that a caller waits for.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, JournalError>>;
/// What a caller waits with.
pub(crate) type Answer<T> = oneshot::Receiver<Result<T, JournalError>>;
/// Writes something, or is told why nothing can be written; says how to answer its caller, and what failed.
pub(crate) type Change =
    Box<dyn FnOnce(Result<&Connection, &JournalError>) -> (Announce, Option<JournalError>) + Send>;
/// Tells the caller. Gets the reason when the transaction was not committed.
pub(crate) type Announce = Box<dyn FnOnce(Option<&JournalError>) + Send>;

/// What the writer is asked for.
pub(crate) enum Command {
    /// Store an event, and where the run stands after it. The run learns of failures.
    Append(Arc<OpenRun>, StoredEvent, Standing),
    /// Keep a folded state. A failure costs a longer fold later and nothing else.
    Keep(Arc<OpenRun>, KeptState),
    /// Say when everything that was asked for before is committed.
    Flush(Arc<OpenRun>, Reply<()>),
    /// Find or make what the handles of a run share.
    Open(RunId, Reply<Arc<OpenRun>>),
    /// Write something else.
    Change(Change),
    /// Remove a run.
    Remove(RunId, Change),
}

impl Command {
    /// Whether nobody waits for it.
    pub(super) fn can_wait(&self) -> bool {
        match self {
            Self::Append(_, event, _) => !event.terminal,
            Self::Keep(..) => true,
            Self::Flush(..) | Self::Open(..) | Self::Change(_) | Self::Remove(..) => false,
        }
    }

    /// The same, and then `more`, once the transaction is over and its caller has been told.
    pub(crate) fn and_then(self, more: impl FnOnce() + Send + 'static) -> Self {
        let Self::Change(change) = self else { return self };
        Self::Change(Box::new(move |transaction| {
            let (announce, error) = change(transaction);
            let both: Announce = Box::new(move |lost| {
                announce(lost);
                more();
            });
            (both, error)
        }))
    }

    /// Whether it needs a transaction.
    pub(super) fn writes(&self) -> bool {
        matches!(self, Self::Append(..) | Self::Keep(..) | Self::Change(_) | Self::Remove(..))
    }
}
