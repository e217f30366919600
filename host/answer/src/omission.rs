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
//! next, are let through but for 1 in 237 (`docs/patching-figures.md`).
//!
//! A function that is deleted on purpose, and replaced by a comment that says why, looks exactly the same. That costs
//! one more round: without the comment the deletion is taken, and the message says so. A miss would cost the code.

mod body;
mod brief;
mod compare;
mod line;
mod reworded;
mod spread;
mod stays;
#[cfg(test)]
mod tests;

use body::hollow;
use brief::is_rule;
use compare::{Region, Side, compare};
use line::{About, Content, Kind};
use std::{
    collections::{HashMap, HashSet},
    fmt,
};

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
    let content = Content::of(name);
    let (old, new, regions) = compare(old, new, content);
    let may_be_words = line::ends_statements(name) && !old.kinds.contains(&Kind::Words);
    let mut known_words = HashMap::new();
    if may_be_words && new.kinds.iter().any(|kind| matches!(kind, Kind::Words | Kind::Word)) {
        for word in old.lines.iter().chain(&new.lines).flat_map(|line| tokens(line)) {
            *known_words.entry(word).or_default() += 1;
        }
    }
    let may_be_sentence = !old.kinds.contains(&Kind::Sentence);
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
        if let Some(found) = judge.certain(region, &gone) {
            return Some(found);
        }
        let code: Vec<usize> = gone.iter().copied().filter(|at| !old.kind(*at).is_comment()).collect();
        if let Some(found) = judge.says_it_stays(region, &code) {
            return Some(found);
        }
        if let Some((found, enough)) = judge.likely(region, &gone, &code) {
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

struct Judge<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    /// For each line, the first one from it on that is no comment, and that is not blank.
    past_comments: Vec<usize>,
    past_blanks: Vec<usize>,
    may_be_sentence: bool,
    may_be_words: bool,
    /// How often each word is in both versions, if that is to be known.
    known_words: HashMap<&'a str, usize>,
    /// Lines that have to be gone where an ellipsis stands. Prose quotes one where it shows output.
    least_for_ellipsis: usize,
    is_prose: bool,
    /// Whether an ellipsis is also a value in the language.
    has_ellipsis: bool,
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

impl Judge<'_> {
    /// Lines that say something and are gone, by number.
    fn gone(&self, region: &Region) -> Vec<usize> {
        let is_gone = |at: &usize| self.old.kind(*at).is_filled() && self.old.is_unpaired(*at);
        region.went.iter().copied().filter(is_gone).collect()
    }

    fn omission(&self, at: usize, lost: usize) -> Omission {
        Omission { line: at + 1, text: self.new.line(at).to_owned(), lost }
    }

    /// An ellipsis, or a body in one line.
    fn certain(&self, region: &Region, gone: &[usize]) -> Option<Omission> {
        let came = || region.came.iter().copied().filter(|at| self.new.is_new(*at));
        let is_one = |at: &usize| {
            self.new.kind(*at) == Kind::Ellipsis && !self.is_a_body_of_its_own(*at)
                || self.is_spread_of_nothing(*at)
        };
        if gone.len() >= self.least_for_ellipsis
            && let Some(at) = came().find(is_one)
        {
            return Some(self.omission(at, gone.len()));
        }
        self.without_body(region, gone)
    }

    /// In Python `...` is also what a function has whose body is elsewhere.
    fn is_a_body_of_its_own(&self, at: usize) -> bool {
        let above = (0..at).rev().find(|above| self.new.kind(*above) != Kind::Blank);
        self.new.line(at) == "..."
            && above.is_some_and(|above| self.new.is_new(above) && self.new.line(above).ends_with(':'))
    }

    /// A comment or a sentence that belongs to nothing.
    /// With how many lines have to be lost.
    fn likely(&self, region: &Region, gone: &[usize], code: &[usize]) -> Option<(Omission, usize)> {
        if code.is_empty() {
            return None;
        }
        let out_of_use: HashSet<&str> = gone.iter().map(|at| essence(self.old.line(*at))).collect();
        let stands = |at: &usize| {
            self.may_stand(*at)
                && (!out_of_use.contains(essence(self.new.line(*at))) || hollow(self.new.line(*at)).is_some())
                && self.belongs_to_nothing(*at, region, code)
                && !self.is_reworded(*at, region)
        };
        let came = region.came.iter().copied();
        let says = came.filter(|at| self.new.kind(*at).is_filled() || self.new.kind(*at) == Kind::Mark);
        let (stands, others): (Vec<usize>, Vec<usize>) = says.partition(stands);
        let is_code = |at: &&usize| self.new.is_unpaired(**at) && !self.new.kind(**at).is_comment();
        let lost = code.len().saturating_sub(others.iter().filter(is_code).count());
        if let Some(brief) = stands.iter().find(|at| self.is_brief(**at)) {
            return (lost > 0).then(|| (self.omission(*brief, lost), 1));
        }
        let is_repeated = stands.iter().any(|at| self.new.count(*at) > 1);
        let is_many = lost >= 2 * stands.len() || (is_repeated && lost > 0);
        stands.first().filter(|_| is_many).map(|at| (self.omission(*at, lost), LOST_MIN))
    }

    /// Whether the line describes the one above it, which the old version has not: a head, or in Python what has a value.
    fn describes_new_line_above(&self, at: usize) -> bool {
        let is_text = self.new.line(at).starts_with(['"', '\'']);
        at.checked_sub(1).filter(|above| self.new.is_new(*above)).is_some_and(|above| {
            self.new.line(above).ends_with(':') || is_text && self.new.line(above).contains(" = ")
        })
    }

    /// Whether a line that came is of a kind that may stand for others.
    fn may_stand(&self, at: usize) -> bool {
        self.new.is_new(at)
            && match self.new.kind(at) {
                Kind::Comment(about) => about != About::File,
                Kind::Mark => is_rule(self.new.line(at)) && self.is_brief(at),
                Kind::Sentence => self.may_be_sentence && !self.is_continued(at),
                Kind::Words => self.may_be_words && !self.is_continued(at) && self.is_strange(at),
                _ => false,
            }
    }

    /// Whether the line is part of what was written over several: `impl<T>`, `Draw for Canvas`, `where`.
    fn is_continued(&self, at: usize) -> bool {
        let next = self.new.line(at + 1);
        let above = at.checked_sub(1).filter(|above| self.new.is_new(*above));
        above.is_some_and(|above| self.new.line(above).ends_with(['(', '[', ',']))
            || next.starts_with('{')
            || next.split_whitespace().next() == Some("where")
    }

    /// Whether a statement may begin with the line.
    fn begins_statement(&self, at: usize) -> bool {
        let above = (0..at).rev().map(|above| self.new.line(above)).find(|line| !line.is_empty());
        above.is_none_or(|line| line.ends_with(['{', '}', ';', ')', ':', ']']))
    }

    /// Whether bare words stand where a statement begins, and the file knows nothing of what they name.
    fn is_strange(&self, at: usize) -> bool {
        let is_header = self.new.line(at).starts_with('[')
            && self.new.is_new(at + 1)
            && self.new.kind(at + 1).is_filled();
        let word = tokens(self.new.line(at)).next().unwrap_or_default();
        self.begins_statement(at) && !is_header && self.known_words.get(word).is_none_or(|times| *times < 2)
    }

    /// Whether no new code follows that a comment could be about.
    fn belongs_to_nothing(&self, at: usize, region: &Region, code: &[usize]) -> bool {
        let mut next = self.past_comments.get(at + 1).copied().unwrap_or(at + 1);
        let about = self.new.kind(at);
        if about == Kind::Comment(About::NextAtLength) {
            next = self.past_blanks.get(next).copied().unwrap_or(next);
        }
        let came = region.came.binary_search(&next).is_ok() && self.new.is_new(next);
        match self.new.kind(next) {
            // What a new class, function or value is, is said below it.
            _ if about == Kind::Comment(About::Next) && self.describes_new_line_above(at) => false,
            Kind::Blank | Kind::Bare => true,
            Kind::Filler => !matches!(about, Kind::Comment(About::Next | About::NextAtLength)),
            _ if matches!(about, Kind::Comment(About::Next | About::NextAtLength)) => false,
            _ if !came => true,
            _ if self.is_brief(at) && !self.speaks_of(at, next) => true,
            // What follows is there already, changed, so the comment is about what was before it.
            _ => code.iter().take(LIKE_MAX).any(|gone| is_like(self.old.line(*gone), self.new.line(next))),
        }
    }
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
