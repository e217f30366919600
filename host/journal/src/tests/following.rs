//! Following a project.

use super::*;
use crate::{JournalError, OPEN_MAX, Placed, ProjectCursor, ProjectStart, ProjectSubscription};
use futures::FutureExt;
use proptest::prelude::*;
use std::collections::BTreeMap;

async fn follow(journal: &Journal, start: ProjectStart) -> ProjectSubscription {
    journal.follow_project(clock(), start).await.expect("follows")
}

fn clock() -> ProjectId {
    ProjectId::new("clock").expect("a name")
}

fn after(text: &str) -> ProjectStart {
    ProjectStart::After(ProjectCursor::parse(text, &clock()).expect("a place"))
}

/// The place where all runs up to number `settled` are over, but for those of which so many events were read.
fn place(settled: i64, open: &[(i64, u64)]) -> ProjectCursor {
    ProjectCursor { settled, open: open.iter().copied().collect() }
}

fn placed(event: &Placed) -> ProjectCursor {
    ProjectCursor::parse(&event.cursor, &clock()).expect("a place")
}

/// What is there to be read, by run, and the place after it. Polled until nothing more is there.
async fn read(subscription: &mut ProjectSubscription, events: usize) -> Vec<Placed> {
    let mut read = Vec::new();
    while read.len() < events {
        read.extend(subscription.next_batch().await.expect("reads"));
    }
    read
}

fn by_run(placed: &[Placed]) -> Vec<Vec<u64>> {
    let mut runs: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for Placed { event, .. } in placed {
        let json: serde_json::Value = serde_json::from_str(&event.json).expect("is JSON");
        runs.entry(json["run_id"].as_str().expect("a run").to_owned()).or_default().push(event.seq);
    }
    runs.into_values().collect()
}

#[tokio::test]
async fn runs_under_way_and_those_that_come_are_one_stream() {
    let folder = folder();
    let journal = open(&folder);
    let over = begin(&journal).await;
    over.append(end()).await.expect("appends");
    over.flush().await.expect("flushes");
    let first = begin(&journal).await;
    append_many(&first, 3).await;
    first.flush().await.expect("flushes");
    let mut all = follow(&journal, ProjectStart::UnderWay).await;
    let mut new = follow(&journal, ProjectStart::Now).await;
    let second = begin(&journal).await;
    append_many(&second, 2).await;
    append_many(&first, 1).await;
    assert_eq!(by_run(&read(&mut all, 6).await), [vec![1, 2, 3, 4], vec![1, 2]]);
    assert_eq!(by_run(&read(&mut new, 3).await), [vec![4], vec![1, 2]]);
    assert!(all.next_batch().now_or_never().is_none());
}

#[tokio::test]
async fn what_is_committed_is_handed_out_without_waiting_for_more() {
    let folder = folder();
    let journal = open(&folder);
    let mut events = follow(&journal, ProjectStart::UnderWay).await;
    let mut of_runs = Vec::new();
    // More than are read at once, some of them over, and one with more than fits a batch.
    for number in 0..OPEN_MAX + 3 {
        let run = begin(&journal).await;
        append_many(&run, if number == 1 { 1_200 } else { 2 }).await;
        if number % 2 == 0 {
            run.append(end()).await.expect("appends");
        }
        run.flush().await.expect("flushes");
        of_runs.push(run);
    }
    let mut read = Vec::new();
    while let Some(batch) = events.next_committed().await.expect("reads") {
        read.extend(batch);
    }
    let counts: Vec<_> = by_run(&read).iter().map(Vec::len).collect();
    assert_eq!((counts.len(), counts[0], counts[1], counts[2]), (OPEN_MAX + 3, 3, 1_200, 3));
    append_many(&of_runs[1], 1).await;
    assert_eq!(by_run(&self::read(&mut events, 1).await), [vec![1_201]]);
    let mut one = journal.subscribe(of_runs[1].run_id(), 1_200).await.expect("subscribes");
    assert_eq!(one.next_committed().await.expect("reads").map(|batch| batch.len()), Some(1));
    assert_eq!(one.next_committed().await.expect("reads"), None);
}

#[tokio::test]
async fn a_project_without_a_run_can_be_followed_and_others_are_not_heard() {
    let folder = folder();
    let journal = open(&folder);
    let mut events = follow(&journal, ProjectStart::UnderWay).await;
    let other = record("watch", "build");
    let other_id = other.run_id;
    journal.create_run(other).await.expect("creates");
    append_many(&journal.writer(other_id).await.expect("opens"), 2).await;
    let run = begin(&journal).await;
    append_many(&run, 1).await;
    assert_eq!(by_run(&read(&mut events, 1).await), [vec![1]]);
}

#[tokio::test]
async fn a_place_names_the_runs_that_go_on_and_no_others() {
    let folder = folder();
    let journal = open(&folder);
    let mut events = follow(&journal, ProjectStart::UnderWay).await;
    for _ in 0..20 {
        let run = begin(&journal).await;
        append_many(&run, 1).await;
        run.append(end()).await.expect("appends");
    }
    assert_eq!(placed(read(&mut events, 40).await.last().expect("events")), place(20, &[]));
    let (one, two) = (begin(&journal).await, begin(&journal).await);
    append_many(&one, 2).await;
    read(&mut events, 2).await;
    append_many(&two, 1).await;
    assert_eq!(placed(&read(&mut events, 1).await[0]), place(22, &[(21, 2), (22, 1)]));
    one.append(end()).await.expect("appends");
    assert_eq!(placed(&read(&mut events, 1).await[0]), place(22, &[(22, 1)]));
}

#[tokio::test]
async fn a_place_of_another_journal_or_project_is_refused() {
    let folder = folder();
    let journal = open(&folder);
    let run = begin(&journal).await;
    append_many(&run, 2).await;
    run.flush().await.expect("flushes");
    for place in [place(2, &[]), place(1, &[(1, 3)])] {
        let start = ProjectStart::After(place);
        let error = journal.follow_project(clock(), start.clone()).await.expect_err("is refused");
        assert_eq!(error, JournalError::UnknownCursor { project: clock() }, "{start:?}");
    }
}

#[tokio::test]
async fn a_place_in_a_run_that_was_deleted_goes_on_behind_it() {
    let folder = folder();
    let journal = open(&folder);
    let mut events = follow(&journal, ProjectStart::UnderWay).await;
    let first = begin(&journal).await;
    append_many(&first, 2).await;
    let place = read(&mut events, 2).await[1].cursor.clone();
    first.append(end()).await.expect("appends");
    first.flush().await.expect("flushes");
    journal.remove_run(first.run_id(), crate::Removable::Any, None).await.expect("removes");
    // Also while no run is left.
    let mut again = follow(&journal, after(&place)).await;
    let second = begin(&journal).await;
    append_many(&second, 3).await;
    assert_eq!(by_run(&read(&mut again, 3).await), [vec![1, 2, 3]]);
    assert_eq!(by_run(&read(&mut follow(&journal, after(&place)).await, 3).await), [vec![1, 2, 3]]);
}

#[tokio::test]
async fn a_run_that_is_taken_back_leaves_no_gap() {
    let folder = folder();
    let journal = open(&folder);
    let mut events = follow(&journal, ProjectStart::UnderWay).await;
    let gone = begin(&journal).await.run_id();
    assert!(events.next_batch().now_or_never().is_none());
    let _ = tokio::time::timeout(std::time::Duration::from_millis(1), events.next_batch()).await;
    assert!(journal.withdraw(gone).await.expect("takes back"));
    // It has the other's number.
    let run = begin(&journal).await;
    append_many(&run, 2).await;
    assert_eq!(by_run(&read(&mut events, 2).await), [vec![1, 2]]);
}

#[tokio::test]
async fn who_comes_back_after_many_runs_reads_them_all_with_few_at_a_time() {
    let folder = folder();
    let journal = open(&folder);
    let runs = 2 * OPEN_MAX + 7;
    let first = begin(&journal).await;
    append_many(&first, 1).await;
    first.flush().await.expect("flushes");
    for _ in 1..runs {
        let run = begin(&journal).await;
        run.append(end()).await.expect("appends");
    }
    first.append(end()).await.expect("appends");
    first.flush().await.expect("flushes");
    let mut events = follow(&journal, ProjectStart::After(place(1, &[(1, 1)]))).await;
    let read = read(&mut events, runs).await;
    assert_eq!(by_run(&read).concat().len(), runs);
    assert!(read.iter().all(|placed| placed.cursor.len() < 24 * OPEN_MAX));
    let all = i64::try_from(runs).expect("a number");
    assert_eq!(placed(read.last().expect("events")), place(all, &[]));
}

#[derive(Debug, Clone)]
enum Act {
    Begin,
    Append(usize, u64),
    End(usize),
    /// Reads batches, leaves in the middle of the last one, and comes back where it was.
    Read(usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Begin),
        4 => (any::<usize>(), 1..6_u64).prop_map(|(run, count)| Act::Append(run, count)),
        2 => any::<usize>().prop_map(Act::End),
        3 => (1..3_usize, any::<usize>()).prop_map(|(batches, cut)| Act::Read(batches, cut)),
    ]
}

/// Who reads, and comes back again and again, has each event of each run once and in order.
async fn each_event_once(acts: Vec<Act>) {
    let folder = folder();
    let journal = open(&folder);
    let mut events = follow(&journal, ProjectStart::UnderWay).await;
    let (mut place, mut had) = (ProjectCursor::default().text(&clock()), BTreeMap::<RunId, u64>::new());
    let mut runs: Vec<(RunWriter, u64, bool)> = Vec::new();
    let note = |placed: &Placed, had: &mut BTreeMap<RunId, u64>| {
        let event: orchestrator_core::Event = serde_json::from_str(&placed.event.json).expect("parses");
        let last = had.entry(event.run_id).or_default();
        assert_eq!(event.seq, *last + 1, "of run {}", event.run_id);
        *last = event.seq;
    };
    for act in acts {
        match act {
            Act::Begin => runs.push((begin(&journal).await, 0, false)),
            Act::Append(run, count) => {
                let at = run % runs.len().max(1);
                if let Some((writer, given, false)) = runs.get_mut(at) {
                    append_many(writer, count).await;
                    *given += count;
                }
            }
            Act::End(run) => {
                let at = run % runs.len().max(1);
                if let Some((writer, given, over @ false)) = runs.get_mut(at) {
                    writer.append(end()).await.expect("appends");
                    (*given, *over) = (*given + 1, true);
                }
            }
            Act::Read(batches, cut) => {
                for (writer, ..) in &runs {
                    writer.flush().await.expect("flushes");
                }
                let given: u64 = runs.iter().map(|(_, given, _)| given).sum();
                for _ in 0..batches {
                    if had.values().sum::<u64>() == given {
                        break;
                    }
                    let batch = events.next_batch().await.expect("reads");
                    let kept = 1 + cut % batch.len();
                    for placed in &batch[..kept] {
                        note(placed, &mut had);
                        place.clone_from(&placed.cursor);
                    }
                    if kept < batch.len() {
                        events = follow(&journal, after(&place)).await;
                    }
                }
                let start = ProjectCursor::parse(&place, &clock()).expect("a place");
                assert_eq!(start.text(&clock()), place);
            }
        }
    }
    let given: u64 = runs.iter().map(|(_, given, _)| given).sum();
    events = follow(&journal, after(&place)).await;
    while had.values().sum::<u64>() < given {
        for placed in events.next_batch().await.expect("reads") {
            note(&placed, &mut had);
        }
    }
    assert!(events.next_batch().now_or_never().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn coming_back_again_and_again_misses_nothing(acts in prop::collection::vec(act(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(each_event_once(acts));
    }
}
