//! The newest events of one run, for those who follow it live.
//!
//! A subscriber who keeps up should not read from the database what was in memory a moment ago, and one who does not
//! keep up must not cost memory. So the tail holds exactly what some subscriber has yet to read, and at most
//! [`TailLimits`] of it; who falls further behind reads the gap from the database. Without subscribers it holds
//! nothing, so a run that nobody watches costs a few hundred bytes.

use crate::StoredEvent;
use std::collections::VecDeque;

/// What a tail may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TailLimits {
    /// Most events.
    pub(crate) events: usize,
    /// Most bytes of JSON.
    pub(crate) bytes: usize,
}

impl TailLimits {
    /// Enough for the bursts of a model or a command; a batch of the writer never overflows it alone.
    pub(crate) const STANDARD: Self = Self { events: 1024, bytes: 1024 * 1024 };
}

/// Room that an empty tail keeps, so that a quiet run does not allocate for each event: 2 KiB.
const IDLE_CAPACITY: usize = 64;

/// Names one subscriber of a tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FollowerId(u64);

/// The newest events of one run, numbered without a gap.
#[derive(Debug)]
pub(crate) struct Tail {
    events: VecDeque<StoredEvent>,
    bytes: usize,
    limits: TailLimits,
    /// Each subscriber with the number of the last event it has read.
    followers: Vec<(FollowerId, u64)>,
    next_follower: u64,
}

impl Tail {
    pub(crate) fn new(limits: TailLimits) -> Self {
        Self { events: VecDeque::new(), bytes: 0, limits, followers: Vec::new(), next_follower: 0 }
    }

    /// Adds a subscriber who has read everything up to `cursor`.
    pub(crate) fn join(&mut self, cursor: u64) -> FollowerId {
        let id = FollowerId(self.next_follower);
        self.next_follower += 1;
        self.followers.push((id, cursor));
        id
    }

    /// Notes what a subscriber has read, and forgets what all have read.
    pub(crate) fn advance(&mut self, id: FollowerId, cursor: u64) {
        if let Some((_, at)) = self.followers.iter_mut().find(|(follower, _)| *follower == id) {
            *at = cursor;
        }
        self.forget_read();
    }

    /// Removes a subscriber.
    pub(crate) fn leave(&mut self, id: FollowerId) {
        self.followers.retain(|(follower, _)| *follower != id);
        self.forget_read();
    }

    /// Takes a committed event, if anybody is there to read it.
    pub(crate) fn push(&mut self, event: StoredEvent) {
        if self.followers.is_empty() {
            return;
        }
        self.bytes += event.json.len();
        self.events.push_back(event);
        while self.events.len() > self.limits.events || self.bytes > self.limits.bytes {
            self.pop();
        }
    }

    /// The events after `cursor`, at most `events` of them and, after the first, `bytes` of JSON. None when the tail
    /// does not reach back that far.
    pub(crate) fn after(&self, cursor: u64, events: usize, bytes: usize) -> Option<Vec<StoredEvent>> {
        let first = self.events.front()?.seq;
        let skip = usize::try_from((cursor + 1).checked_sub(first)?).ok()?;
        let mut sum = 0;
        let batch: Vec<_> = self
            .events
            .iter()
            .skip(skip)
            .take(events)
            .take_while(|event| {
                let fits = sum == 0 || sum + event.json.len() <= bytes;
                sum += event.json.len();
                fits
            })
            .cloned()
            .collect();
        (!batch.is_empty()).then_some(batch)
    }

    fn forget_read(&mut self) {
        let read_by_all = self.followers.iter().map(|(_, cursor)| *cursor).min().unwrap_or(u64::MAX);
        while self.events.front().is_some_and(|event| event.seq <= read_by_all) {
            self.pop();
        }
        if self.events.is_empty() {
            let keep = if self.followers.is_empty() { 0 } else { IDLE_CAPACITY };
            self.events.shrink_to(keep);
        }
    }

    fn pop(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.bytes -= event.json.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64) -> StoredEvent {
        StoredEvent { seq, json: "x".repeat(10).into(), terminal: false }
    }

    fn numbers(tail: &Tail, cursor: u64) -> Option<Vec<u64>> {
        Some(tail.after(cursor, 100, 1000)?.iter().map(|event| event.seq).collect())
    }

    fn filled(limits: TailLimits) -> (Tail, FollowerId) {
        let mut tail = Tail::new(limits);
        let follower = tail.join(0);
        (1..=5).for_each(|seq| tail.push(event(seq)));
        (tail, follower)
    }

    #[test]
    fn nobody_there_nothing_kept() {
        let mut tail = Tail::new(TailLimits::STANDARD);
        tail.push(event(1));
        assert_eq!((tail.events.capacity(), tail.bytes), (0, 0));
    }

    #[test]
    fn what_all_have_read_is_forgotten() {
        let (mut tail, fast) = filled(TailLimits::STANDARD);
        let slow = tail.join(2);
        tail.advance(fast, 5);
        assert_eq!(numbers(&tail, 2), Some(vec![3, 4, 5]));
        tail.leave(slow);
        assert_eq!((numbers(&tail, 5), tail.bytes), (None, 0));
    }

    #[test]
    fn a_laggard_finds_the_tail_out_of_reach() {
        let (tail, _) = filled(TailLimits { events: 3, bytes: 1000 });
        assert_eq!(numbers(&tail, 1), None, "event 2 is gone");
        assert_eq!(numbers(&tail, 2), Some(vec![3, 4, 5]));
        let (tail, _) = filled(TailLimits { events: 100, bytes: 25 });
        assert_eq!(numbers(&tail, 3), Some(vec![4, 5]));
    }

    #[test]
    fn a_batch_is_bounded_but_never_empty() {
        let (tail, _) = filled(TailLimits::STANDARD);
        assert_eq!(tail.after(0, 2, 1000).map(|batch| batch.len()), Some(2));
        assert_eq!(tail.after(0, 100, 25).map(|batch| batch.len()), Some(2));
        assert_eq!(tail.after(0, 100, 1).map(|batch| batch.len()), Some(1));
    }
}
