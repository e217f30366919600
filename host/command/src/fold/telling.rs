//! Which overwritten lines are kept: those that tell of an error.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
};

/// What is in a line that tells of an error, in the output of common tools.
const SIGNS: [&str; 11] = [
    "error",
    "not ok",
    "fail",
    "panic",
    "traceback",
    "exception",
    "assert",
    "✖",
    "fatal",
    "cannot find",
    "no such file",
];
/// What is in a line that counts none.
const FALSE_ALARMS: [&str; 7] =
    ["0 error", "no error", "0 fail", "fail 0", "failed: 0", "errors: 0", "failures: 0"];
/// How many kept lines are remembered, so that none is kept twice.
const REMEMBERED: usize = 64;
/// Characters that may be looked through for each byte that came: a bound for streams made to be slow to fold.
const PER_BYTE: usize = 16;
/// Most characters that may be saved up for looking through.
const SAVED_MAX: usize = 64 * 1024;

/// Decides what is kept.
#[derive(Debug, Default)]
pub(super) struct Telling {
    kept: VecDeque<u64>,
    budget: usize,
}

impl Telling {
    /// Notes that something came.
    pub(super) fn heard(&mut self) {
        self.budget = (self.budget + PER_BYTE).min(SAVED_MAX);
    }

    /// The text of a line that is about to be lost, if it is to be kept. A line that differs from one that was kept in
    /// numbers alone is the same line, one frame later.
    pub(super) fn keep(&mut self, cells: &[char]) -> Option<String> {
        self.budget = self.budget.checked_sub(cells.len())?;
        let text: String = cells.iter().collect();
        let lower = text.to_lowercase();
        let tells = SIGNS.iter().any(|sign| lower.contains(sign))
            && !FALSE_ALARMS.iter().any(|alarm| lower.contains(alarm));
        if !tells {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        lower.chars().filter(|letter| letter.is_alphabetic()).for_each(|letter| letter.hash(&mut hasher));
        let digest = hasher.finish();
        if self.kept.contains(&digest) {
            return None;
        }
        if self.kept.len() == REMEMBERED {
            self.kept.pop_front();
        }
        self.kept.push_back(digest);
        Some(text)
    }
}
