//! Leaving a busy service alone, for all runs of one key together.
//!
//! A service that turns one request away turns the next ones away too, and counts them. So what one run learns holds
//! for the others: until the time that the service named, or that is reckoned from how often it said no, nobody asks.
//! What is reckoned has jitter and doubles; answers to requests that were already under way do not double it again.
//!
//! Nobody waits here: a run asks how long is left. The time is bounded, so that a service that says "tomorrow" to one
//! model does not close the others until the program is started again.

use orchestrator_core::{Chance, RETRY_AFTER_MAX};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The longest pause that is reckoned where a service names none.
const PAUSE_MAX: Duration = Duration::from_secs(120);

/// How long a service is to be left alone.
#[derive(Debug)]
pub(crate) struct Cooldown {
    first: Duration,
    chance: Chance,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Nobody asks before.
    until: Option<Instant>,
    /// When that was decided.
    decided: Option<Instant>,
    /// How often in a row the service said no.
    strikes: u32,
}

impl Cooldown {
    /// No pause yet; `first` is the length of the first one that is reckoned, of which half lies with `chance`.
    pub(crate) fn new(first: Duration, chance: Chance) -> Self {
        Self { first, chance, state: Mutex::default() }
    }

    /// How much longer nobody should ask; none when anybody may.
    pub(crate) fn left(&self) -> Option<Duration> {
        let left = self.with(|state| state.until)?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Notes that a request that was sent then was turned away, with or without a time to wait; gives the time after
    /// which that request can be sent again.
    pub(crate) fn turned_away(&self, sent: Instant, asked: Option<Duration>) -> Duration {
        let now = Instant::now();
        self.with(|state| {
            let known = state.decided.is_some_and(|decided| decided > sent);
            let left = state.until.map(|until| until.saturating_duration_since(now)).unwrap_or_default();
            let wait = match asked {
                Some(asked) => asked,
                None if known && !left.is_zero() => left,
                None => {
                    state.strikes = state.strikes.saturating_add(1);
                    let doubled = self.first.saturating_mul(2_u32.saturating_pow(state.strikes.min(17) - 1));
                    doubled.min(PAUSE_MAX).mul_f64(0.5 + 0.5 * self.chance.fraction())
                }
            };
            state.until = Some(now + wait.max(left).min(RETRY_AFTER_MAX));
            state.decided = Some(now);
            wait
        })
    }

    /// Notes that a request that was sent then was accepted.
    pub(crate) fn accepted(&self, sent: Instant) {
        self.with(|state| {
            if state.decided.is_none_or(|decided| decided <= sent) {
                *state = State::default();
            }
        });
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_with_jitter_up_to_a_bound_and_begin_anew_after_an_answer() {
        let cooldown = Cooldown::new(FIRST, Chance::seeded(1));
        for longest in [10, 20, 40, 80, 120, 120] {
            let wait = cooldown.turned_away(Instant::now(), None);
            assert!((seconds(longest) / 2..=seconds(longest)).contains(&wait), "{longest}: {wait:?}");
            assert_eq!(cooldown.left(), Some(wait));
            tokio::time::advance(wait).await;
            assert_eq!(cooldown.left(), None);
        }
        cooldown.accepted(Instant::now());
        assert!(cooldown.turned_away(Instant::now(), None) <= FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn ten_runs_that_are_turned_away_at_once_are_one_reason_to_wait() {
        let cooldown = Cooldown::new(FIRST, Chance::seeded(1));
        let sent = Instant::now();
        tokio::time::advance(seconds(1)).await;
        let waits: Vec<_> = (0..10).map(|_| cooldown.turned_away(sent, None)).collect();
        assert!(waits.iter().all(|wait| *wait == waits[0]), "{waits:?}");
        assert_eq!(cooldown.left(), Some(waits[0]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_named_time_counts_and_only_its_bound_is_shared() {
        let cooldown = Cooldown::new(FIRST, Chance::seeded(1));
        assert_eq!(cooldown.turned_away(Instant::now(), Some(seconds(45))), seconds(45));
        assert_eq!(cooldown.left(), Some(seconds(45)));
        assert_eq!(cooldown.turned_away(Instant::now(), Some(seconds(3600))), seconds(3600));
        assert_eq!(cooldown.left(), Some(RETRY_AFTER_MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_an_older_request_does_not_end_the_pause() {
        let cooldown = Cooldown::new(FIRST, Chance::seeded(1));
        let earlier = Instant::now();
        tokio::time::advance(seconds(1)).await;
        cooldown.turned_away(Instant::now(), None);
        cooldown.accepted(earlier);
        assert!(cooldown.left().is_some());
    }
}
