use super::*;
use crate::{EVENT_MAX, JournalError};
use futures::future::join_all;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_gap_whoever_appends() {
    let folder = folder();
    let journal = open(&folder);
    let writers = join_all((0..8).map(|_| begin(&journal))).await;
    let appenders = writers.iter().flat_map(|writer| {
        (0..4).map(|_| {
            let writer = writer.clone();
            tokio::spawn(async move { append_many(&writer, 100).await })
        })
    });
    join_all(appenders.collect::<Vec<_>>()).await;
    for writer in &writers {
        writer.flush().await.expect("commits");
        let mut numbers = Vec::new();
        loop {
            let after = numbers.last().copied().unwrap_or(0);
            let page = journal.events(writer.run_id(), after, 150).await.expect("reads");
            if page.is_empty() {
                break;
            }
            assert!(page.iter().all(|event| event.run_id == writer.run_id()));
            numbers.extend(page.iter().map(|event| event.seq));
        }
        assert_eq!(numbers, (1..=400).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_event_reads_back_as_it_was_returned() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let first = writer.append(thought("one\ntwo \u{2028} \"three\"")).await.expect("appends");
    let second = writer.append(end()).await.expect("appends");
    assert!(first.time <= second.time);
    writer.flush().await.expect("commits");
    assert_eq!(journal.events(writer.run_id(), 0, 10).await, Ok(vec![first, second]));
}

#[tokio::test]
async fn nothing_follows_the_end() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    writer.append(end()).await.expect("appends");
    let id = writer.run_id();
    assert_eq!(writer.append(thought("late")).await, Err(JournalError::RunEnded(id)));
    drop(writer);
    let again = journal.writer(id).await.expect("opens");
    assert_eq!(again.append(end()).await, Err(JournalError::RunEnded(id)), "nor in another life");
}

#[tokio::test]
async fn an_event_of_any_size_is_kept_or_refused_without_a_gap() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let refused = writer.append(thought(&"x".repeat(EVENT_MAX))).await;
    assert!(
        matches!(refused, Err(JournalError::EventTooLarge { bytes }) if bytes > EVENT_MAX),
        "{refused:?}"
    );
    let large = writer.append(thought(&"x".repeat(EVENT_MAX / 2))).await.expect("appends");
    assert_eq!(large.seq, 1);
    writer.flush().await.expect("commits");
}

#[tokio::test]
async fn the_numbering_goes_on_after_a_restart() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let id = writer.run_id();
    append_many(&writer, 3).await;
    drop((journal, writer));

    let journal = open(&folder);
    let writer = journal.writer(id).await.expect("opens");
    assert_eq!(
        writer.append(end()).await.map(|event| event.seq),
        Ok(4),
        "dropping committed what was in line"
    );
    let mut subscription = journal.subscribe(id, 0).await.expect("subscribes");
    assert_eq!(drain(&mut subscription).await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_dropped_append_takes_no_number() {
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    for _ in 0..50 {
        // Either way the append is whole or did not happen.
        let _ = futures::poll!(std::pin::pin!(writer.append(thought("perhaps"))));
    }
    writer.flush().await.expect("commits");
    let numbers: Vec<_> =
        journal.events(writer.run_id(), 0, 100).await.expect("reads").iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_small_events_is_not_held_up_by_the_disk() {
    const EVENTS: u64 = 20_000;
    let folder = folder();
    let journal = open(&folder);
    let writer = begin(&journal).await;
    let start = Instant::now();
    append_many(&writer, EVENTS).await;
    writer.flush().await.expect("commits");
    let rate = EVENTS as f64 / start.elapsed().as_secs_f64();
    println!("{rate:.0} events per second");
    assert!(rate > 2_000.0, "{rate:.0} per second; a commit for each event would explain that");
}
