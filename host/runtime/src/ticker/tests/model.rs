//! Every order in which the steps of the clock and of two who compute can follow each other.
//!
//! The steps are the real ones, [`Word`]'s; only parking is modelled, by the token that the system keeps for a thread.

use super::super::*;
use std::collections::HashSet;

/// Where the clock's thread is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Clock {
    /// It ticks; next it tries to sleep.
    Ticks,
    /// Next it looks whether to sleep on.
    Looks,
    /// It waits for its token.
    Parked,
}

/// Where somebody is who computes once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Guest {
    Before,
    ToRouse,
    ToUnpark,
    Computes,
    After,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct State {
    word: usize,
    token: bool,
    clock: Clock,
    guests: [Guest; 2],
}

impl State {
    /// One step of the clock, if it can take one.
    fn clock(&self) -> Option<Self> {
        let word = Word(AtomicUsize::new(self.word));
        let (clock, token) = match self.clock {
            Clock::Ticks if word.fall_asleep() => (Clock::Looks, self.token),
            Clock::Ticks => (Clock::Ticks, self.token),
            Clock::Looks if word.sleeps() => (Clock::Parked, self.token),
            Clock::Looks => (Clock::Ticks, self.token),
            Clock::Parked if self.token => (Clock::Looks, false),
            Clock::Parked => return None,
        };
        Some(Self { word: word.0.into_inner(), token, clock, ..self.clone() })
    }

    /// One step of a guest, if it can take one.
    fn guest(&self, who: usize) -> Option<Self> {
        let word = Word(AtomicUsize::new(self.word));
        let mut next = self.clone();
        next.guests[who] = match self.guests[who] {
            Guest::Before if word.begin() => Guest::ToRouse,
            Guest::Before => Guest::Computes,
            Guest::ToRouse => {
                word.rouse();
                Guest::ToUnpark
            }
            Guest::ToUnpark => {
                next.token = true;
                Guest::Computes
            }
            Guest::Computes => {
                word.end();
                Guest::After
            }
            Guest::After => return None,
        };
        next.word = word.0.into_inner();
        Some(next)
    }

    /// Whether the clock comes to tick by its own steps alone.
    fn will_tick(&self) -> bool {
        let mut state = self.clone();
        for _ in 0..4 {
            if state.clock == Clock::Ticks {
                return true;
            }
            let Some(next) = state.clock() else { return false };
            state = next;
        }
        false
    }
}

#[test]
fn in_every_order_of_steps_whoever_computes_gets_ticks() {
    let begin = State { word: 0, token: false, clock: Clock::Ticks, guests: [Guest::Before, Guest::Before] };
    let (mut open, mut seen) = (vec![begin], HashSet::new());
    let mut slept = false;
    while let Some(state) = open.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        slept |= state.clock == Clock::Parked;
        // While one is about to wake the clock, another may have to wait for that.
        let waking = state.guests.iter().any(|guest| matches!(guest, Guest::ToRouse | Guest::ToUnpark));
        if state.guests.contains(&Guest::Computes) && !waking {
            assert!(state.will_tick(), "it computes and the clock sleeps: {state:?}");
        }
        open.extend(state.clock());
        open.extend([0, 1].into_iter().filter_map(|who| state.guest(who)));
    }
    assert!(slept && seen.len() > 50, "{} states are not all there are", seen.len());
}
