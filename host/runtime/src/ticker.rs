//! The clock that interrupts guests: it advances the engine's epoch while a guest computes, and sleeps otherwise.
//!
//! A guest computes only while the future of its call is being polled; when it waits in a host function, the poll has
//! returned. So [`Ticker::during`] counts the polls that are under way, and a thread ticks as long as there are any. It
//! goes on for a moment after the last one, since calls are polled in bursts and waking a thread costs more than a
//! few ticks; then it sleeps until the next. Deadlines are relative to the epoch at the time they are set, and every
//! guest sets its next one while it computes, so an epoch that stood still in between makes no difference to it.
//!
//! The count and whether the thread sleeps are one atomic word. The thread can fall asleep only by changing that word
//! from "nobody computes", so whoever begins to compute either kept it awake or sees that it sleeps and wakes it: there
//! is no moment in between for a wake-up to get lost in.

use std::{
    future::poll_fn,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, Thread},
    time::Duration,
};

/// Ticks without a guest that computes, after which the clock sleeps.
const LINGER: u32 = 8;

/// In the word: the thread sleeps.
const ASLEEP: usize = 1;
/// In the word: the thread is to end.
const OVER: usize = 2;
/// In the word: a poll under way. They are counted above the two flags.
const POLL: usize = 4;

/// The clock; it ends when this is dropped.
pub(crate) struct Ticker {
    word: Arc<AtomicUsize>,
    thread: Thread,
}

impl Ticker {
    /// Starts the thread, which calls `tick` once in every `period` in which a guest computes.
    pub(crate) fn start(period: Duration, tick: impl FnMut() + Send + 'static) -> io::Result<Self> {
        let word = Arc::new(AtomicUsize::new(0));
        let shared = Arc::clone(&word);
        let thread = thread::Builder::new()
            .name("epoch-ticker".into())
            .spawn(move || run(&shared, period, tick))?
            .thread()
            .clone();
        Ok(Self { word, thread })
    }

    /// What `future` comes to, with the clock ticking whenever it is polled. Everything in which a guest may compute
    /// goes through here.
    pub(crate) async fn during<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            let _computing = self.computing();
            future.as_mut().poll(context)
        })
        .await
    }

    fn computing(&self) -> Computing<'_> {
        let before = self.word.fetch_add(POLL, SeqCst);
        if before & ASLEEP != 0 {
            self.word.fetch_and(!ASLEEP, SeqCst);
            self.thread.unpark();
        }
        Computing(&self.word)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.word.fetch_or(OVER, SeqCst);
        self.thread.unpark();
    }
}

/// A poll under way, until it is dropped.
struct Computing<'a>(&'a AtomicUsize);

impl Drop for Computing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(POLL, SeqCst);
    }
}

fn run(word: &AtomicUsize, period: Duration, mut tick: impl FnMut()) {
    let mut quiet = 0;
    loop {
        if quiet >= LINGER && word.compare_exchange(0, ASLEEP, SeqCst, SeqCst).is_ok() {
            // Parking may end without a cause.
            while word.load(SeqCst) & (ASLEEP | OVER) == ASLEEP {
                thread::park();
            }
            quiet = 0;
        }
        thread::sleep(period);
        let now = word.load(SeqCst);
        if now & OVER != 0 {
            return;
        }
        tick();
        quiet = if now < POLL { quiet + 1 } else { 0 };
    }
}

#[cfg(test)]
mod tests;
