//! Which file a line names, if it names one.
//!
//! Models say in many ways which file a block of code or a hunk is about: alone on a line, bold, as a heading, behind a
//! label, as a comment, in a sentence that ends in a colon. A reader that takes too little gives the hunk to the file
//! before; one that takes too much makes files named like sentences. So a line has one of three readings, and the third
//! is what keeps the other two honest: it names nothing; it names a file; or it claims to and what it says cannot be
//! used, and then whatever it stands before must be refused instead of going elsewhere.
//!
//! Whether a file is there is the caller's to know. A [`Name`] has the paths that may be meant, likeliest first, and the
//! one path of a new file where no other reading is possible; [`Name::resolve`] puts both together. Nothing that is a
//! sentence ever becomes a path.

mod brackets;
mod decoration;
mod entities;
mod given;
mod info;
mod lone;
mod markup;
mod remark;
mod sentence;
mod sign;
mod tokens;
mod unnamed;
mod words;

use decoration::Bare;
pub use entities::without_entities;
pub use given::given;
pub use info::in_info;
pub use lone::lone_word;
use orchestrator_core::RelativePath;
use std::borrow::Cow;
use words::Shape;

/// What a line says about the file that comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// It names no file.
    Nothing,
    /// It names a file, or may.
    Name(Name),
    /// It names a file, and the name cannot be used.
    Unusable(Unusable),
}

/// A name that a line has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// What the line has as it is written, where a file may be called so: that is then the file that is meant.
    exact: Vec<RelativePath>,
    candidates: Vec<RelativePath>,
    /// Paths of other words of the line, which are names only where files have them.
    others: Vec<RelativePath>,
    new: Option<RelativePath>,
    /// Why no new file can be called so.
    doubt: Option<&'static str>,
    claims: bool,
    alone: bool,
}

/// A name that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// What the line has.
    pub text: String,
    /// Why it cannot be used, as a clause that follows the text.
    pub reason: String,
}

/// Which file a name comes to, with what is known about the files that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// This file, which is there.
    File(RelativePath),
    /// This file, which is not there; the line can mean no other.
    New(RelativePath),
    /// It is said to be a name, and there is no such file; a new one may be meant, or something else.
    Unclear(Unusable),
    /// No file, so the words name none.
    Nothing,
}

impl Name {
    /// The paths that may be meant, likeliest first; at least one.
    #[must_use]
    pub fn candidates(&self) -> &[RelativePath] {
        &self.candidates
    }

    /// The path of a file that is to be created, where the line can mean no other.
    #[must_use]
    pub fn new_file(&self) -> Option<&RelativePath> {
        self.new.as_ref()
    }

    /// Whether the line says that this is a file. Words that do not, name one only if there is one by that name.
    #[must_use]
    pub fn claims(&self) -> bool {
        self.claims
    }

    /// Whether the line has the name and nothing else that tells, so that it is not a sentence that mentions one.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.alone
    }

    /// Why no new file can be made of it, where it is said to be a file.
    #[must_use]
    pub fn doubt(&self) -> Unusable {
        let text = self.candidates.first().map(ToString::to_string).unwrap_or_default();
        Unusable { text, reason: self.doubt.unwrap_or(NOT_THERE).into() }
    }

    /// Which file is meant, where `exists` says whether a file is there.
    #[must_use]
    pub fn resolve(&self, mut exists: impl FnMut(&RelativePath) -> bool) -> Resolved {
        let found = self.exact.iter().chain(&self.candidates).find(|path| exists(path));
        // What is above the file is where it is, and no other file.
        let is_above = |other: &RelativePath| {
            found
                .is_some_and(|found| found == other || found.folders().any(|folder| folder == other.as_str()))
        };
        let mut others: Vec<&RelativePath> =
            self.others.iter().filter(|other| !is_above(other) && exists(other)).collect();
        others.dedup();
        match (found, others.as_slice(), &self.new) {
            (Some(found), [], _) => Resolved::File(found.clone()),
            (None, [only], _) if !self.claims => Resolved::File((*only).clone()),
            (None, _, Some(new)) => Resolved::New(new.clone()),
            (None, [], None) if !self.claims => Resolved::Nothing,
            (None, _, None) if self.claims => Resolved::Unclear(self.doubt()),
            (found, others, _) => {
                let names: Vec<&str> =
                    found.into_iter().chain(others.iter().copied()).map(RelativePath::as_str).collect();
                Resolved::Unclear(sentence::several(&names))
            }
        }
    }
}

const NOT_THERE: &str = "there is no such file, and whether one is to be created cannot be told: write its path alone on the \
                         line before";
const SEVERAL: &str =
    "a line with several names does not say which file comes: write the path of one alone on the line before";
const PREFIX: &str = "there is no such file, and whether its first folder is one or the prefix of a diff cannot be told: write \
                      the path without it, or with './' before it";
const STRUCK: &str = "it is struck out: write the path of the file that is meant, alone on the line before";
const NARROW: &str = "there is no such file, and whether its punctuation is a part of the name cannot be told: write the path \
                      alone, without anything around it";

/// Reads a line: any that comes before a block, a hunk or a fence, but no fence itself.
#[must_use]
pub fn read(line: &str) -> Named {
    if let Some(named) = in_fence_of_one_line(line.trim()) {
        return named;
    }
    let line = markup::plain(line.trim_matches(words::is_invisible));
    if let Some(struck) = struck_out(&line) {
        return Named::Unusable(Unusable { text: struck.into(), reason: STRUCK.into() });
    }
    if let Some(unusable) = unnamed::refused(&line) {
        return Named::Unusable(unusable);
    }
    match markup::narrowed(&line) {
        Some(narrow) => of_both(as_it_is(&line), as_it_is(&narrow), &line),
        None => as_it_is(&line),
    }
}

/// What a line names that begins as a fence and opens none, since it has the marks behind the name as well.
fn in_fence_of_one_line(line: &str) -> Option<Named> {
    let mark = line.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let inner = line.trim_start_matches(mark);
    if line.len() - inner.len() < 3 {
        return None;
    }
    let bare = inner.trim_end_matches(mark);
    let is_closed = inner.len() - bare.len() >= 3;
    let bare = bare.trim();
    match bare.contains(char::is_whitespace) {
        true if is_closed || mark == '`' => Some(in_info(bare)),
        false if is_closed && !bare.is_empty() => Some(as_it_is(&format!("`{bare}`"))),
        _ => None,
    }
}

fn as_it_is(line: &str) -> Named {
    let bare = decoration::strip(line);
    let Bare { text, whole, .. } = bare;
    if text.is_empty() {
        return Named::Nothing;
    }
    let named = if !text.contains(char::is_whitespace) {
        token(&bare)
    } else if bare.is_exact() && words::ends_like_a_file(text) && !sentence::begins(text) {
        stated(text, whole, bare.prefixed)
    } else {
        sentence::read(text, whole)
    };
    sign::settle(named, line, &bare)
}

/// A path that is struck out.
fn struck_out(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("~~")?;
    let (inner, _) = rest.split_once("~~")?;
    let inner = inner.trim_matches(['`', '*', ' ']);
    words::ends_like_a_file(inner).then_some(inner)
}

/// What a line with punctuation of full width names, as it is and with that at the width of letters. A file may be
/// called as it is; none is made that is.
fn of_both(as_it_is: Named, narrow: Named, line: &str) -> Named {
    let (mut name, one) = match (as_it_is, narrow) {
        (Named::Name(one), Named::Name(other)) => (other, one),
        (Named::Name(one), Named::Nothing) => {
            return Named::Name(Name { new: None, doubt: Some(NARROW), ..one });
        }
        (_, narrow) => return narrow,
    };
    let read = name.candidates.first().map(ToString::to_string).unwrap_or_default();
    let mut candidates = one.candidates;
    candidates.append(&mut name.candidates);
    candidates.dedup();
    name.exact.extend(one.exact);
    let is_written = |path: &RelativePath| line.replace('\\', "/").contains(path.as_str());
    [&mut candidates, &mut name.exact, &mut name.others]
        .into_iter()
        .for_each(|paths| paths.retain(is_written));
    name.new = name.new.filter(is_written);
    match candidates.is_empty() {
        // The name that was read is written with other characters than a file is called with.
        true if name.claims => Named::Unusable(Unusable { text: read, reason: NARROW.into() }),
        true => Named::Nothing,
        false => Named::Name(Name { candidates, ..name }),
    }
}

/// The file that a line says something is to be changed in, which follows it: `Add to package.json:`.
#[must_use]
pub fn told_to_change(line: &str) -> Option<RelativePath> {
    const VERBS: &str =
        "change changes update edit replace add modify insert remove delete append prepend put";
    let is_verb = |word: &str| VERBS.split(' ').any(|known| word.eq_ignore_ascii_case(known));
    if !line.trim_end().ends_with(':') || !line.split(|c: char| !c.is_alphabetic()).any(is_verb) {
        return None;
    }
    match read(line) {
        Named::Name(name) if name.claims() => name.candidates().first().cloned(),
        _ => None,
    }
}

/// Whether `text` looks like the path of a file: by its ending, by its name, or by its folders.
#[must_use]
pub fn looks_like_path(text: &str) -> bool {
    matches!(words::shape(text), Shape::File | Shape::Folders)
}

/// A name without what version controls write after it: a time, or a remark such as `(revision 3)`.
#[must_use]
pub fn without_version(text: &str) -> &str {
    remark::without_version(text)
}

/// A line that is one word.
fn token(bare: &Bare<'_>) -> Named {
    let text = bare.text;
    let told = bare.is_exact() || bare.prefixed || !bare.marked;
    if !bare.is_exact() && tokens::joined(text).is_some() {
        return sentence::read(text, bare.whole);
    }
    match words::shape(text) {
        // A heading is about the product more often than about a file of that name.
        Shape::File if bare.marked && !told && words::is_no_file(text) => possible(text),
        Shape::File => stated(text, bare.whole, bare.prefixed),
        // An emphasised `input/output` is a heading as often as a name.
        Shape::Folders if told || words::has_ending(text) => stated(text, bare.whole, bare.prefixed),
        Shape::Word if bare.labelled || bare.prefixed => stated(text, bare.whole, bare.prefixed),
        Shape::Ending if told => stated(text, bare.whole, bare.prefixed),
        Shape::Folders | Shape::Word | Shape::Ending => match possible(text) {
            Named::Nothing => sentence::read(text, bare.whole),
            named => named,
        },
        Shape::Nothing => sentence::read(text, bare.whole),
    }
}

/// A name that is all that the line has. `whole` is the line with what was taken for a remark; `prefixed` says that
/// names have `a/` or `b/` before them here.
fn stated(text: &str, whole: &str, prefixed: bool) -> Named {
    let checked = match usable(text) {
        Ok(path) => path,
        Err(unusable) => return Named::Unusable(unusable),
    };
    let mut candidates = Vec::new();
    if whole != text && words::ends_like_a_file(whole) {
        candidates.extend(usable(whole));
    }
    let bare = without_prefix(text);
    let in_parentheses = whole.starts_with('(') && !text.starts_with('(');
    let (new, doubt) = match (&bare, prefixed) {
        // What is in parentheses is said by the way.
        _ if in_parentheses => (None, Some(NOT_THERE)),
        (Some(bare), true) => (Some(bare.clone()), None),
        // Whether `a/` is a folder or a prefix cannot be told of a file that is not there.
        (Some(_), false) => (None, Some(PREFIX)),
        (None, _) => match given::doubt(&checked, true) {
            Some(doubt) => (None, Some(doubt)),
            None => (Some(checked.clone()), None),
        },
    };
    let names = if prefixed { [bare, Some(checked)] } else { [Some(checked), bare] };
    candidates.extend(names.into_iter().flatten());
    Named::Name(Name {
        exact: Vec::new(),
        candidates,
        others: Vec::new(),
        new,
        doubt,
        claims: true,
        alone: true,
    })
}

/// The path below `a/` or `b/`, which diffs put before names.
fn without_prefix(text: &str) -> Option<RelativePath> {
    text.strip_prefix("a/").or_else(|| text.strip_prefix("b/")).and_then(|bare| usable(bare).ok())
}

/// A word that is a name if a file has it.
fn possible(text: &str) -> Named {
    match usable(text) {
        Ok(path) => Named::Name(Name {
            exact: Vec::new(),
            candidates: vec![path],
            others: Vec::new(),
            new: None,
            doubt: None,
            claims: false,
            alone: true,
        }),
        Err(_) => Named::Nothing,
    }
}

/// A path within the project. Backslashes part folders, as on Windows.
fn usable(text: &str) -> Result<RelativePath, Unusable> {
    // Most paths have none of those, and are spared the copy.
    let slashes = if text.contains('\\') { Cow::Owned(text.replace('\\', "/")) } else { Cow::Borrowed(text) };
    RelativePath::parse(&slashes).map_err(|error| Unusable {
        text: text.to_owned(),
        reason: format!("the path cannot be used: {error}"),
    })
}

#[cfg(test)]
mod tests;
