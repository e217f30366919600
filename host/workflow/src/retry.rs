//! How long to wait before the next attempt.
//!
//! One second, doubling to thirty, with jitter: of many runs that a provider turned away at once, each comes back at
//! another moment. Half of the delay is fixed, so that no retry is immediate. A provider's own `retry-after` is a
//! promise about when it will answer, so it is a floor for the delay and may exceed the thirty seconds. Where it is
//! longer than a run waits, there is no next attempt: coming back too early would be turned away again.

use std::time::Duration;

/// The first delay.
pub const FIRST: Duration = Duration::from_secs(1);
/// The longest delay, unless a provider asks for more.
pub const LONGEST: Duration = Duration::from_secs(30);

pub use orchestrator_core::RETRY_AFTER_MAX;

/// The delay after `attempt` (from 1) failed. `jitter` is 0 to 1.
#[must_use]
pub fn delay(attempt: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1).min(16)));
    let longest = doubled.min(LONGEST);
    let jittered = longest.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    jittered.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_to_thirty_seconds() {
        let seconds: Vec<_> = (1..=8).map(|attempt| delay(attempt, None, 1.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(delay(u32::MAX, None, 1.0), LONGEST);
    }

    #[test]
    fn jitter_spreads_over_the_upper_half() {
        assert_eq!(delay(3, None, 0.0), Duration::from_secs(2));
        assert_eq!(delay(3, None, 0.5), Duration::from_secs(3));
    }

    #[test]
    fn a_providers_retry_after_is_a_floor_with_a_bound() {
        assert_eq!(delay(1, Some(Duration::from_secs(47)), 1.0), Duration::from_secs(47));
        assert_eq!(delay(6, Some(Duration::from_millis(10)), 1.0), LONGEST);
        assert_eq!(delay(1, Some(Duration::from_secs(86_400)), 1.0), RETRY_AFTER_MAX);
    }
}
