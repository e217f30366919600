//! One damaged row costs itself and nothing else, and is named.

use super::*;
use crate::{AuditFilter, Damage, NewEntry, RunFilter, StoredEvent, TokenRecord, schema};
use orchestrator_core::{Actor, Event, Role, Status, Timestamp, TokenName};
use serde_json::json;

/// Damages the journal as a disk does: past the program.
pub(super) fn damage(journal: &Journal, sql: &str) {
    let connection = rusqlite::Connection::open(journal.path()).expect("opens");
    connection.execute_batch("DROP TRIGGER IF EXISTS audit_is_never_changed").expect("drops");
    assert!(connection.execute(sql, []).expect("damages") > 0, "{sql}");
}

/// Lets columns take values of any type.
fn loosen(journal: &Journal) {
    let connection = rusqlite::Connection::open(journal.path()).expect("opens");
    let lax = "PRAGMA writable_schema = ON;
               UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'runs'";
    connection.execute_batch(lax).expect("loosens");
}

pub(super) fn named(journal: &Journal) -> Vec<String> {
    journal.ledger().damages().into_iter().map(|Damage { what, .. }| what).collect()
}

pub(super) async fn follow(journal: &Journal, id: RunId, after: u64) -> Vec<StoredEvent> {
    let mut subscription = journal.subscribe(id, after).await.expect("subscribes");
    let mut events = Vec::new();
    while let Some(batch) = subscription.next_batch().await.expect("reads") {
        events.extend(batch);
    }
    events
}

/// The numbers that events say are lost.
pub(super) fn lost(events: &[StoredEvent]) -> Vec<(u64, u64, u64)> {
    let lost = |stored: &StoredEvent| {
        let event: Event = serde_json::from_str(&stored.json).expect("is an event");
        match event.kind {
            EventKind::Status(Status::Damaged { first, last, .. }) => Some((first, last, event.seq)),
            _ => None,
        }
    };
    events.iter().filter_map(lost).collect()
}

/// A finished run of `count` events.
pub(super) async fn run(journal: &Journal, count: u64, text: &str) -> RunId {
    let writer = begin(journal).await;
    for _ in 1..count {
        writer.append(thought(text)).await.expect("appends");
    }
    writer.append(end()).await.expect("appends");
    writer.flush().await.expect("commits");
    writer.run_id()
}

#[tokio::test]
async fn a_damaged_request_leaves_the_other_runs_in_the_list() {
    for column in [
        "UPDATE requests SET json = '{' WHERE run = 2",
        "DELETE FROM requests WHERE run = 2",
        "UPDATE runs SET created = '?' WHERE number = 2",
        "UPDATE runs SET created = CAST(x'c328ff' AS TEXT) WHERE number = 2",
        "UPDATE runs SET run_id = 'x' WHERE number = 2",
    ] {
        let folder = folder();
        let journal = open(&folder);
        let ids = [run(&journal, 2, "a").await, run(&journal, 2, "b").await, run(&journal, 2, "c").await];
        damage(&journal, column);
        let listed = journal.runs(RunFilter { limit: 10, ..RunFilter::default() }).await.expect("lists");
        let listed: Vec<_> = listed.iter().map(|entry| entry.record.run_id).collect();
        assert_eq!(listed, [ids[2], ids[0]], "{column}");
        let which = if column.contains("'x'") { "run x".to_owned() } else { format!("run {}", ids[1]) };
        assert_eq!(named(&journal), [which], "{column}");
        journal.unfinished_runs().await.expect("lists");
    }
}

#[tokio::test]
async fn a_page_has_its_number_of_rows_whatever_is_damaged_among_them() {
    let folder = folder();
    let journal = open(&folder);
    let mut ids = Vec::new();
    for _ in 0..9 {
        ids.push(super::ledger::run_with_a_command(&journal).await);
        journal
            .ledger()
            .record(NewEntry::new(Actor::CLI, "grant.add", "x", json!({})))
            .await
            .expect("writes");
    }
    damage(&journal, "UPDATE requests SET json = '{' WHERE run BETWEEN 3 AND 8");
    let listed = journal.runs(RunFilter { limit: 3, ..RunFilter::default() }).await.expect("lists");
    let listed: Vec<_> = listed.iter().map(|entry| entry.record.run_id).collect();
    assert_eq!(listed, [ids[8], ids[1], ids[0]]);
    damage(&journal, "UPDATE audit SET detail = '{' WHERE seq BETWEEN 2 AND 9");
    let audit = AuditFilter { action: Some("grant".into()), limit: 1, ..AuditFilter::default() };
    let entries = journal.ledger().audit(audit).await.expect("lists");
    assert_eq!(entries.len(), 1, "{entries:?}");
}

#[tokio::test]
async fn a_damaged_setting_token_or_entry_leaves_the_others() {
    let folder = folder();
    let journal = open(&folder);
    let ledger = journal.ledger();
    for name in ["a", "b"] {
        journal.put_setting(name, &json!({"n": 1})).await.expect("sets");
        let token = TokenRecord {
            name: TokenName::new(name).expect("a name"),
            key: name.into(),
            role: Role::Runner,
            hash: [7; 32],
            created: Timestamp::UNIX_EPOCH,
            expires: None,
            last_used: None,
        };
        let entry = NewEntry::new(Actor::CLI, "token.create", name, json!({}));
        assert_eq!(ledger.add_token(token, entry).await, Ok(true));
    }
    damage(&journal, "UPDATE settings SET value = '{' WHERE key = 'a'");
    damage(&journal, "UPDATE tokens SET role = 'emperor' WHERE name = 'a'");
    damage(&journal, "UPDATE audit SET detail = '{' WHERE subject = 'a'");
    assert_eq!(journal.settings("").await.expect("lists").len(), 1);
    assert_eq!(ledger.tokens().await.expect("lists").len(), 1);
    let lookup = ledger.find_token(Some("a".into())).await.expect("reads");
    assert_eq!((lookup.found, lookup.any), (None, true), "it lets nobody in, and still asks for tokens");
    let audit = AuditFilter { limit: 10, ..AuditFilter::default() };
    assert_eq!(ledger.audit(audit).await.expect("lists").len(), 1);
    let names = named(&journal);
    assert_eq!(names.len(), 3, "{names:?}");
    for part in ["the audit's entry", "the setting 'a'", "the token 'a'"] {
        assert!(names.iter().any(|name| name.starts_with(part)), "{names:?}");
    }
}

#[tokio::test]
async fn a_damaged_event_is_told_in_its_place_and_the_rest_follows() {
    let folder = folder();
    let journal = open(&folder);
    let id = run(&journal, 9, "hm").await;
    damage(&journal, "UPDATE events SET json = '{\"type\":\"thin' WHERE seq = 3");
    damage(&journal, "UPDATE events SET json = replace(json, '\"seq\":5', '\"seq\":4') WHERE seq = 5");
    damage(&journal, "DELETE FROM events WHERE seq IN (7, 8)");
    let events = follow(&journal, id, 0).await;
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 8, 9]);
    assert_eq!(lost(&events), [(3, 3, 3), (5, 5, 5), (7, 8, 8)]);
    assert!(lost(&follow(&journal, id, 8).await).is_empty());
    let typed = journal.all_events(id).await.expect("reads");
    assert_eq!(typed.last().map(|event| (event.seq, event.is_terminal())), Some((9, true)));
    assert!(typed.is_sorted_by_key(|event| event.time));
    assert_eq!(named(&journal).len(), 3);
}

#[tokio::test]
async fn a_run_whose_end_is_damaged_ends_all_the_same() {
    let folder = folder();
    let journal = open(&folder);
    let id = run(&journal, 3, "hm").await;
    damage(&journal, "UPDATE events SET json = '' WHERE seq = 3");
    let events = follow(&journal, id, 0).await;
    assert_eq!(lost(&events), [(3, 3, 3)]);
    assert_eq!(journal.unfinished_runs().await, Ok(vec![]));
}

#[tokio::test]
async fn an_event_that_is_json_and_no_event_stands_in_for_a_fold() {
    let folder = folder();
    let journal = open(&folder);
    let id = run(&journal, 3, "hm").await;
    damage(
        &journal,
        "UPDATE events SET json = replace(json, 'thinking_step', 'drinking_step') WHERE seq = 2",
    );
    let events = journal.all_events(id).await.expect("reads");
    assert!(
        matches!(events[1].kind, EventKind::Status(Status::Damaged { first: 2, last: 2, .. })),
        "{events:?}"
    );
    assert_eq!(events.len(), 3);
}

#[tokio::test]
async fn a_damaged_event_of_the_audit_leaves_the_others() {
    let folder = folder();
    let journal = open(&folder);
    for _ in 0..3 {
        super::ledger::run_with_a_command(&journal).await;
    }
    damage(&journal, "UPDATE events SET json = '{' WHERE seq = 2 AND run = 2");
    let audit = AuditFilter { limit: 10, ..AuditFilter::default() };
    let entries = journal.ledger().audit(audit).await.expect("lists");
    assert_eq!(entries.iter().filter(|entry| entry.action == "command.start").count(), 2);
    assert_eq!(entries.iter().filter(|entry| entry.action == "run.start").count(), 3);
}

#[tokio::test]
async fn a_run_whose_project_or_workflow_is_no_text_leaves_the_rest_of_the_audit() {
    // A command's entry shows no workflow.
    for (column, commands) in [("project_id", 1), ("workflow", 2)] {
        let folder = folder();
        let journal = open(&folder);
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(super::ledger::run_with_a_command(&journal).await);
        }
        loosen(&journal);
        damage(&journal, &format!("UPDATE runs SET {column} = x'fffe' WHERE number = 2"));
        drop(journal);
        let journal = open(&folder);
        damage(&journal, "UPDATE events SET json = '{' WHERE seq = 2 AND run = 3");
        let audit = AuditFilter { limit: 10, ..AuditFilter::default() };
        let entries = journal.ledger().audit(audit).await.expect("lists");
        let told = |action: &str| entries.iter().filter(|entry| entry.action == action).count();
        assert_eq!((told("run.start"), told("command.start")), (2, commands), "{column}");
        let names = named(&journal);
        assert!(names.iter().any(|name| name.ends_with(&ids[1].to_string())), "{column}: {names:?}");
    }
}

#[tokio::test]
async fn behind_a_damaged_part_of_the_file_reading_goes_on() {
    let folder = folder();
    let journal = open(&folder);
    let first = run(&journal, 10, "hm").await;
    let id = run(&journal, 400, &"long ".repeat(200)).await;
    let last = run(&journal, 10, "hm").await;
    drop(journal);
    let path = folder.path().join(schema::FILE);
    let mut bytes = std::fs::read(&path).expect("reads");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 3 * 4096].fill(0);
    std::fs::write(&path, bytes).expect("writes");

    let journal = open(&folder);
    assert_eq!(journal.runs(RunFilter { limit: 9, ..RunFilter::default() }).await.expect("lists").len(), 3);
    let events = follow(&journal, id, 0).await;
    let gone = lost(&events);
    assert!(!gone.is_empty());
    assert_eq!(events.last().map(|event| event.seq), Some(400));
    let missing: u64 = gone.iter().map(|(first, last, _)| last - first + 1).sum();
    assert_eq!((events.len() - gone.len()) as u64 + missing, 400, "{gone:?}");
    assert!(missing < 40, "{gone:?}");
    for whole in [first, last] {
        assert!(lost(&follow(&journal, whole, 0).await).is_empty());
    }
    assert!(named(&journal).iter().all(|name| name.contains(&id.to_string())));
}
