//! A run whose row is damaged is found, read and ended by its events; one whose events are damaged, by its row.

use super::{
    damage::{damage, follow, lost, named, run},
    *,
};
use crate::{RunEntry, RunFilter};
use orchestrator_core::RunStatus;

/// What can be wrong with the row of run 1.
const ROWS: [&str; 12] = [
    "UPDATE requests SET json = '{' WHERE run = 1",
    "DELETE FROM requests WHERE run = 1",
    "UPDATE runs SET created = CAST(x'c328ff' AS TEXT) WHERE number = 1",
    "UPDATE runs SET project_id = '../../etc' WHERE number = 1",
    "UPDATE runs SET status = 'exploded' WHERE number = 1",
    "UPDATE runs SET progress = 900 WHERE number = 1",
    "UPDATE runs SET progress = 101 WHERE number = 1",
    "UPDATE runs SET step = -1 WHERE number = 1",
    "UPDATE runs SET input_tokens = -1 WHERE number = 1",
    "UPDATE runs SET updated = 'yesterday' WHERE number = 1",
    "UPDATE runs SET last_seq = 9223372036854775807 WHERE number = 1",
    "UPDATE runs SET last_seq = 1 WHERE number = 1",
];

/// What is wrong only with the row of a run that is under way.
const OF_UNFINISHED: [&str; 3] = [
    "UPDATE runs SET status = 'succeeded' WHERE number = 1",
    "UPDATE events SET terminal = 1 WHERE seq = 2",
    "UPDATE events SET terminal = 1 WHERE seq = 3",
];

async fn listed(journal: &Journal) -> Vec<RunEntry> {
    journal.runs(RunFilter { limit: 9, ..RunFilter::default() }).await.expect("lists")
}

#[tokio::test]
async fn a_run_under_way_is_ended_whatever_is_wrong_with_its_row() {
    for sql in ROWS.into_iter().chain(OF_UNFINISHED) {
        let folder = folder();
        let journal = open(&folder);
        let writer = begin(&journal).await;
        let id = writer.run_id();
        append_many(&writer, 3).await;
        writer.flush().await.expect("commits");
        drop((writer, journal));
        let journal = open(&folder);
        damage(&journal, sql);

        assert_eq!(journal.unfinished_runs().await, Ok(vec![id]), "{sql}");
        let writer = journal.writer(id).await.expect("opens");
        writer.end(vec![end()]).expect("has no end yet").write().await.expect(sql);
        drop(writer);
        let events = follow(&journal, id, 0).await;
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4], "{sql}");
        assert!(lost(&events).is_empty(), "{sql}");
        assert_eq!(journal.unfinished_runs().await, Ok(vec![]), "{sql}");
        let entries = listed(&journal).await;
        let standing = entries.iter().filter_map(|entry| entry.standing).next();
        assert!(standing.is_none_or(|now| (now.status, now.seq) == (RunStatus::Succeeded, 4)), "{sql}");
        assert!(standing.is_some() || sql.contains("request") || sql.contains("created"), "{sql}");
        assert!(!named(&journal).is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn a_finished_run_is_read_whole_whatever_is_wrong_with_its_row() {
    for sql in ROWS.into_iter().chain(["UPDATE runs SET status = 'running' WHERE number = 1"]) {
        let folder = folder();
        let journal = open(&folder);
        let id = run(&journal, 5, "hm").await;
        damage(&journal, sql);
        let before = listed(&journal).await;
        let events = follow(&journal, id, 0).await;
        assert_eq!((events.len(), lost(&events)), (5, vec![]), "{sql}");
        assert_eq!(journal.all_events(id).await.expect("reads").len(), 5, "{sql}");
        assert!(!sql.contains("progress") || before[0].standing.is_some_and(|now| now.seq == 5), "{sql}");
        let after = listed(&journal).await;
        assert!(after.iter().all(|run| run.standing.is_some_and(|now| now.seq == 5)), "{sql}: {after:?}");
        assert!(!named(&journal).is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn a_finished_run_whose_last_events_are_lost_ends_with_what_stands_in_for_them() {
    let cases = [
        ("DELETE FROM events WHERE seq = 5", vec![(5, 5, 5)]),
        ("DELETE FROM events WHERE seq > 2", vec![(3, 5, 5)]),
        ("DELETE FROM events", vec![(1, 5, 5)]),
        ("UPDATE events SET run = 2, seq = 9 WHERE seq = 5", vec![(5, 5, 5)]),
        ("UPDATE events SET terminal = 0", vec![]),
        ("UPDATE events SET terminal = 0, json = '{' WHERE seq = 5", vec![(5, 5, 5)]),
        ("UPDATE events SET seq = 9007199254740999 WHERE seq = 5", vec![(5, 5, 5)]),
    ];
    for (sql, gone) in cases {
        let folder = folder();
        let journal = open(&folder);
        let id = run(&journal, 5, "hm").await;
        let beside = begin(&journal).await;
        append_many(&beside, 2).await;
        beside.flush().await.expect("commits");
        let other = beside.run_id();
        drop((beside, journal));
        let journal = open(&folder);
        damage(&journal, sql);
        let events = follow(&journal, id, 0).await;
        assert_eq!((lost(&events), events.last().map(|event| event.seq)), (gone, Some(5)), "{sql}");
        assert!(journal.writer(id).await.expect("opens").end(vec![end()]).is_err(), "{sql}: it has its end");
        if sql.contains("run = 2") {
            let theirs = journal.all_events(other).await.expect("reads");
            assert_eq!(theirs.len(), 2, "{theirs:?}");
        }
    }
}

/// Damages tables behind the back of their indexes.
fn damage_tables(journal: &Journal, sql: &str) {
    let hide = "PRAGMA writable_schema = ON;
                CREATE TABLE hidden AS SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema
                WHERE type = 'index' AND sql IS NOT NULL;
                DELETE FROM sqlite_schema WHERE name IN (SELECT name FROM hidden);";
    let show = "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM hidden;";
    for part in [hide, sql, show] {
        let connection = rusqlite::Connection::open(journal.path()).expect("opens");
        connection.execute_batch(part).expect(part);
    }
}

#[tokio::test]
async fn a_run_is_ended_although_indexes_are_out_of_step() {
    for sql in [
        "DELETE FROM events WHERE seq = 5; UPDATE runs SET status = 'running', last_seq = 4",
        "DELETE FROM events WHERE seq = 5; UPDATE runs SET status = 'exploded', last_seq = 9223372036854775807",
        "DELETE FROM events; UPDATE runs SET status = 'exploded', last_seq = 0",
    ] {
        let folder = folder();
        let journal = open(&folder);
        let id = run(&journal, 5, "hm").await;
        damage_tables(&journal, sql);
        drop(journal);
        let journal = open(&folder);
        assert_eq!(journal.unfinished_runs().await, Ok(vec![id]), "{sql}");
        let writer = journal.writer(id).await.expect("opens");
        writer.end(vec![end()]).expect("has no end yet").write().await.expect(sql);
        drop(writer);
        let events = follow(&journal, id, 0).await;
        assert!(events.last().is_some_and(|event| event.terminal), "{sql}");
        assert_eq!(journal.unfinished_runs().await, Ok(vec![]), "{sql}");
    }
}

#[tokio::test]
async fn an_event_of_another_run_stands_in_for_the_one_that_was_there() {
    let folder = folder();
    let journal = open(&folder);
    let id = run(&journal, 5, "hm").await;
    run(&journal, 5, "hm").await;
    damage(
        &journal,
        "UPDATE events SET json = (SELECT json FROM events WHERE run = 2 AND seq = 3) WHERE run = 1 AND seq = 3",
    );
    assert_eq!(lost(&follow(&journal, id, 0).await), [(3, 3, 3)]);
}

#[tokio::test]
async fn a_kept_state_that_cannot_be_read_is_none() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    append_many(&writer, 2).await;
    let beyond = crate::KeptState { seq: 3, format: 1, json: "{}".into() };
    writer.keep_state(beyond).await.expect("is in line");
    writer.flush().await.expect("commits");
    writer.end(vec![end()]).expect("ends").write().await.expect("writes");
    assert_eq!(
        journal.kept_state(writer.run_id(), 1).await,
        Ok(None),
        "it is not of the event that is there"
    );
    let state = crate::KeptState { seq: 3, format: 1, json: "{}".into() };
    writer.keep_state(state).await.expect("is in line");
    writer.flush().await.expect("commits");
    damage(&journal, "UPDATE states SET json = CAST(x'c328ff' AS TEXT)");
    assert_eq!(journal.kept_state(writer.run_id(), 1).await, Ok(None));
    assert_eq!(named(&journal), [format!("the kept state of run {}", writer.run_id())]);
}
