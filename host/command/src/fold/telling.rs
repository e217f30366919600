//! Which overwritten lines are kept: those that tell of an error.

mod sign;

use sign::tells;
use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
};

/// How many kept lines are remembered, so that none is kept twice.
const REMEMBERED: usize = 64;
/// Characters that may be looked through for each byte that came: a bound for streams made to be slow to fold.
const PER_BYTE: usize = 16;
/// Most characters that may be saved up for looking through.
const SAVED_MAX: usize = 64 * 1024;
/// Most lines under a kept one that are kept with it.
const DETAILS_MAX: usize = 8;

/// A line that is about to be lost.
#[derive(Debug)]
pub(super) struct Lost {
    /// When it was written: lines are kept in this order, whatever the order in which they are erased.
    written: u64,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What a lost line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It tells of an error, and is kept.
    Telling,
    /// It tells of one that was kept before.
    Repeated,
    Other,
}

/// Decides what is kept.
#[derive(Debug, Default)]
pub(super) struct Telling {
    kept: VecDeque<u64>,
    budget: usize,
    /// The line that was kept last, while what comes after it may belong to it.
    above: Option<Above>,
}

/// A kept line, and what may still be kept with it.
#[derive(Debug)]
struct Above {
    written: u64,
    indent: usize,
    details: usize,
}

impl Telling {
    /// Notes that something came.
    pub(super) fn heard(&mut self) {
        self.budget = (self.budget + PER_BYTE).min(SAVED_MAX);
    }

    /// Looks at a line that is about to be lost. None when looking would cost too much. A line that differs from one that
    /// was kept in counts alone is the same line, one frame later.
    pub(super) fn look(&mut self, cells: &[char], written: u64) -> Option<Lost> {
        self.budget = self.budget.checked_sub(cells.len())?;
        let text: String = cells.iter().collect();
        let kind = match tells(&text) {
            true if self.is_new(&text) => Kind::Telling,
            true => Kind::Repeated,
            false => Kind::Other,
        };
        Some(Lost { written, text, kind })
    }

    /// The lines that are kept of those that were lost together.
    pub(super) fn keep(&mut self, mut lost: Vec<Lost>) -> Vec<String> {
        lost.sort_by_key(|line| line.written);
        lost.into_iter().filter(|line| self.is_kept(line)).map(|line| line.text).collect()
    }

    fn is_kept(&mut self, line: &Lost) -> bool {
        let indent = line.text.chars().take_while(|letter| letter.is_whitespace()).count();
        let written = line.written;
        match line.kind {
            Kind::Telling => self.above = Some(Above { written, indent, details: 0 }),
            Kind::Repeated => self.above = None,
            Kind::Other => return self.is_detail(written, indent),
        }
        line.kind == Kind::Telling
    }

    /// Whether a line says more of the kept one right above it: one that is indented under it.
    fn is_detail(&mut self, written: u64, indent: usize) -> bool {
        let Some(above) = &mut self.above else { return false };
        let belongs = above.written + 1 == written && indent > 0 && indent >= above.indent;
        if belongs && above.details < DETAILS_MAX {
            above.written = written;
            above.details += 1;
            return true;
        }
        false
    }

    fn is_new(&mut self, text: &str) -> bool {
        let digest = digest(text);
        if self.kept.contains(&digest) {
            return false;
        }
        if self.kept.len() == REMEMBERED {
            self.kept.pop_front();
        }
        self.kept.push_back(digest);
        true
    }
}

/// The same for lines that differ in counts and times alone. Digits right behind a letter are part of a name: `case2`,
/// `TS2304`.
fn digest(text: &str) -> u64 {
    let (mut hasher, mut in_name) = (DefaultHasher::new(), false);
    for letter in text.chars().flat_map(char::to_lowercase) {
        in_name = letter.is_alphabetic() || (in_name && letter.is_ascii_digit());
        if in_name {
            letter.hash(&mut hasher);
        }
    }
    hasher.finish()
}
