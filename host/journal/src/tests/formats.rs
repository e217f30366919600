//! A journal of each earlier format is brought forward, and says the same afterwards.

use super::{ledger::run_with_a_command, *};
use crate::{AuditEntry, AuditFilter, RunFilter, reach::standing, schema};
use rusqlite::{Connection, params};
use std::path::Path;

/// The number of the last event of [`of_format`]'s run, whose text is no JSON.
const DAMAGED: i64 = 4;

/// What a list of runs and the audit say.
async fn told(journal: &Journal) -> (Vec<String>, Vec<AuditEntry>) {
    let runs = journal.runs(RunFilter { limit: 10, ..RunFilter::default() }).await.expect("lists");
    let runs = runs.iter().map(|entry| {
        let stands = entry.standing.map(|now| (now.status, now.progress));
        format!("{} {} {stands:?}", entry.record.run_id, entry.record.request.project_id)
    });
    let audit = AuditFilter { limit: 100, ..AuditFilter::default() };
    (runs.collect(), journal.ledger().audit(audit).await.expect("lists"))
}

/// Makes a journal of an earlier format with the run of `now`, whose events are `events`.
fn of_format(format: usize, at: &Path, record: &RunRecord, events: &[String]) {
    let connection = Connection::open(at).expect("opens");
    let (first, others) = schema::MIGRATIONS.split_at(1);
    connection.execute_batch(first[0]).expect("the first format");
    let request = serde_json::to_string(&record.request).expect("is JSON");
    connection
        .execute(
            "INSERT INTO runs (run_id, project_id, workflow, created, request) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                record.run_id.to_string(),
                record.request.project_id.as_str(),
                record.request.workflow_name.as_str(),
                record.created.to_string(),
                request
            ],
        )
        .expect("a run");
    for (seq, json) in (1_i64..).zip(events) {
        connection
            .execute(
                "INSERT INTO events (run, seq, terminal, json) VALUES (1, ?1, 0, ?2)",
                params![seq, json],
            )
            .expect("an event");
    }
    for (before, step) in (1_usize..format).zip(others) {
        connection.execute_batch(step).expect("a later format");
        if i64::try_from(before + 1) == Ok(schema::STANDINGS) {
            standing::rebuild(&connection).expect("the columns");
        }
    }
    // Views of another form than today's, which the file has to lose.
    let stale =
        "CREATE VIEW readable_events AS SELECT run, seq FROM events; CREATE VIEW audit_starts AS SELECT 1;";
    connection.execute_batch(stale).expect("views");
    connection
        .pragma_update(None, "user_version", i64::try_from(format).expect("is small"))
        .expect("the number");
}

#[tokio::test]
async fn a_journal_of_each_earlier_format_says_what_it_said() {
    let newest = folder();
    let journal = open(&newest);
    let id = run_with_a_command(&journal).await;
    let record = journal.run(id).await.expect("reads").expect("is there").record;
    let events = journal.all_events(id).await.expect("reads");
    let mut texts: Vec<_> =
        events.iter().map(|event| serde_json::to_string(event).expect("is JSON")).collect();
    let expected = told(&journal).await;
    assert_eq!(expected.1.len(), 2, "the run and its command: {:?}", expected.1);
    texts.push(r#"{"type":"status","data":"#.to_owned());

    for format in 1..schema::MIGRATIONS.len() {
        let folder = folder();
        of_format(format, &folder.path().join(schema::FILE), &record, &texts);
        let journal = open(&folder);
        assert_eq!(told(&journal).await, expected, "format {format}");
        let reader = schema::open_reader(journal.path()).expect("opens");
        let kinds: Vec<(i64, String)> = reader
            .prepare("SELECT seq, kind FROM events ORDER BY seq")
            .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .expect("reads");
        let kind = |seq, kind: &str| (seq, kind.to_owned());
        let expected =
            [kind(1, "status"), kind(2, "command_execute"), kind(3, "command_execute"), kind(DAMAGED, "")];
        assert_eq!(kinds, expected, "format {format}");
    }
}
