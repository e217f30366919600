//! How long the writer waits for more before it commits.
//!
//! A commit costs as much for one event as for fifty: locks, a page of the log for each run, the log's index. So events
//! that nobody waits for gather for [`GATHER`], which no reader of a stream notices. Whoever does wait (for the run to be
//! stored, for its end, for room in the line) says so, and the writer goes on at once.

use crate::lock;
use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

/// How long events wait for more.
const GATHER: Duration = Duration::from_millis(5);

/// Keeps the writer waiting until its time is over or somebody is in a hurry.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    hurry: Mutex<bool>,
    told: Condvar,
}

impl Pace {
    /// Ends the wait. Called after the command that cannot wait was sent.
    pub(crate) fn hurry(&self) {
        *lock(&self.hurry) = true;
        self.told.notify_one();
    }

    /// Waits for more. A hurry from before that is over costs one commit that could have waited.
    pub(crate) fn gather(&self) {
        let waited = self.told.wait_timeout_while(lock(&self.hurry), GATHER, |hurry| !*hurry);
        let (mut hurry, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *hurry = false;
    }

    /// Forgets a hurry that was met. Another one's command is in line by then and ends no wait too late.
    pub(crate) fn met(&self) {
        *lock(&self.hurry) = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_hurry_ends_the_wait_and_one_that_was_met_does_not() {
        let pace = Pace::default();
        pace.hurry();
        let begin = Instant::now();
        pace.gather();
        assert!(begin.elapsed() < GATHER);
        pace.hurry();
        pace.met();
        let begin = Instant::now();
        pace.gather();
        assert!(begin.elapsed() >= GATHER);
    }
}
