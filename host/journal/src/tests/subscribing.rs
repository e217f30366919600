use super::*;
use crate::{JournalError, schema};
use futures::FutureExt;
use orchestrator_core::Event;

#[tokio::test]
async fn early_late_and_after_the_end_each_event_comes_once() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let id = writer.run_id();
    let mut early = journal.subscribe(id, 0).await.expect("subscribes");
    append_many(&writer, 20).await;
    let mut late = journal.subscribe(id, 0).await.expect("subscribes");
    let mut middle = journal.subscribe(id, 7).await.expect("subscribes");
    append_many(&writer, 20).await;
    writer.append(end()).await.expect("appends");
    let mut after = journal.subscribe(id, 40).await.expect("subscribes");
    assert_eq!(drain(&mut early).await, (1..=41).collect::<Vec<_>>());
    assert_eq!(drain(&mut late).await, (1..=41).collect::<Vec<_>>());
    assert_eq!(drain(&mut middle).await, (8..=41).collect::<Vec<_>>());
    assert_eq!(drain(&mut after).await, [41]);
    let mut all = journal.subscribe(id, 41).await.expect("subscribes");
    assert_eq!(drain(&mut all).await, [0; 0]);
    assert!(all.is_done());
}

#[tokio::test]
async fn an_event_that_the_run_never_gave_is_named_with_the_last_one() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let run = writer.run_id();
    let refused = async |after| journal.subscribe(run, after).await.map(|_| ()).expect_err("is refused");
    append_many(&writer, 3).await;
    let last = 3;
    assert!(journal.subscribe(run, last).await.is_ok(), "the last one may be followed");
    assert_eq!(refused(last + 1).await, JournalError::UnknownEvent { run, after: last + 1, last });
    writer.append(end()).await.expect("appends");
    assert_eq!(refused(u64::MAX).await, JournalError::UnknownEvent { run, after: u64::MAX, last: last + 1 });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delivered_is_already_on_disk() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let mut subscription = journal.subscribe(writer.run_id(), 0).await.expect("subscribes");
    let appending = tokio::spawn(async move {
        append_many(&writer, 300).await;
        writer.append(end()).await.expect("appends");
    });
    let other = schema::open_reader(journal.path()).expect("opens");
    let mut stored = other.prepare("SELECT json FROM events WHERE seq = ?1").expect("prepares");
    while let Some(batch) = subscription.next_batch().await.expect("reads") {
        for event in batch {
            let json: String =
                stored.query_row([event.seq.cast_signed()], |row| row.get(0)).expect("is there");
            assert_eq!(json, *event.json);
            let typed: Event = serde_json::from_str(&json).expect("parses");
            assert_eq!((typed.seq, typed.is_terminal()), (event.seq, event.terminal));
        }
    }
    appending.await.expect("no panic");
}

#[tokio::test]
async fn a_reader_that_sleeps_slows_nobody_and_misses_nothing() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let mut sleeper = journal.subscribe(writer.run_id(), 0).await.expect("subscribes");
    // Far more than the tail and the writer's line hold together.
    append_many(&writer, 3000).await;
    writer.append(end()).await.expect("appends");
    assert_eq!(drain(&mut sleeper).await, (1..=3001).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_subscription_waits_and_can_be_left_waiting() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let mut subscription = journal.subscribe(writer.run_id(), 0).await.expect("subscribes");
    assert!(subscription.next_batch().now_or_never().is_none(), "nothing there, and the wait is dropped");
    append_many(&writer, 1).await;
    let batch = subscription.next_batch().await.expect("reads").expect("an event");
    assert_eq!(batch.iter().map(|event| event.seq).collect::<Vec<_>>(), [1]);
    assert!(!subscription.is_done());
}

#[tokio::test]
async fn one_who_follows_a_finished_run_ends() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let id = writer.run_id();
    append_many(&writer, 2).await;
    writer.append(end()).await.expect("appends");
    drop((writer, journal));
    let mut subscription = open(&folder).subscribe(id, 1).await.expect("subscribes");
    assert_eq!(drain(&mut subscription).await, [2, 3]);
}

#[tokio::test]
async fn a_run_that_does_not_exist_cannot_be_followed() {
    let folder = folder();
    let id = RunId::generate();
    let error = open(&folder).subscribe(id, 0).await.expect_err("no such run");
    assert_eq!(error, JournalError::UnknownRun(id));
}
