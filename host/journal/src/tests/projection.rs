//! Lists cost what they show; where runs stand is what their events say, also in a journal from before it was kept.

use super::*;
use crate::{AuditFilter, JournalError, KeptState, RunEntry, RunFilter, schema};
use orchestrator_core::{RunStatus, Standing};

/// A journal of format 2: a run that succeeded, one that was killed, a setting and a token.
const FORMAT_2: &[u8] = include_bytes!("format-2.sqlite");

fn upgraded(folder: &TempDir) -> Journal {
    std::fs::write(folder.path().join(schema::FILE), FORMAT_2).expect("writes");
    open(folder)
}

async fn folded(journal: &Journal, entry: &RunEntry) -> Option<Standing> {
    let events = journal.all_events(entry.record.run_id).await.expect("reads");
    events.iter().fold(None, |before, event| Some(Standing::after(before, event)))
}

fn all() -> RunFilter {
    RunFilter { limit: 10, ..RunFilter::default() }
}

#[tokio::test]
async fn a_journal_of_an_earlier_format_is_brought_forward() {
    let folder = folder();
    let journal = upgraded(&folder);
    let entries = journal.runs(all()).await.expect("lists");
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.record.request.project_id.to_string(), entry.standing.map(|now| now.status)))
        .collect();
    let expected =
        [("clock".to_owned(), Some(RunStatus::Running)), ("shop".to_owned(), Some(RunStatus::Succeeded))];
    assert_eq!(told, expected);
    for entry in &entries {
        assert_eq!(entry.standing, folded(&journal, entry).await);
    }
    assert_eq!(entries[1].standing.map(|now| (now.progress, now.seq)), Some((100, 188)));
    assert_eq!(journal.unfinished_runs().await, Ok(vec![entries[0].record.run_id]));
    assert_eq!(journal.settings("agent/").await.expect("lists").len(), 1);
    assert_eq!(journal.ledger().tokens().await.expect("lists").len(), 1);
    let audit = AuditFilter { limit: 100, ..AuditFilter::default() };
    assert!(journal.ledger().audit(audit).await.expect("lists").len() >= 3);
    let reader = schema::open_reader(journal.path()).expect("opens");
    let told = "SELECT count(*), count(*) FILTER (WHERE kind = json_extract(json, '$.type')) FROM events";
    let told: (i64, i64) =
        reader.query_row(told, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("is counted");
    assert!(told.0 > 188 && told.0 == told.1, "each event has its kind: {told:?}");

    let writer = journal.writer(entries[0].record.run_id).await.expect("opens");
    writer.append(end()).await.expect("appends");
    drop((journal, writer));
    let journal = open(&folder);
    assert_eq!(journal.unfinished_runs().await, Ok(vec![]));
    let ended = journal.run(entries[0].record.run_id).await.expect("reads").expect("is there");
    assert_eq!(ended.standing, folded(&journal, &ended).await);
}

#[tokio::test]
async fn where_a_run_stands_is_committed_with_its_events() {
    let folder = folder();
    let journal = open(&folder);
    let writers = [begin(&journal).await, begin(&journal).await];
    let other = schema::open_reader(journal.path()).expect("opens");
    for round in 1..=20 {
        for writer in &writers {
            append_many(writer, round).await;
        }
        let sql = "SELECT count(*) FROM runs
                   WHERE last_seq <> coalesce((SELECT max(seq) FROM events WHERE run = number), 0)";
        let apart: i64 = other.query_row(sql, [], |row| row.get(0)).expect("reads");
        assert_eq!(apart, 0);
    }
    for writer in &writers {
        writer.append(end()).await.expect("appends");
        writer.flush().await.expect("commits");
    }
    for entry in journal.runs(all()).await.expect("lists") {
        assert_eq!(entry.standing, folded(&journal, &entry).await);
    }
}

/// How SQLite goes about a statement: one line for each table.
fn plan(journal: &Journal, sql: &str, values: usize) -> Vec<String> {
    let connection = schema::open_reader(journal.path()).expect("opens");
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("is understood");
    let values = vec!["1"; values];
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3));
    rows.expect("plans").map(|line| line.expect("a line")).collect()
}

#[tokio::test]
async fn lists_find_their_runs_through_an_index_and_read_no_event() {
    let folder = folder();
    let journal = open(&folder);
    let of = |project: bool, workflow: bool, status: bool| RunFilter {
        project: project.then(|| ProjectId::new("a").expect("a name")),
        workflow: workflow.then(|| WorkflowName::new("w").expect("a name")),
        status: status.then_some(RunStatus::Failed),
        ..all()
    };
    let cases = [
        (of(false, false, false), "sqlite_autoindex_runs_1"),
        (of(true, false, false), "runs_by_project"),
        (of(false, true, false), "runs_by_workflow"),
        (of(false, false, true), "runs_by_status"),
        (of(true, false, true), "runs_by_project_and_status"),
        (of(false, true, true), "runs_by_workflow_and_status"),
        (of(true, true, false), "runs_by_project_and_workflow"),
    ];
    for (filter, index) in cases {
        let (sql, values) = crate::runs::list_sql(&filter);
        let plan = plan(&journal, &sql, values.len());
        let steps = plan.join("; ");
        assert!(plan[0].contains(&format!("USING INDEX {index}")), "{filter:?}: {steps}");
        assert!(!steps.contains("events") && !steps.contains("TEMP B-TREE"), "{filter:?}: {steps}");
    }
    let unfinished = plan(&journal, &crate::runs::unfinished_sql(), 0).join("; ");
    assert!(unfinished.contains("one_end_per_run (run=?)"), "{unfinished}");
}

/// The work of a statement in SQLite's own count, which no noise of the machine reaches.
fn steps(journal: &Journal, filter: &RunFilter) -> i32 {
    let connection = schema::open_reader(journal.path()).expect("opens");
    let (sql, values) = crate::runs::list_sql(filter);
    let mut statement = connection.prepare(&sql).expect("is understood");
    let values = values.iter().map(|value| value as &dyn rusqlite::ToSql).collect::<Vec<_>>();
    let rows = statement.query_map(&*values, |_| Ok(())).expect("runs").count();
    assert_eq!(rows, filter.limit);
    statement.get_status(rusqlite::StatementStatus::VmStep)
}

#[tokio::test]
async fn a_page_costs_the_same_however_many_runs_and_events_are_behind_it() {
    let folder = folder();
    let journal = open(&folder);
    let grow = async |runs: usize, events: u64| {
        for _ in 0..runs {
            let writer = begin(&journal).await;
            append_many(&writer, events).await;
            writer.append(end()).await.expect("appends");
            writer.flush().await.expect("commits");
        }
    };
    let page = |status| RunFilter { limit: 5, status, ..RunFilter::default() };
    grow(6, 2).await;
    let oldest = journal.runs(all()).await.expect("lists").last().expect("one").record.run_id;
    let before = [page(None), page(Some(RunStatus::Succeeded))].map(|filter| steps(&journal, &filter));
    grow(300, 20).await;
    let after = [page(None), page(Some(RunStatus::Succeeded))].map(|filter| steps(&journal, &filter));
    assert_eq!(before, after);
    let newest = journal.runs(all()).await.expect("lists")[0].record.run_id;
    let deep = RunFilter { limit: 5, ..RunFilter::default() };
    let at = |before| RunFilter { before: Some(before), ..deep.clone() };
    let sixth = journal.runs(RunFilter { limit: 301, ..RunFilter::default() }).await.expect("lists")[300]
        .record
        .run_id;
    assert!(sixth > oldest);
    assert_eq!(
        steps(&journal, &at(newest)),
        steps(&journal, &at(sixth)),
        "the last page costs as much as the first"
    );
}

#[tokio::test]
async fn the_newest_state_is_kept_and_one_of_another_format_is_none() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    append_many(&writer, 3).await;
    let state = |seq, format| KeptState { seq, format, json: format!("{{\"at\":{seq}}}") };
    let id = writer.run_id();
    assert_eq!(journal.kept_state(id, 1).await, Ok(None));
    for kept in [state(3, 1), state(2, 1)] {
        writer.keep_state(kept).await.expect("is in line");
    }
    writer.flush().await.expect("commits");
    assert_eq!(journal.kept_state(id, 1).await, Ok(Some(state(3, 1))));
    assert_eq!(journal.kept_state(id, 2).await, Ok(None));
    writer.keep_state(state(3, 2)).await.expect("is in line");
    writer.flush().await.expect("commits");
    assert_eq!(journal.kept_state(id, 2).await, Ok(Some(state(3, 2))));
    let unknown = RunId::generate();
    assert_eq!(journal.kept_state(unknown, 1).await, Ok(None));
    assert_eq!(journal.events(unknown, 0, 1).await, Err(JournalError::UnknownRun(unknown)));
}
