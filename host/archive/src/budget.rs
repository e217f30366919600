//! How much memory all that is unpacked at once may hold.
//!
//! What was unpacked stays in memory until it is written, up to the limit of one archive. Several at once would add up to
//! as much as callers like. So they draw on one account: whoever finds it empty gives up and is told to come again, and
//! one alone never does, since the account holds more than an archive may have.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// An account of bytes, shared by its clones.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Account>);

#[derive(Debug)]
struct Account {
    all: u64,
    held: AtomicU64,
}

impl Budget {
    /// An account of so many bytes. Fewer than [`crate::ArchiveLimits::total`] would refuse an archive that nothing else keeps
    /// out.
    #[must_use]
    pub fn new(all: u64) -> Self {
        Self(Arc::new(Account { all, held: AtomicU64::new(0) }))
    }

    pub(crate) fn open(&self) -> Held {
        Held { account: Arc::clone(&self.0), bytes: 0 }
    }
}

/// Bytes of a [`Budget`], given back when dropped.
#[derive(Debug)]
pub struct Held {
    account: Arc<Account>,
    bytes: u64,
}

impl Held {
    /// Takes more, if it is there.
    pub(crate) fn take(&mut self, more: u64) -> bool {
        let all = self.account.all;
        let taken = self.account.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            held.checked_add(more).filter(|held| *held <= all)
        });
        self.bytes += if taken.is_ok() { more } else { 0 };
        taken.is_ok()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.account.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_given_back_and_never_more_than_there_is() {
        let budget = Budget::new(10);
        let (mut one, mut other) = (budget.open(), budget.open());
        assert!(one.take(6) && other.take(4));
        assert!(!other.take(1) && !one.take(u64::MAX));
        drop(one);
        assert!(other.take(6) && !other.take(1));
    }
}
