use super::*;
use crate::{JournalError, RunFilter};
use rusqlite::Connection;
use std::{fs, pin::pin};

#[tokio::test]
async fn a_second_server_is_turned_away() {
    let folder = folder();
    let journal = open(&folder);
    let error = Journal::open(folder.path()).expect_err("is held");
    assert_eq!(
        error,
        JournalError::Locked { path: folder.path().to_owned(), holder: Some(std::process::id()) }
    );
    drop(journal);
    Journal::open(folder.path()).expect("is free again");
}

#[test]
fn a_data_folder_that_is_a_file_is_named() {
    let folder = folder();
    let path = folder.path().join("data");
    fs::write(&path, "").expect("writes");
    let error = Journal::open(&path).expect_err("is a file");
    assert!(matches!(error, JournalError::Folder { .. }), "{error:?}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_called_damaged_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("journal.sqlite");
    fs::write(&path, "My diary. Dear journal, today I ".repeat(200)).expect("writes");
    let error = Journal::open(folder.path()).expect_err("is a diary");
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error:?}");
    assert!(fs::read_to_string(&path).expect("reads").starts_with("My diary"));
}

#[test]
fn a_file_of_a_newer_program_is_refused() {
    let folder = folder();
    drop(open(&folder));
    let path = folder.path().join("journal.sqlite");
    let other = Connection::open(&path).expect("opens");
    other.pragma_update(None, "user_version", 99).expect("sets");
    drop(other);
    let error = Journal::open(folder.path()).expect_err("is newer");
    assert_eq!(error, JournalError::Newer { path, found: 99, known: 6 });
}

#[test]
fn a_journal_that_is_empty_or_gone_is_lost_and_not_begun_anew() {
    let folder = folder();
    drop(open(&folder));
    let path = folder.path().join("journal.sqlite");
    let whole = fs::read(&path).expect("reads");
    fs::write(&path, "").expect("empties");
    assert_eq!(Journal::open(folder.path()).expect_err("is lost"), JournalError::Lost { path: path.clone() });
    fs::remove_file(&path).expect("removes");
    let log = folder.path().join("journal.sqlite-wal");
    fs::write(&log, "what was not yet in the file").expect("writes");
    assert_eq!(Journal::open(folder.path()).expect_err("is lost"), JournalError::Lost { path: path.clone() });
    assert!(log.exists(), "the log is left alone");
    fs::remove_file(&log).expect("removes");
    fs::write(&path, whole).expect("restores");
    drop(open(&folder));
    fs::remove_file(&path).expect("moves away");
    drop(open(&folder));
}

#[test]
fn a_journal_comes_into_its_place_whole() {
    let folder = folder();
    fs::write(folder.path().join("journal.sqlite.new"), "left by a kill").expect("writes");
    drop(open(&folder));
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("lists")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["journal.lock", "journal.sqlite"]);
}

/// A journal on a disk with room for `pages` pages of 4 KiB.
fn tiny(folder: &TempDir, pages: u32) -> Journal {
    Journal::open_with(folder.path(), SMALL_TAIL, |connection| {
        connection.pragma_update(None, "max_page_count", pages)
    })
    .expect("opens")
}

#[tokio::test]
async fn a_full_disk_ends_the_writing_and_not_the_reading() {
    let folder = folder();
    let journal = tiny(&folder, 60);
    let writer = begin(&journal).await;
    let id = writer.run_id();
    let mut subscription = journal.subscribe(id, 0).await.expect("subscribes");
    let error = loop {
        let appended = writer.append(thought(&"x".repeat(3000))).await;
        if let Err(error) = appended.map(drop).and(writer.flush().await) {
            break error;
        }
    };
    assert!(matches!(error, JournalError::DiskFull { .. }), "{error:?}");
    assert_eq!(writer.append(end()).await, Err(error.clone()), "the failure stays");

    let stored = journal.run(id).await.expect("reads").expect("is there").standing.expect("an event").seq;
    let mut seen = Vec::new();
    while seen.last() != Some(&stored) {
        let batch = subscription.next_batch().await.expect("reads").expect("no end");
        seen.extend(batch.iter().map(|event| event.seq));
    }
    assert_eq!(seen, (1..=stored).collect::<Vec<_>>());
    assert!(futures::poll!(pin!(subscription.next_batch())).is_pending(), "what was not stored is not told");

    let refused = journal.put_setting("large", &serde_json::json!("x".repeat(100_000))).await;
    assert!(matches!(refused, Err(JournalError::DiskFull { .. })), "{refused:?}");
    assert_eq!(journal.runs(RunFilter { limit: 5, ..RunFilter::default() }).await.expect("lists").len(), 1);
}

#[tokio::test]
async fn when_there_is_room_again_the_run_goes_on_without_a_gap() {
    let folder = folder();
    let journal = tiny(&folder, 40);
    let writer = begin(&journal).await;
    let id = writer.run_id();
    while writer.append(thought(&"x".repeat(3000))).await.is_ok() && writer.flush().await.is_ok() {}
    drop((journal, writer));

    let journal = open(&folder);
    let writer = journal.writer(id).await.expect("opens");
    let last = writer.append(end()).await.expect("appends").seq;
    let mut subscription = journal.subscribe(id, 0).await.expect("subscribes");
    assert_eq!(drain(&mut subscription).await, (1..=last).collect::<Vec<_>>());
}

/// Appends until there is no room left.
async fn fill(writer: &RunWriter) -> JournalError {
    loop {
        let appended = writer.append(thought(&"x".repeat(3000))).await;
        if let Err(error) = appended.map(drop).and(writer.flush().await) {
            return error;
        }
    }
}

/// Makes room for so many pages.
async fn make_room(journal: &Journal, pages: u32) {
    let more = move |connection: &Connection| Ok(connection.pragma_update(None, "max_page_count", pages));
    journal.change(more).await.expect("a change").expect("no page is written for it");
}

#[tokio::test]
async fn an_end_is_told_on_a_full_disk_and_written_once_there_is_room() {
    let folder = folder();
    let journal = tiny(&folder, 60);
    let writer = begin(&journal).await;
    let id = writer.run_id();
    let mut follower = journal.subscribe(id, 0).await.expect("subscribes");
    fill(&writer).await;

    let again = journal.writer(id).await.expect("opens");
    let long = parts(end().kind, &"x".repeat(8000));
    let ending = again.end(vec![thought("last words"), long]).expect("is told");
    let last = ending.events()[1].seq;
    assert_eq!(drain(&mut follower).await, (1..=last).collect::<Vec<_>>());
    assert!(follower.is_done());
    let mut late = journal.subscribe(id, last - 1).await.expect("subscribes");
    assert_eq!(drain(&mut late).await, [last]);
    assert_eq!(again.append(thought("more")).await, Err(JournalError::RunEnded(id)));

    let refused = ending.write().await;
    assert!(matches!(refused, Err(JournalError::DiskFull { .. })), "{refused:?}");
    make_room(&journal, 1000).await;
    ending.write().await.expect("there is room");
    let mut stored = journal.subscribe(id, 0).await.expect("subscribes");
    assert_eq!(drain(&mut stored).await, (1..=last).collect::<Vec<_>>());
    let events = journal.events(id, last - 2, 10).await.expect("reads");
    assert_eq!(events, ending.events(), "what is stored is what was told");
    assert!(matches!(ending.write().await, Err(JournalError::Storage { .. })), "not twice");
}

#[tokio::test]
async fn trouble_is_told_until_a_write_succeeds() {
    let folder = folder();
    let journal = tiny(&folder, 60);
    let trouble = journal.ledger().trouble();
    let ledger = journal.ledger().downgrade();
    let writer = begin(&journal).await;
    assert_eq!(*trouble.borrow(), None);
    fill(&writer).await;
    assert!(matches!(*trouble.borrow(), Some(JournalError::DiskFull { .. })), "{trouble:?}");
    assert!(ledger.probe().await);
    assert_eq!(*trouble.borrow(), None, "a page that is there already can be written");
    drop((journal, writer));
    assert!(!ledger.probe().await, "nobody has it open");
}

#[tokio::test]
async fn a_panic_in_a_change_costs_its_caller_the_answer_and_nobody_else_anything() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    writer.append(thought("before")).await.expect("appends");
    let lost = journal.change::<()>(|_| panic!("a defect")).await;
    assert!(matches!(lost, Err(JournalError::Storage { .. })), "{lost:?}");
    writer.append(end()).await.expect("appends");
    writer.flush().await.expect("commits");
    assert_eq!(journal.events(writer.run_id(), 0, 10).await.expect("reads").len(), 2);
}

#[tokio::test]
async fn one_runs_failure_is_not_anothers() {
    let folder = folder();
    let journal = open(&folder);
    let [forged, honest] = [begin(&journal).await, begin(&journal).await];
    // Somebody writes past the program's back; the run's next number is taken.
    let other = Connection::open(journal.path()).expect("opens");
    other
        .execute(
            "INSERT INTO events (run, seq, terminal, json) SELECT number, 1, 0, '{}' FROM runs WHERE run_id = ?1",
            [forged.run_id().to_string()],
        )
        .expect("inserts");
    forged.append(thought("mine")).await.expect("is in line");
    honest.append(thought("mine")).await.expect("is in line");
    let error = forged.flush().await.expect_err("the number is taken");
    assert!(matches!(error, JournalError::Storage { .. }), "{error:?}");
    honest.flush().await.expect("commits");
    let again = journal.writer(forged.run_id()).await.expect("opens");
    assert_eq!(again.append(thought("after it")).await.map(|event| event.seq), Ok(2));
}
