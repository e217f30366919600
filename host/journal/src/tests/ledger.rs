use super::*;
use crate::{AuditFilter, JournalError, Ledger, NewEntry, TokenRecord};
use orchestrator_core::{
    Actor, CommandEvent, Role, Status, Timestamp, TokenName, Workflow, event::CommandStage,
};
use serde_json::json;

fn token(name: &str, key: &str) -> TokenRecord {
    TokenRecord {
        name: TokenName::new(name).expect("a name"),
        key: key.into(),
        role: Role::Runner,
        hash: [7; 32],
        created: Timestamp::UNIX_EPOCH,
        expires: None,
        last_used: None,
    }
}

fn entry(action: &str, subject: &str) -> NewEntry {
    NewEntry::new(Actor::CLI, action, subject, json!({"n": 1}))
}

fn all() -> AuditFilter {
    AuditFilter { oldest_first: true, limit: 100, ..AuditFilter::default() }
}

async fn actions(ledger: &Ledger, filter: AuditFilter) -> Vec<(String, String, String)> {
    let entries = ledger.audit(filter).await.expect("reads");
    entries.into_iter().map(|entry| (entry.actor.to_string(), entry.action, entry.subject)).collect()
}

/// A run that `ada` asked for, and which starts a command.
pub(super) async fn run_with_a_command(journal: &Journal) -> RunId {
    let record = record("clock", "build");
    let (run_id, request) = (record.run_id, record.request.clone());
    journal.create_run(record).await.expect("creates");
    let writer = journal.writer(run_id).await.expect("opens");
    let workflow =
        Workflow { name: request.workflow_name.clone(), description: String::new(), steps: Vec::new() };
    let accepted = Status::Accepted {
        request: Box::new(request),
        workflow: Box::new(workflow),
        plugins: Vec::new(),
        disabled: Vec::new(),
        provider: "scripted".into(),
        policy: String::new(),
        sandbox: Default::default(),
        actor: Some(Actor::token(&TokenName::new("ada").expect("a name"))),
    };
    writer.append(parts(EventKind::Status(accepted), "")).await.expect("appends");
    let command = |stage| EventKind::CommandExecute(CommandEvent { command: "npm test".into(), stage });
    let started = CommandStage::Started { argv: vec!["npm".into(), "test".into()] };
    let printed =
        CommandStage::Output { stream: orchestrator_core::event::OutputStream::Stdout, chunk: "ok".into() };
    writer.append(parts(command(started), "")).await.expect("appends");
    writer.append(parts(command(printed), "")).await.expect("appends");
    writer.flush().await.expect("commits");
    run_id
}

#[tokio::test]
async fn tokens_are_found_by_their_key_and_named_once() {
    let folder = folder();
    let ledger = open(&folder).ledger();
    assert!(!ledger.find_token(None).await.expect("reads").any);
    let add = |token| ledger.add_token(token, entry("token.create", "ada"));
    assert_eq!(add(token("ada", "k1")).await, Ok(true));
    assert_eq!(add(token("ada", "k2")).await, Ok(false));
    let found = ledger.find_token(Some("k1".into())).await.expect("reads");
    assert_eq!((found.found, found.any), (Some(token("ada", "k1")), true));
    assert_eq!(ledger.find_token(Some("k2".into())).await.expect("reads").found, None);
    ledger.note_use("k1".into(), Timestamp::UNIX_EPOCH).await.expect("writes");
    assert_eq!(ledger.tokens().await.expect("reads")[0].last_used, Some(Timestamp::UNIX_EPOCH));
    let remove = || ledger.remove_token(TokenName::new("ada").expect("a name"), entry("token.revoke", "ada"));
    assert_eq!((remove().await, remove().await), (Ok(true), Ok(false)));
    assert_eq!(ledger.tokens().await, Ok(Vec::new()));
    let told = actions(&ledger, all()).await;
    let told: Vec<_> = told.iter().map(|(_, action, _)| action.as_str()).collect();
    assert_eq!(told, ["token.create", "token.revoke"], "what did not happen is not in the audit");
}

#[tokio::test]
async fn a_second_process_shares_the_ledger_of_one_at_work_and_not_its_runs() {
    let folder = folder();
    let journal = open(&folder);
    let beside = Ledger::open(folder.path()).expect("opens beside");
    assert!(matches!(Journal::open(folder.path()), Err(JournalError::Locked { .. })));
    beside.add_token(token("ada", "k1"), entry("token.create", "ada")).await.expect("writes");
    assert!(journal.ledger().find_token(Some("k1".into())).await.expect("reads").found.is_some());
    let run_id = run_with_a_command(&journal).await;
    assert_eq!(beside.audit(all()).await.expect("reads").len(), 3);
    assert_eq!(journal.all_events(run_id).await.expect("reads").len(), 3);
}

#[tokio::test]
async fn a_ledger_makes_the_file_where_nobody_did_and_leaves_the_folder_free() {
    let folder = folder();
    let ledger = Ledger::open(folder.path()).expect("makes it");
    let journal = Journal::open(folder.path()).expect("is free");
    ledger.record(entry("grant.add", "echo")).await.expect("writes");
    assert_eq!(journal.ledger().audit(all()).await.expect("reads").len(), 1);
}

#[tokio::test]
async fn a_program_of_another_version_at_work_is_not_disturbed() {
    let folder = folder();
    let journal = Journal::open_with(folder.path(), SMALL_TAIL, |connection| {
        connection.pragma_update(None, "user_version", 1)
    });
    let _journal = journal.expect("opens");
    assert!(matches!(Ledger::open(folder.path()), Err(JournalError::OtherVersion { found: 1, .. })));
}

#[tokio::test]
async fn runs_and_commands_are_in_the_audit_with_who_asked_for_them() {
    let folder = folder();
    let journal = open(&folder);
    let ledger = journal.ledger();
    ledger.record(entry("agent.model", "writer")).await.expect("writes");
    let run_id = run_with_a_command(&journal).await;
    let told = actions(&ledger, AuditFilter { run_id: Some(run_id), ..all() }).await;
    let line = |actor: &str, action: &str, subject: &str| (actor.into(), action.into(), subject.into());
    assert_eq!(told, [line("ada", "run.start", "clock"), line("ada", "command.start", "npm test")]);
    let commands = AuditFilter { action: Some("command".into()), ..all() };
    let commands = ledger.audit(commands).await.expect("reads");
    assert_eq!((commands.len(), commands[0].run_id), (1, Some(run_id)));
    assert_eq!(commands[0].detail["argv"], json!(["npm", "test"]));
    let others = AuditFilter { actor: Some("cli".into()), ..all() };
    assert_eq!(actions(&ledger, others).await, [line("cli", "agent.model", "writer")]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_in_both_directions() {
    let folder = folder();
    let journal = open(&folder);
    let ledger = journal.ledger();
    for n in 0..7 {
        ledger.record(entry("grant.add", &n.to_string())).await.expect("writes");
    }
    run_with_a_command(&journal).await;
    let everything = ledger.audit(all()).await.expect("reads");
    assert_eq!(everything.len(), 9);
    let (mut forward, mut after) = (Vec::new(), None);
    let (mut backward, mut before) = (Vec::new(), None);
    for _ in 0..4 {
        let page = ledger.audit(AuditFilter { after, limit: 3, ..all() }).await.expect("reads");
        after = page.last().map(|entry| entry.id).or(after);
        forward.extend(page);
        let page = AuditFilter { before, limit: 3, ..AuditFilter::default() };
        let page = ledger.audit(page).await.expect("reads");
        before = page.last().map(|entry| entry.id).or(before);
        backward.extend(page);
    }
    assert_eq!(forward, everything);
    backward.reverse();
    assert_eq!(backward, everything);
}

#[tokio::test]
async fn the_audit_cannot_be_rewritten() {
    let folder = folder();
    let journal = open(&folder);
    journal.ledger().record(entry("token.create", "mallory")).await.expect("writes");
    for sql in ["DELETE FROM audit", "UPDATE audit SET actor = 'system'"] {
        let connection = rusqlite::Connection::open(journal.path()).expect("opens");
        let refused = connection.execute(sql, []).expect_err("is refused").to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
}

#[tokio::test]
async fn entries_go_when_their_time_is_over_and_refusals_sooner() {
    let folder = folder();
    let journal = open(&folder);
    let days_ago = |action: &str, days: i64| {
        let connection = rusqlite::Connection::open(journal.path()).expect("opens");
        let at = Timestamp::now().as_millisecond() - days * 86_400_000;
        let sql = "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, 'ada', ?2, 'x', '{}')";
        connection.execute(sql, rusqlite::params![at, action]).expect("writes");
    };
    for _ in 0..10 {
        days_ago("access.refuse", 31);
    }
    days_ago("access.refuse", 29);
    days_ago("token.create", 401);
    days_ago("token.create", 399);
    let ledger = journal.ledger();
    for name in ["b", "c"] {
        ledger.record(entry("token.revoke", name)).await.expect("writes");
    }
    let left: Vec<_> = actions(&ledger, all()).await.into_iter().map(|(_, action, _)| action).collect();
    assert_eq!(left, ["token.create", "access.refuse", "token.revoke", "token.revoke"]);
    let connection = rusqlite::Connection::open(journal.path()).expect("opens");
    let refused = connection.execute("DELETE FROM audit WHERE action = 'access.refuse'", []);
    assert!(refused.expect_err("is not old enough").to_string().contains("append-only"));
}

#[tokio::test]
async fn a_setting_and_the_entry_about_it_are_one_change() {
    let folder = folder();
    let ledger = open(&folder).ledger();
    let set = |value| ledger.set("agent/writer", value, entry("agent.model", "writer"));
    assert_eq!(set(None).await, Ok(None));
    assert_eq!(ledger.audit(all()).await.expect("reads").len(), 0);
    assert_eq!(set(Some(&json!({"model": "opus"}))).await, Ok(Some(1)));
    assert_eq!(ledger.audit(all()).await.expect("reads").len(), 1);
}

#[tokio::test]
async fn questions_to_the_audit_do_not_read_every_event() {
    let folder = folder();
    let journal = open(&folder);
    run_with_a_command(&journal).await;
    let connection = rusqlite::Connection::open(journal.path()).expect("opens");
    for (view, index) in [("audit_starts", "starts_by_time"), ("audit_commands", "commands_by_time")] {
        let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE at >= 5 ORDER BY at LIMIT 3");
        let mut statement = connection.prepare(&sql).expect("is understood");
        let plan = statement.query_map([], |row| row.get::<_, String>(3)).expect("plans");
        let plan: Vec<_> = plan.map(|line| line.expect("a line")).collect();
        assert!(plan.iter().any(|line| line.contains(index)), "{view}: {plan:?}");
    }
}

#[tokio::test]
async fn what_somebody_did_who_did_little_is_found_without_reading_what_others_did() {
    let folder = folder();
    let journal = open(&folder);
    let run_id = run_with_a_command(&journal).await;
    let by = |actor: &str| AuditFilter { actor: Some(actor.into()), ..all() };
    let told = actions(&journal.ledger(), by("ada")).await;
    assert_eq!(
        told.len(),
        actions(&journal.ledger(), AuditFilter { run_id: Some(run_id), ..all() }).await.len()
    );
    assert_eq!(actions(&journal.ledger(), by("nobody")).await, []);
    let connection = rusqlite::Connection::open(journal.path()).expect("opens");
    let views = ["audit_starts", "audit_commands"].map(|view| {
        format!("SELECT * FROM {view} WHERE 1 AND source IN (1, 2) AND actor = 'a' ORDER BY at LIMIT 3")
    });
    for (sql, index) in [
        (crate::ledger::RUNS_OF.replace("?1", "'a'").replace("?2", "9"), "starts_by_actor"),
        (views[0].clone(), "SEARCH events USING PRIMARY KEY (run=? AND seq=?)"),
        (views[1].clone(), "SEARCH events USING PRIMARY KEY (run=?)"),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("is understood");
        let plan = statement.query_map([], |row| row.get::<_, String>(3)).expect("plans");
        let plan: Vec<_> = plan.map(|line| line.expect("a line")).collect();
        assert!(plan.iter().any(|line| line.contains(index)), "{sql}: {plan:?}");
    }
}

#[test]
fn an_entrys_id_is_three_numbers() {
    assert_eq!("1.2.3".parse::<crate::EntryId>().map(|id| id.to_string()), Ok("1.2.3".into()));
    for bad in ["", "1", "1.2", "1.2.3.4", "1.2.x", "-1.2.3", "1..3", "99999999999999999999.1.1"] {
        assert!(bad.parse::<crate::EntryId>().is_err(), "{bad}");
    }
}
