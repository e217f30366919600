//! Removing runs: nothing of them is left but what the audit has, and those who follow them come to an end.

use super::{ledger::run_with_a_command, *};
use crate::{AuditFilter, JournalError, KeptState, NewEntry, Removable};
use orchestrator_core::{Actor, Once};
use rusqlite::Connection;
use serde_json::json;

fn entry(run_id: RunId) -> NewEntry {
    NewEntry::new(Actor::CLI, "run.delete", run_id.to_string(), json!({})).of_run(run_id)
}

async fn ended(journal: &Journal) -> RunId {
    let writer = begin(journal).await;
    append_many(&writer, 3).await;
    writer.append(end()).await.expect("appends");
    writer.flush().await.expect("commits");
    writer.run_id()
}

/// Rows of each table that has any of runs.
fn rows(folder: &TempDir) -> [i64; 5] {
    let connection = Connection::open(folder.path().join("journal.sqlite")).expect("opens");
    ["runs", "requests", "events", "states", "keys"].map(|table| {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| row.get(0)).expect("counts")
    })
}

#[tokio::test]
async fn nothing_of_a_removed_run_is_left() {
    let folder = folder();
    let journal = open(&folder);
    let record = record("clock", "build");
    let id = record.run_id;
    let once = Once { key: "k-1".parse().expect("a key"), digest: orchestrator_core::Digest::of(b"asked") };
    let writer = journal.begin_run(record, Some((Actor::CLI, once.clone()))).await.expect("begins");
    writer.append(end()).await.expect("appends");
    writer.keep_state(KeptState { seq: 1, format: 1, json: "{}".into() }).await.expect("keeps");
    writer.flush().await.expect("commits");
    assert_eq!(rows(&folder), [1, 1, 1, 1, 1]);
    journal.remove_run(id, Removable::Over, Some(entry(id))).await.expect("removes");
    assert_eq!(rows(&folder), [0, 0, 0, 0, 0]);
    assert_eq!(journal.run(id).await, Ok(None));
    assert_eq!(journal.run_of_key(Actor::CLI, once.key).await, Ok(None));
    assert_eq!(journal.subscribe(id, 0).await.err(), Some(JournalError::UnknownRun(id)));
    assert_eq!(writer.append(thought("late")).await.err(), Some(JournalError::UnknownRun(id)));
    let again = journal.remove_run(id, Removable::Over, Some(entry(id))).await;
    assert_eq!(again, Err(JournalError::UnknownRun(id)));
}

#[tokio::test]
async fn the_audit_keeps_what_the_events_said_and_that_they_are_gone() {
    let folder = folder();
    let journal = open(&folder);
    let id = run_with_a_command(&journal).await;
    let told = |entries: Vec<crate::AuditEntry>| -> Vec<_> {
        entries.into_iter().map(|e| (e.time, e.actor, e.action, e.subject, e.run_id, e.detail)).collect()
    };
    let filter = AuditFilter { oldest_first: true, limit: 100, ..AuditFilter::default() };
    let before = told(journal.ledger().audit(filter.clone()).await.expect("reads"));
    assert_eq!(before.len(), 2, "{before:?}");
    assert_eq!(
        journal.remove_run(id, Removable::Over, Some(entry(id))).await,
        Err(JournalError::RunNotOver(id))
    );
    assert_eq!(told(journal.ledger().audit(filter.clone()).await.expect("reads")), before);
    journal.writer(id).await.expect("opens").append(end()).await.expect("appends");
    journal.remove_run(id, Removable::Over, Some(entry(id))).await.expect("removes");
    let after = told(journal.ledger().audit(filter).await.expect("reads"));
    assert_eq!(after[..2], before[..]);
    assert_eq!((after.len(), after[2].2.as_str(), after[2].4), (3, "run.delete", Some(id)));
}

#[tokio::test]
async fn whoever_reads_a_run_that_is_removed_comes_to_an_end() {
    let folder = folder();
    let journal = open(&folder);
    let id = ended(&journal).await;
    let mut at_the_start = journal.subscribe(id, 0).await.expect("subscribes");
    let live = begin(&journal).await;
    let mut waiting = live.subscribe(0).expect("subscribes");
    journal.remove_run(id, Removable::Over, None).await.expect("removes");
    assert_eq!(at_the_start.next_batch().await, Ok(None));
    assert!(at_the_start.is_done());
    let waits = tokio::spawn(async move { waiting.next_batch().await });
    journal.remove_run(live.run_id(), Removable::Any, None).await.expect("removes");
    assert_eq!(waits.await.expect("ends"), Ok(None));
}

#[tokio::test]
async fn a_number_is_never_given_twice() {
    let folder = folder();
    let journal = open(&folder);
    let number = |id: RunId| {
        let connection = Connection::open(folder.path().join("journal.sqlite")).expect("opens");
        let sql = "SELECT number FROM runs WHERE run_id = ?1";
        connection.query_row(sql, [id.to_string()], |row| row.get::<_, i64>(0)).expect("is there")
    };
    let [first, second] = [ended(&journal).await, ended(&journal).await];
    let had = number(second);
    journal.remove_run(second, Removable::Over, None).await.expect("removes");
    journal.remove_run(first, Removable::Over, None).await.expect("removes");
    assert_eq!(number(ended(&journal).await), had + 1);
    drop(journal);
    assert_eq!(number(ended(&open(&folder)).await), had + 2);
}

#[tokio::test]
async fn a_run_whose_events_cannot_be_read_can_be_removed() {
    let folder = folder();
    let journal = open(&folder);
    let id = ended(&journal).await;
    let connection = Connection::open(folder.path().join("journal.sqlite")).expect("opens");
    connection.execute("UPDATE events SET json = '{' WHERE seq = 2", []).expect("damages");
    journal.remove_run(id, Removable::Over, Some(entry(id))).await.expect("removes");
    assert_eq!(rows(&folder), [0, 0, 0, 0, 0]);
}
