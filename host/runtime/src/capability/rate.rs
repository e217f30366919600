//! How often a guest may do what costs others something: a bucket that fills at a steady rate.
//!
//! The bucket holds ten seconds' worth, so a guest may be lively for a moment and not for long.

use tokio::time::Instant;

/// Seconds' worth that may come at once.
const BURST: f64 = 10.0;

/// A bucket of tokens; each thing done takes one.
pub(crate) struct Rate {
    per_second: f64,
    tokens: f64,
    filled: Instant,
}

impl Rate {
    /// A full bucket that gains `per_second` tokens a second.
    pub(crate) fn new(per_second: u64, now: Instant) -> Self {
        let per_second = per_second as f64;
        Self { per_second, tokens: per_second * BURST, filled: now }
    }

    /// Takes a token, if there is one.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.per_second * BURST);
        self.filled = now;
        let has = self.tokens >= 1.0;
        if has {
            self.tokens -= 1.0;
        }
        has
    }

    /// What it gains a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_flood_gets_the_burst_and_then_the_rate() {
        let start = Instant::now();
        let mut rate = Rate::new(10, start);
        assert_eq!((0..1000).filter(|_| rate.take(start)).count(), 100);
        let later = start + Duration::from_secs(2);
        assert_eq!((0..1000).filter(|_| rate.take(later)).count(), 20);
        let much_later = later + Duration::from_secs(86_400);
        assert_eq!(
            (0..1000).filter(|_| rate.take(much_later)).count(),
            100,
            "it does not fill beyond the burst"
        );
    }
}
