//! How often a caller may ask.
//!
//! The generic cell rate algorithm: for each caller one number is kept, the time at which they would be back at nothing
//! used. Each request moves it on by the time that one request is worth, and may be sent as long as it is not too far
//! ahead of the clock. That is one subtraction and no timer; the libraries that do it bring a dozen crates along.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

/// From how many callers on those who are back at nothing used are forgotten.
const CALLERS: usize = 4096;
/// How many seconds' worth of requests may come at once: a page that opens asks for many things, and then for few.
const BURST: u32 = 2;

/// A rate, and how far each caller has used it up. Times are counted from any one beginning.
#[derive(Debug)]
pub(crate) struct Rate {
    /// What one request is worth.
    each: Duration,
    /// How far ahead a caller may be.
    ahead: Duration,
    used_until: HashMap<String, Duration>,
    /// How large the map may grow before it is swept.
    sweep_at: usize,
}

impl Rate {
    pub(crate) fn per_second(requests: NonZeroU32) -> Self {
        Self::new(Duration::from_secs(1) / requests.get(), requests.get().saturating_mul(BURST))
    }

    /// One request in each `each`, and `burst` at once.
    pub(crate) fn new(each: Duration, burst: u32) -> Self {
        Self {
            each,
            ahead: each.saturating_mul(burst.saturating_sub(1)),
            used_until: HashMap::new(),
            sweep_at: CALLERS,
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long to wait, when it is too early for another one. It is not counted then.
    pub(crate) fn take_turn(&mut self, whose: &str, now: Duration) -> Result<(), Duration> {
        if self.used_until.len() >= self.sweep_at {
            self.used_until.retain(|_, until| *until > now);
            self.sweep_at = (self.used_until.len() * 2).max(CALLERS);
        }
        let until = self.used_until.get(whose).copied().unwrap_or_default().max(now);
        match (until - now).checked_sub(self.ahead) {
            Some(wait) if !wait.is_zero() => return Err(wait),
            _ => {}
        }
        self.used_until.insert(whose.to_owned(), until + self.each);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(per_second: u32) -> Rate {
        Rate::per_second(NonZeroU32::new(per_second).unwrap())
    }

    #[test]
    fn a_burst_is_let_through_and_then_the_rate() {
        let mut rate = rate(10);
        let burst = (0..100).take_while(|_| rate.take_turn("ada", Duration::ZERO).is_ok()).count();
        assert_eq!(burst, 20);
        assert_eq!(rate.take_turn("ada", Duration::ZERO), Err(Duration::from_millis(100)));
        assert_eq!(rate.take_turn("ada", Duration::from_millis(100)), Ok(()));
        assert!(rate.take_turn("ada", Duration::from_millis(100)).is_err());
        assert_eq!(rate.take_turn("bob", Duration::ZERO), Ok(()));
    }

    #[test]
    fn callers_who_are_back_at_nothing_are_forgotten() {
        let mut rate = rate(10);
        for caller in 0..CALLERS {
            rate.take_turn(&caller.to_string(), Duration::ZERO).unwrap();
        }
        rate.take_turn("late", Duration::from_secs(60)).unwrap();
        assert_eq!(rate.used_until.len(), 1);
    }

    proptest! {
        #[test]
        fn who_waits_as_told_is_let_through(per_second in 1_u32..1_000_000, at in prop::collection::vec(0_u64..2000, 1..200)) {
            let (mut rate, mut now) = (rate(per_second), Duration::ZERO);
            for step in at {
                now += Duration::from_micros(step);
                if let Err(wait) = rate.take_turn("ada", now) {
                    now += wait;
                    prop_assert_eq!(rate.take_turn("ada", now), Ok(()));
                }
            }
        }

        #[test]
        fn no_second_lets_more_through_than_its_rate_and_a_burst(per_second in 1_u32..50, steps in prop::collection::vec(0_u64..50, 1..400)) {
            let (mut rate, mut now, mut passed) = (rate(per_second), Duration::ZERO, 0_u64);
            for step in steps {
                now += Duration::from_millis(step);
                passed += u64::from(rate.take_turn("ada", now).is_ok());
            }
            let most = (now.as_secs_f64() * f64::from(per_second)).floor() as u64 + u64::from(per_second * BURST);
            prop_assert!(passed <= most, "{} of {}", passed, most);
        }
    }
}
