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

/// Who computes, and whether the thread sleeps. Each method is one step that nothing can come in between of.
#[derive(Default)]
struct Word(AtomicUsize);

impl Word {
    /// A poll begins; says whether the thread has to be woken.
    fn begin(&self) -> bool {
        self.0.fetch_add(POLL, SeqCst) & ASLEEP != 0
    }

    /// A poll ends.
    fn end(&self) {
        self.0.fetch_sub(POLL, SeqCst);
    }

    /// The thread is not to sleep any longer.
    fn rouse(&self) {
        self.0.fetch_and(!ASLEEP, SeqCst);
    }

    /// Nothing is to tick for any more.
    fn finish(&self) {
        self.0.fetch_or(OVER, SeqCst);
    }

    /// The thread falls asleep, if nobody computes.
    fn fall_asleep(&self) -> bool {
        self.0.compare_exchange(0, ASLEEP, SeqCst, SeqCst).is_ok()
    }

    /// Whether the thread is to sleep on.
    fn sleeps(&self) -> bool {
        self.0.load(SeqCst) & (ASLEEP | OVER) == ASLEEP
    }

    /// Whether anybody computes; none when it is over.
    fn is_busy(&self) -> Option<bool> {
        let word = self.0.load(SeqCst);
        (word & OVER == 0).then_some(word >= POLL)
    }
}

/// The clock; it ends when this is dropped.
pub(crate) struct Ticker {
    word: Arc<Word>,
    thread: Thread,
}

impl Ticker {
    /// Starts the thread, which calls `tick` once in every `period` in which a guest computes.
    pub(crate) fn start(period: Duration, tick: impl FnMut() + Send + 'static) -> io::Result<Self> {
        let word = Arc::<Word>::default();
        let shared = Arc::clone(&word);
        let thread = thread::Builder::new()
            .name("epoch-ticker".into())
            .spawn(move || run(&shared, period, tick))?
            .thread()
            .clone();
        Ok(Self { word, thread })
    }

    /// What `future` comes to, with the clock ticking whenever it is polled. Everything in which a guest may compute
    /// goes through here. One that is large and long is better given pinned: whatever is given has its place twice in
    /// what this returns.
    pub(crate) async fn during<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            let _computing = self.computing();
            future.as_mut().poll(context)
        })
        .await
    }

    fn computing(&self) -> Computing<'_> {
        if self.word.begin() {
            self.word.rouse();
            self.thread.unpark();
        }
        Computing(&self.word)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.word.finish();
        self.thread.unpark();
    }
}

/// A poll under way, until it is dropped.
struct Computing<'a>(&'a Word);

impl Drop for Computing<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn run(word: &Word, period: Duration, mut tick: impl FnMut()) {
    let mut quiet = 0;
    loop {
        if quiet >= LINGER && word.fall_asleep() {
            // Parking may end without a cause.
            while word.sleeps() {
                thread::park();
            }
            quiet = 0;
        }
        thread::sleep(period);
        let Some(busy) = word.is_busy() else { return };
        tick();
        quiet = if busy { 0 } else { quiet + 1 };
    }
}

#[cfg(test)]
mod tests;
