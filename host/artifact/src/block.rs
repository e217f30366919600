//! A fenced block in prose whose first line is still to come.
//!
//! What the block is, its fence and the line above it tell in part. Its first line tells the rest: whether it is a diff,
//! and whether a comment in it names the file. No block is passed over without a word: what is not a file, and not
//! refused, is at least told as something that was shown.

use crate::{
    diff,
    guess::{self, Guess},
    piece::Refused,
};
use orchestrator_answer::{fence::Fence, name};
use orchestrator_core::RelativePath;

/// Bytes of a block's first line that show whether it is a diff.
const DIFF_MAX: usize = 32;
/// Bytes of a block's first line that show whether it is a comment with a name.
const COMMENT_MAX: usize = 256;
/// Bytes of the line above a block that are told of it.
const BELOW_MAX: usize = 160;

/// What a line of prose came to.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A block that is taken for a file.
    File(Opening),
    /// Something about a file that is not read as one.
    NoFile(RelativePath, Refused),
    /// The same, where no path can be made of the name.
    NoPath(String, Refused),
    /// A block that is no file.
    Shown(Shown),
}

/// A block with a name.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) path: RelativePath,
    pub(crate) fence: Fence,
    /// Why its end cannot be told.
    pub(crate) fault: Option<Refused>,
    /// The beginning of what is in it.
    pub(crate) first: Vec<u8>,
}

/// A block that is no file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Its language, in small letters; empty without one.
    pub(crate) language: String,
    /// Whether it is there to be typed.
    pub(crate) is_typed: bool,
    /// The file that it has to do with, where a heading names one.
    pub(crate) about: Option<RelativePath>,
    /// The line above it; empty without one.
    pub(crate) below: String,
}

/// A block of which the first line is still to come.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) fence: Fence,
    /// What its fence and the line above it tell.
    guess: Guess,
    shown: Shown,
    /// The line that opens it.
    pub(crate) line: Vec<u8>,
    /// Its first line, as far as it has come.
    pub(crate) first: Vec<u8>,
}

impl Block {
    /// The block that `line` opens, which is `fence` with `info`, below the line `before` and the last heading.
    pub(crate) fn new(
        (fence, info): (Fence, &str),
        guess: Guess,
        before: &str,
        heading: Option<RelativePath>,
        line: Vec<u8>,
    ) -> Self {
        let language = guess::language(info);
        let below = before.trim();
        let shown = Shown {
            is_typed: guess::is_typed(&language),
            about: heading.clone(),
            below: below.get(..below.floor_char_boundary(BELOW_MAX)).unwrap_or_default().to_owned(),
            language,
        };
        let guess = match (guess, heading) {
            (Guess::Nothing, Some(path))
                if guess::is_in_language_of(&shown.language, &path)
                    && !name::shows_something_else(before) =>
            {
                Guess::Perhaps(path.into())
            }
            (guess, _) => guess,
        };
        Self { fence, guess, shown, line, first: Vec::new() }
    }

    /// How many more bytes of its first line have to be known.
    pub(crate) fn room(&self) -> usize {
        let most = if matches!(self.guess, Guess::File(_)) { DIFF_MAX } else { COMMENT_MAX };
        if self.first.ends_with(b"\n") { 0 } else { most.saturating_sub(self.first.len()) }
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.fence.is_closed_by(&self.first)
    }

    fn in_first_line(&self) -> Option<RelativePath> {
        let line = self.first.strip_suffix(b"\n")?;
        guess::in_first_line(&self.shown.language, line)
    }

    /// What the block is. Its first line is a part of it, and still to be read where it is no file.
    pub(crate) fn what(&self) -> Happening {
        let path = match &self.guess {
            Guess::File(path) => path.clone(),
            Guess::Unusable(text, reason) => {
                return Happening::NoPath(text.clone(), Refused::Name(reason.clone()));
            }
            Guess::Perhaps(text) => match self.in_first_line() {
                None => return unsure(text),
                Some(named) => match longer(text, &named) {
                    Some(path) => path,
                    None => return Happening::NoPath(format!("{text}' and '{named}"), Refused::TwoNames),
                },
            },
            Guess::Nothing => match self.in_first_line() {
                Some(named) if !name::shows_something_else(&self.shown.below) => named,
                Some(named) => return unsure(named.as_str()),
                None => return Happening::Shown(self.shown.clone()),
            },
        };
        if diff::begins_diff(&self.first) {
            return Happening::NoFile(path, Refused::Diff);
        }
        if self.fence.indent > 0 {
            return Happening::NoFile(path, Refused::InList);
        }
        // Any block of its own would close a Markdown file in a fence of three.
        let may_nest = self.fence.length == 3 && guess::is_markdown(&path);
        let fault = may_nest.then_some(Refused::NestedFence);
        Happening::File(Opening { path, fence: self.fence, fault, first: self.first.clone() })
    }
}

/// The longer of two paths, one of which may be the end of the other.
fn longer(one: &str, other: &RelativePath) -> Option<RelativePath> {
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
    };
    match () {
        () if ends(other.as_str(), one) => Some(other.clone()),
        () if ends(one, other.as_str()) => RelativePath::parse(one).ok(),
        () => None,
    }
}

/// A block of which it cannot be told whether it is the file `text`.
fn unsure(text: &str) -> Happening {
    match RelativePath::parse(text) {
        Ok(path) => Happening::NoFile(path, Refused::Unsure),
        Err(_) => Happening::NoPath(text.to_owned(), Refused::Unsure),
    }
}
