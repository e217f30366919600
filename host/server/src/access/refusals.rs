//! How much is put into the audit of those who are refused, so that they cannot fill the disk with it.
//!
//! Whoever guesses at tokens should be seen, and each guess costs them nothing. So each caller gets a few entries and
//! then one a minute, all callers together some dozens and then one every ten seconds, and an entry tells how many
//! refusals were passed over before it. The journal forgets entries about refusals after a month, which bounds them to
//! some tens of megabytes however long somebody tries.

use super::rate::Rate;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Entries that one caller gets at once, and how often they get one after that.
const EACH: (u32, Duration) = (5, Duration::from_secs(60));
/// The same of all callers together.
const ALL: (u32, Duration) = (50, Duration::from_secs(10));

/// How many more refusals may be put down.
#[derive(Debug)]
pub(crate) struct Refusals {
    since: Instant,
    state: Mutex<Budget>,
}

#[derive(Debug)]
struct Budget {
    each: Rate,
    all: Rate,
    passed_over: u64,
}

impl Default for Refusals {
    fn default() -> Self {
        let state = Budget { each: Rate::new(EACH.1, EACH.0), all: Rate::new(ALL.1, ALL.0), passed_over: 0 };
        Self { since: Instant::now(), state: Mutex::new(state) }
    }
}

impl Refusals {
    /// Counts a refusal. Returns how many were passed over before this one if it is to be put down.
    pub(super) fn count(&self, whose: &str) -> Option<u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).count(whose, self.since.elapsed())
    }
}

impl Budget {
    fn count(&mut self, whose: &str, now: Duration) -> Option<u64> {
        // The caller's own budget first: one that has used theirs up takes nothing from the others.
        if self.each.take_turn(whose, now).is_err() || self.all.take_turn("", now).is_err() {
            self.passed_over += 1;
            return None;
        }
        Some(std::mem::take(&mut self.passed_over))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_guesses_from_everywhere_leave_a_few_entries_a_day() {
        let mut budget = Refusals::default().state.into_inner().unwrap();
        let day = 24 * 60 * 60_u64;
        let written = (0..1_000_000_u64)
            .filter(|n| {
                let now = Duration::from_micros(n * day);
                budget.count(&format!("{}", n % 50_000), now).is_some()
            })
            .count() as u64;
        assert!(written <= u64::from(ALL.0) + day / ALL.1.as_secs(), "{written}");
    }

    #[test]
    fn who_guesses_without_end_does_not_hide_the_others() {
        let mut budget = Refusals::default().state.into_inner().unwrap();
        let noisy = (0..10_000).filter(|_| budget.count("192.0.2.1", Duration::ZERO).is_some()).count();
        assert_eq!(noisy, EACH.0 as usize);
        assert_eq!(budget.count("192.0.2.2", Duration::ZERO), Some(10_000 - u64::from(EACH.0)));
        assert_eq!(budget.count("192.0.2.2", Duration::ZERO), Some(0));
    }
}
