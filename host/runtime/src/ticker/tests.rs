mod model;

use super::*;
use std::{
    sync::atomic::AtomicU64,
    time::{Duration, Instant},
};

/// Short, so that the clock falls asleep and is woken thousands of times a second.
const PERIOD: Duration = Duration::from_micros(20);
/// Longest wait for what has to come; far more than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn counting() -> (Ticker, Arc<AtomicU64>) {
    let ticks = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&ticks);
    let tick = move || {
        counted.fetch_add(1, SeqCst);
    };
    (Ticker::start(PERIOD, tick).unwrap(), ticks)
}

fn until(what: &str, done: impl Fn() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < PATIENCE, "waited for {what}");
        thread::yield_now();
    }
}

fn sleeps(ticker: &Ticker) -> bool {
    ticker.word.0.load(SeqCst) == ASLEEP
}

#[test]
fn it_sleeps_when_nobody_computes_and_wakes_for_who_does() {
    let (ticker, ticks) = counting();
    for _ in 0..200 {
        until("the clock to sleep", || sleeps(&ticker));
        let before = ticks.load(SeqCst);
        let computing = ticker.computing();
        until("ticks", || ticks.load(SeqCst) > before + 2 * u64::from(LINGER));
        assert!(!sleeps(&ticker), "it ticks for as long as somebody computes");
        drop(computing);
    }
}

/// Threads begin and end to compute at every distance from the moment at which the clock falls asleep; each must see
/// ticks. How the steps of two threads can meet is gone through in `model`; this is about parking and the real thread.
#[test]
fn whoever_computes_gets_ticks_however_it_meets_the_clock() {
    let (ticker, ticks) = counting();
    let compute = |seed: u64| {
        for round in 0..2_000_u64 {
            let computing = ticker.computing();
            let before = ticks.load(SeqCst);
            until("a tick", || ticks.load(SeqCst) > before);
            drop(computing);
            // From nothing to somewhat longer than the clock lingers, in an order without a pattern.
            let pause = (round.wrapping_mul(seed) % 31) * u64::from(LINGER) / 16;
            if pause > 0 {
                thread::sleep(PERIOD * u32::try_from(pause).unwrap());
            }
        }
    };
    thread::scope(|scope| {
        for seed in [7, 11, 13] {
            scope.spawn(move || compute(seed));
        }
    });
    until("the clock to sleep", || sleeps(&ticker));
}

#[test]
fn only_a_poll_counts_not_the_wait_between_two() {
    let (ticker, _) = counting();
    let (told, hears) = tokio::sync::oneshot::channel();
    let waiting = async {
        assert_eq!(ticker.word.0.load(SeqCst) & !ASLEEP, POLL, "it is being polled");
        hears.await.unwrap()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let told = runtime.block_on(async {
        let besides = async {
            // The call has been polled, and waits.
            until("the clock to sleep", || sleeps(&ticker));
            told.send("on").unwrap();
        };
        tokio::join!(biased; ticker.during(waiting), besides).0
    });
    assert_eq!(told, "on");
    assert_eq!(ticker.word.0.load(SeqCst) & !ASLEEP, 0);
}

#[test]
fn it_ends_when_it_is_dropped_awake_or_asleep() {
    for asleep in [false, true] {
        let (ticker, ticks) = counting();
        let computing = (!asleep).then(|| ticker.computing());
        until("the clock", || sleeps(&ticker) == asleep);
        drop(computing);
        drop(ticker);
        until("the thread to end", || Arc::strong_count(&ticks) == 1);
    }
}
