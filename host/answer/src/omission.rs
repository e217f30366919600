//! Finds the line of a file's new version that stands in place of lines of the old one.
//!
//! Asked for a change, models like to write its new half, and in place of the rest a line that says that the rest stays:
//! a comment, a sentence, an ellipsis. Written to the disk, that deletes the rest. Such a line can be worded in any
//! way, and in any language; but what it does to the file is always the same, so that is what is looked for: code is
//! gone, and where it was stands a line that is new and is no code.
//!
//! - An **ellipsis** (`...`, `// … restlicher Code`, `(the rest ...)`) is no part of a finished file. One is enough
//!   where any line is gone.
//! - A **comment** may be an honest one. It is taken for what stands in place of code if it belongs to nothing else:
//!   no new code comes right after it, it is not a line that was put out of use, and at least `LOST_MIN` more lines
//!   of code went than came, and twice as many as the comment has.
//! - A comment of **few words** says too little for an honest one: one more line of code that went is enough, also with
//!   new code right after it that has none of its words (`omission/brief.rs`).
//! - A comment **alone**, of any length and in any words, where nothing else came: it stands for a run of as many lines as it has.
//! - A line whose **words** say no more than that something stays (`// existing code`, `unchanged`) stands for any line
//!   that is gone there and has not become another (`omission/stays.rs`).
//! - A **sentence** without a comment's mark counts as a comment where the old file has none like it.
//! - An **empty body** is `head { … }`, `head [ /* as before */ ]`, `<ul>...</ul>`, or `head { // as before` before its
//!   closer (`omission/body.rs`). Dots are enough where the old version has that head with a body; otherwise, and for a
//!   comment, `LOST_MIN` lines have to be gone, and where dots are also a value of the language, the head has to be known.
//!
//! What moved within the file is not gone, and neither is a comment that is worded anew (`omission/reworded.rs`). In files
//! of prose, where sentences are the content, only an ellipsis and an HTML comment count, both in place of `LOST_MIN`
//! lines.
//!
//! 65,433 changes, of five projects' histories in Rust, JavaScript and Python and from one version of a package to the
//! next, are let through but for 1 in 223 (`docs/patching-figures.md`).
//!
//! A function that is deleted on purpose, and replaced by a comment that says why, looks exactly the same. That costs
//! one more round: without the comment the deletion is taken, and the message says so. A miss would cost the code.

mod body;
mod brief;
mod compare;
mod judge;
mod likely;
mod line;
mod reworded;
mod spread;
mod stays;
#[cfg(test)]
mod tests;

use compare::{Region, Side, compare};
use judge::Judge;
use line::{Content, Kind};
use std::{collections::HashMap, fmt};

/// Lines of code that have to be gone where a comment stands.
const LOST_MIN: usize = 3;

/// A line that stands in place of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// Its number in the new version, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
    /// How many lines of the old version would be lost.
    pub lost: usize,
}

impl fmt::Display for Omission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, text, lost } = self;
        let lines = if *lost == 1 { "a line" } else { "lines" };
        let text: String = text.chars().take(TEXT_MAX).collect();
        write!(
            f,
            "line {line}, {text:?}, stands in place of {lines} that would be lost ({lost} of the file as it is): write them \
             out; if they are to go, leave that line out too"
        )
    }
}

/// Characters of the line that the message shows.
const TEXT_MAX: usize = 160;

/// The first line of `new` that stands in place of lines of `old`, both being versions of the file `name`.
#[must_use]
pub fn find(name: &str, old: &str, new: &str) -> Option<Omission> {
    find_by(name, old, new, Evidence::All)
}

/// The first line of a `new` file `name` that says that lines stay which went from other files, by an ellipsis or by its words:
/// what it is in place of tells nothing, since the file has code of its own.
#[must_use]
pub fn find_said(name: &str, gone: &str, new: &str) -> Option<Omission> {
    find_by(name, gone, new, Evidence::Said)
}

/// What a line is known by that stands in place of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// What it says, and where it stands.
    All,
    /// What it says.
    Said,
}

fn find_by(name: &str, old: &str, new: &str, evidence: Evidence) -> Option<Omission> {
    let content = Content::of(name);
    let (old, new, regions) = compare(old, new, content);
    // A new file may consist of whatever its language has.
    let is_all = evidence == Evidence::All;
    let may_be_words = is_all && line::ends_statements(name) && !old.kinds.contains(&Kind::Words);
    let mut known_words = HashMap::new();
    if may_be_words && new.kinds.iter().any(|kind| matches!(kind, Kind::Words | Kind::Word)) {
        for word in old.lines.iter().chain(&new.lines).flat_map(|line| tokens(line)) {
            *known_words.entry(word).or_default() += 1;
        }
    }
    let may_be_sentence = is_all && !old.kinds.contains(&Kind::Sentence);
    let judge = Judge {
        old: &old,
        new: &new,
        past_comments: past(&new, Kind::is_comment),
        past_blanks: past(&new, |kind| kind == Kind::Blank),
        may_be_sentence,
        may_be_words,
        known_words,
        is_prose: content == Content::Prose,
        has_ellipsis: body::has_ellipsis(name),
        least_for_ellipsis: if content == Content::Prose { LOST_MIN } else { 1 },
    };
    let mut weak: Option<(Omission, usize)> = None;
    for region in &regions {
        let gone = judge.gone(region);
        if gone.is_empty() {
            continue;
        }
        // A text of three dots is at home in a program.
        let is_text = |found: &Omission| found.text.trim_start().starts_with(['"', '\'', '`']);
        if let Some(found) = judge.ellipsis(region, &gone).filter(|found| is_all || !is_text(found)) {
            return Some(found);
        }
        if is_all && let Some(found) = judge.without_body(region, &gone) {
            return Some(found);
        }
        let code: Vec<usize> = gone.iter().copied().filter(|at| !old.kind(*at).is_comment()).collect();
        if let Some(found) = judge.says_it_stays(region, &code) {
            return Some(found);
        }
        if is_all && let Some((found, enough)) = judge.likely(region, &gone, &code) {
            let (before, least) = weak.as_ref().map_or((0, LOST_MIN), |(weak, least)| (weak.lost, *least));
            let lost = before + found.lost;
            weak = Some((Omission { lost, ..weak.map_or(found, |(weak, _)| weak) }, least.min(enough)));
        }
    }
    weak.filter(|(weak, least)| weak.lost >= *least).map(|(weak, _)| weak)
}

fn tokens(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// For each line, the first one from it on that is not of a kind that `passes`.
fn past(side: &Side<'_>, passes: impl Fn(Kind) -> bool) -> Vec<usize> {
    let mut next = side.lines.len();
    let mut past: Vec<usize> = Vec::with_capacity(next);
    for at in (0..side.lines.len()).rev() {
        if !passes(side.kind(at)) {
            next = at;
        }
        past.push(next);
    }
    past.reverse();
    past
}

/// Lines that are compared for likeness with one.
const LIKE_MAX: usize = 200;

/// A line without the marks around it.
fn essence(line: &str) -> &str {
    line.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether one of two lines is the other, changed: most of both is the same beginning and the same end.
fn is_like(one: &str, other: &str) -> bool {
    let longer = one.len().max(other.len());
    let shorter = one.len().min(other.len());
    let start = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let end = one.bytes().rev().zip(other.bytes().rev()).take_while(|(one, other)| one == other).count();
    let same = start + end.min(shorter - start);
    5 * same >= 3 * longer
}
