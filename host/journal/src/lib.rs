//! What happened, in order, on disk.
//!
//! A run *is* its events: status, progress, the files it touched and what to do after a crash are folds of them. Next to
//! the events the journal keeps what never changes about a run (who asked for what, and when), the operator's settings,
//! and projections of the events that can be made again from them: where each run stands, written in the transaction
//! that writes its events, and folded states, each with the number of the event it reaches to.
//!
//! Everything is in one SQLite file in the data folder. One thread owns the connection that writes. It takes
//! whatever is waiting, commits it as one transaction, and only then shows it to subscribers: nobody sees an event
//! that a crash could take back (but for the end of a run on a full disk: see [`Ending`]). Appending does not wait for that commit, so a stream of small events costs one
//! transaction per batch and not one per event; whoever needs the certainty asks for it with [`RunWriter::flush`].
//! Reading uses connections of its own and is never in the writer's way.
//!
//! The price: a crash of the process loses what was in line (at most [`LINE_MAX`] events and never a hole, because a
//! run's events are committed in order), and a power cut may also lose the last commits, but leaves the file whole.
//! Two processes cannot share a data folder's runs; a lock file sees to that. What an operator looks up or changes while
//! the program runs, tokens and the audit, is shared: see [`Ledger`].

mod damage;
mod ending;
mod error;
mod events;
mod journal;
mod kept_states;
mod keys;
mod ledger;
mod lock;
mod news;
mod numbers;
mod open_run;
mod pace;
pub mod private;
mod project_cursor;
mod project_runs;
mod project_subscription;
mod projection;
mod reach;
mod readers;
mod record;
mod removal;
mod run_writer;
mod runs;
mod schema;
mod settings;
mod shared;
mod states;
mod subscription;
mod tail;
mod trouble;
mod writer;

pub use damage::Damage;
pub use ending::Ending;
pub use error::JournalError;
pub use journal::Journal;
pub use ledger::{
    AuditEntry, AuditFilter, EntryId, EntryIdError, Ledger, NewEntry, TokenLookup, TokenRecord, WeakLedger,
};
pub use project_cursor::{ProjectCursor, ProjectCursorError};
pub use project_subscription::{Placed, ProjectStart, ProjectSubscription};
pub use record::{EventParts, Keyed, RunEntry, RunFilter, RunRecord, StoredEvent};
pub use removal::Removable;
pub use run_writer::{RunWriter, Slot};
pub use settings::Setting;
pub use states::KeptState;
pub use subscription::Subscription;
pub use trouble::Trouble;

/// Most events, of all runs together, that wait to be committed. An appender finding the line full waits.
pub const LINE_MAX: usize = 1024;
/// Longest event, in bytes of its JSON line.
pub const EVENT_MAX: usize = 8 * 1024 * 1024;
/// Most runs that one who follows a project reads at the same time.
pub const OPEN_MAX: usize = 64;
/// Most bytes of a batch of events read at once; a single larger event makes a batch of its own.
pub(crate) const BATCH_BYTES: usize = 1024 * 1024;
/// Most events of a batch read at once.
pub(crate) const BATCH_EVENTS: usize = 512;

/// Locks a mutex whether or not a holder panicked: every critical section here leaves its data usable at each point.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
