//! Each caller's share: how many requests in a second, how many at once, and how many streams.
//!
//! A share belongs to a token or, where there is none, to the machine that a request comes from, so one caller that runs
//! wild costs the others nothing. Streams last for hours and cost little; they are counted apart, or a few of them would
//! leave no room for requests. What is refused is refused with a time to wait and before anything is done.

use super::rate::Rate;
use crate::{
    config::ServerConfig,
    problem::{Kind, Problem},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// How long to wait for one of one's own requests or streams to end, in seconds. Nobody knows; this is not rude.
const WAIT: u64 = 1;

/// What each caller has used of their share.
pub(crate) struct Shares {
    rate: Option<Mutex<Rate>>,
    since: Instant,
    requests: usize,
    streams: usize,
    held: Arc<Mutex<HashMap<String, Held>>>,
}

#[derive(Debug, Default)]
struct Held {
    requests: usize,
    streams: usize,
}

impl Held {
    fn counter(&mut self, streams: bool) -> &mut usize {
        if streams { &mut self.streams } else { &mut self.requests }
    }
}

/// A part of a caller's share, given back when dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    whose: String,
    streams: bool,
    held: Arc<Mutex<HashMap<String, Held>>>,
}

impl Shares {
    pub(crate) fn new(config: &ServerConfig) -> Self {
        Self {
            rate: config.requests_per_second.map(|rate| Mutex::new(Rate::per_second(rate))),
            since: Instant::now(),
            requests: config.requests_at_once,
            streams: config.streams_at_once,
            held: Arc::default(),
        }
    }

    /// Counts a request of a caller.
    ///
    /// # Errors
    /// When it is too early for another one.
    pub(crate) fn take_turn(&self, whose: &str) -> Result<(), Problem> {
        let Some(rate) = &self.rate else { return Ok(()) };
        let now = self.since.elapsed();
        let turn = rate.lock().unwrap_or_else(PoisonError::into_inner).take_turn(whose, now);
        turn.map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let detail = format!("That is more than this server takes of one caller; wait {seconds} s.");
            Problem { retry_after: Some(seconds.max(1)), ..Problem::new(Kind::TooManyRequests, detail) }
        })
    }

    /// Takes a part of a caller's share, for as long as the returned value lives.
    ///
    /// # Errors
    /// When the caller has all of it.
    pub(crate) fn hold(&self, whose: String, streams: bool) -> Result<Hold, Problem> {
        let most = if streams { self.streams } else { self.requests };
        let mut held = lock(&self.held);
        let counter = held.entry(whose.clone()).or_default().counter(streams);
        if *counter >= most {
            let what = if streams { "streams" } else { "requests" };
            let detail = format!(
                "{most} {what} of yours are open, which is the limit; end one, or wait for one to end."
            );
            return Err(Problem { retry_after: Some(WAIT), ..Problem::new(Kind::TooManyAtOnce, detail) });
        }
        *counter += 1;
        drop(held);
        Ok(Hold { whose, streams, held: Arc::clone(&self.held) })
    }
}

impl Hold {
    /// Called where a value has to be there for its `Drop` alone.
    pub(crate) fn is_held(&self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut all = lock(&self.held);
        let Some(held) = all.get_mut(&self.whose) else { return };
        let counter = held.counter(self.streams);
        *counter = counter.saturating_sub(1);
        if held.requests == 0 && held.streams == 0 {
            all.remove(&self.whose);
        }
    }
}

fn lock(held: &Mutex<HashMap<String, Held>>) -> MutexGuard<'_, HashMap<String, Held>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn shares(change: impl FnOnce(&mut ServerConfig)) -> Shares {
        let mut config = ServerConfig::default();
        change(&mut config);
        Shares::new(&config)
    }

    #[test]
    fn one_caller_s_requests_are_bounded_and_another_s_are_not_touched() {
        let shares = shares(|config| config.requests_at_once = 2);
        let ada: Vec<_> = (0..2).map(|_| shares.hold("ada".into(), false).unwrap()).collect();
        let refused = shares.hold("ada".into(), false).unwrap_err();
        assert_eq!((refused.status, refused.retry_after), (429, Some(1)));
        let bob = shares.hold("bob".into(), false).unwrap();
        drop(ada);
        assert!(shares.hold("ada".into(), false).is_ok());
        drop(bob);
        assert!(lock(&shares.held).is_empty(), "who holds nothing is forgotten");
    }

    #[test]
    fn streams_leave_room_for_requests() {
        let shares = shares(|config| (config.streams_at_once, config.requests_at_once) = (1, 1));
        let _stream = shares.hold("ada".into(), true).unwrap();
        assert!(shares.hold("ada".into(), true).is_err());
        assert!(shares.hold("ada".into(), false).is_ok());
    }

    #[test]
    fn who_asks_too_often_is_told_how_long_to_wait() {
        let shares = shares(|config| config.requests_per_second = NonZeroU32::new(1));
        let refused = (0..100).find_map(|_| shares.take_turn("ada").err()).expect("a hundred are too many");
        assert!(refused.retry_after.is_some_and(|seconds| (1..=3).contains(&seconds)), "{refused:?}");
        assert!(shares.take_turn("bob").is_ok());
    }

    #[test]
    fn without_a_rate_nobody_waits() {
        let shares = shares(|config| config.requests_per_second = None);
        assert!((0..10_000).all(|_| shares.take_turn("ada").is_ok()));
    }
}
