//! Any order of appending, joining, reading, leaving and restarting gives every subscriber each event exactly once.

use super::*;
use crate::JournalError;
use futures::FutureExt;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Move {
    Append(u8),
    Flush,
    Join { after: u8 },
    Read { who: u8 },
    Leave { who: u8 },
    Restart,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (1..12_u8).prop_map(Move::Append),
        2 => Just(Move::Flush),
        2 => (0..30_u8).prop_map(|after| Move::Join { after }),
        6 => any::<u8>().prop_map(|who| Move::Read { who }),
        1 => any::<u8>().prop_map(|who| Move::Leave { who }),
        1 => Just(Move::Restart),
    ];
    prop::collection::vec(one, 1..40)
}

/// A subscription with where it began and what it has seen.
struct Follower {
    subscription: Subscription,
    after: u64,
    seen: Vec<u64>,
}

impl Follower {
    /// None where the run has not come to that number yet; of `appended` events not all need be committed.
    async fn join(journal: &Journal, id: RunId, after: u64, appended: u64) -> Option<Self> {
        match journal.subscribe(id, after).await {
            Ok(subscription) => {
                assert!(after <= appended, "event {after} of {appended} was taken");
                Some(Self { subscription, after, seen: Vec::new() })
            }
            Err(JournalError::UnknownEvent { run, after: named, last }) => {
                assert_eq!((run, named), (id, after));
                assert!(last < after, "event {after} was refused, though {last} is committed");
                None
            }
            Err(error) => panic!("cannot subscribe: {error}"),
        }
    }

    /// Reads a batch if one is there; a wait that is given up must lose nothing.
    async fn glance(&mut self) {
        let glance = tokio::select! {
            biased;
            batch = self.subscription.next_batch() => Some(batch.expect("reads")),
            () = tokio::task::yield_now() => None,
        };
        let events = glance.flatten().into_iter().flatten();
        self.seen.extend(events.map(|event| event.seq));
    }
}

async fn play(moves: Vec<Move>) {
    let folder = folder();
    let mut journal = open(&folder);
    let mut writer = begin(&journal).await;
    let id = writer.run_id();
    let mut followers: Vec<Follower> = Vec::new();
    let mut appended = 0;
    for step in moves {
        let pick = |who: u8| usize::from(who) % followers.len().max(1);
        match step {
            Move::Append(count) => {
                append_many(&writer, count.into()).await;
                appended += u64::from(count);
            }
            Move::Flush => writer.flush().await.expect("commits"),
            Move::Join { after } => {
                followers.extend(Follower::join(&journal, id, after.into(), appended).await);
            }
            Move::Read { who } => {
                let who = pick(who);
                if let Some(follower) = followers.get_mut(who) {
                    follower.glance().await;
                }
            }
            Move::Leave { who } if !followers.is_empty() => drop(followers.swap_remove(pick(who))),
            Move::Leave { .. } => {}
            Move::Restart => {
                let places: Vec<_> =
                    followers.drain(..).map(|follower| (follower.subscription.cursor(), follower)).collect();
                let places: Vec<_> = places
                    .into_iter()
                    .map(|(cursor, follower)| (cursor, follower.after, follower.seen))
                    .collect();
                drop((writer, journal));
                journal = open(&folder);
                writer = journal.writer(id).await.expect("opens");
                for (cursor, after, seen) in places {
                    let again = Follower::join(&journal, id, cursor, appended).await;
                    let again = again.expect("what was handed out is committed");
                    followers.push(Follower { after, seen, ..again });
                }
            }
        }
    }
    writer.append(end()).await.expect("appends");
    for mut follower in followers {
        follower.seen.extend(drain(&mut follower.subscription).await);
        let expected: Vec<_> = (follower.after + 1..=appended + 1).collect();
        assert_eq!(follower.seen, expected);
        assert!(follower.subscription.next_batch().now_or_never().is_some_and(|end| end == Ok(None)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_subscriber_gets_each_event_once(moves in moves()) {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .expect("a runtime")
            .block_on(play(moves));
    }
}
