//! Writing one command into the transaction that is open.

use super::command::{Announce, Command, Reply};
use crate::{JournalError, StoredEvent, open_run::OpenRun, states};
use orchestrator_core::RunId;
use rusqlite::{Connection, params};
use std::sync::Arc;

/// What has to be said once the transaction is over.
pub(super) enum Pending {
    Event(Arc<OpenRun>, StoredEvent),
    Flush(Arc<OpenRun>, Reply<()>),
    Open(RunId, Reply<Arc<OpenRun>>),
    Change(Announce),
    /// A run that is removed, unless the transaction is lost.
    Removed(RunId, Announce),
}

/// Writes one command, as far as there is a transaction to write it into. Returns what has to be said later, and the
/// error of a statement that failed.
pub(super) fn stage(
    command: Command,
    transaction: Result<&Connection, &JournalError>,
    failed: &impl Fn(rusqlite::Error) -> JournalError,
) -> (Option<Pending>, Option<JournalError>) {
    match command {
        Command::Append(run, event, _) => match transaction {
            // An event after the one that failed would leave a hole; its run has been told.
            Ok(_) if run.failure().is_some() => (None, None),
            Ok(connection) => match insert(connection, &run, &event).map_err(failed) {
                Ok(()) => (Some(Pending::Event(run, event)), None),
                Err(error) => {
                    run.fail(&error);
                    (None, Some(error))
                }
            },
            Err(_) => (Some(Pending::Event(run, event)), None),
        },
        Command::Keep(run, state) => {
            // A state must not reach further than the events that are there.
            let kept = transaction.ok().filter(|_| run.failure().is_none());
            let kept = kept.map(|connection| states::keep(connection, run.number, &state).map_err(failed));
            (None, kept.and_then(Result::err))
        }
        Command::Flush(run, reply) => (Some(Pending::Flush(run, reply)), None),
        Command::Open(id, reply) => (Some(Pending::Open(id, reply)), None),
        Command::Change(change) => {
            let (announce, error) = change(transaction);
            (Some(Pending::Change(announce)), error)
        }
        Command::Remove(id, change) => match change(transaction) {
            (announce, None) => (Some(Pending::Removed(id, announce)), None),
            (announce, error) => (Some(Pending::Change(announce)), error),
        },
    }
}

/// Stores one event. Its kind is taken from the text itself, so that column and text cannot disagree.
pub(crate) fn insert(connection: &Connection, run: &OpenRun, event: &StoredEvent) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO events (run, seq, terminal, kind, json)
             VALUES (?1, ?2, ?3, json_extract(?4, '$.type'), ?4)",
        )?
        .execute(params![run.number, event.seq.cast_signed(), event.terminal, &*event.json])
        .map(drop)
}
