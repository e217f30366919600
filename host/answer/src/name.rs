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

mod above;
mod brackets;
mod decoration;
mod doubt;
mod entities;
mod given;
mod info;
mod line;
mod lone;
mod markup;
mod path;
mod placeholder;
mod reason;
mod remark;
mod sentence;
mod sign;
mod tokens;
mod unnamed;
mod words;

pub use above::{Above, above, adds_to, leads_on, shows_something_else};
pub use entities::without_entities;
pub use given::given;
pub use info::in_info;
pub use lone::lone_word;
use orchestrator_core::RelativePath;
use reason::NOT_THERE;
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
    /// The one path in a sentence, where a file may be called so.
    spoken: Option<RelativePath>,
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

/// Reads a line: any that comes before a block, a hunk or a fence, but no fence itself.
#[must_use]
pub fn read(line: &str) -> Named {
    info::in_fence_of_one_line(line.trim()).unwrap_or_else(|| line::read(line))
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

#[cfg(test)]
mod tests;
