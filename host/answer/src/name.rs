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

mod decoration;
mod given;
mod sentence;
mod words;

use decoration::Bare;
pub use given::given;
use orchestrator_core::RelativePath;
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    candidates: Vec<RelativePath>,
    new: Option<RelativePath>,
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

    /// Which file is meant, where `exists` says whether a file is there.
    #[must_use]
    pub fn resolve(&self, mut exists: impl FnMut(&RelativePath) -> bool) -> Resolved {
        if let Some(found) = self.candidates.iter().find(|path| exists(path)) {
            return Resolved::File(found.clone());
        }
        match (&self.new, self.candidates.first()) {
            (Some(new), _) => Resolved::New(new.clone()),
            (None, Some(first)) if self.claims => Resolved::Unclear(Unusable {
                text: first.to_string(),
                reason: "there is no such file, and whether one is to be created cannot be told: write its path alone on \
                         the line before"
                    .into(),
            }),
            (None, _) => Resolved::Nothing,
        }
    }
}

/// Reads a line: any that comes before a block, a hunk or a fence, but no fence itself.
#[must_use]
pub fn read(line: &str) -> Named {
    let bare = decoration::strip(line);
    let Bare { text, whole, .. } = bare;
    if text.is_empty() {
        return Named::Nothing;
    }
    if !text.contains(char::is_whitespace) {
        return token(&bare);
    }
    if bare.is_exact() && words::ends_like_a_file(text) && !sentence::begins(text) {
        return stated(text, whole, bare.prefixed);
    }
    sentence::read(text, whole)
}

/// Whether `text` looks like the path of a file: by its ending, by its name, or by its folders.
#[must_use]
pub fn looks_like_path(text: &str) -> bool {
    matches!(words::shape(text), Shape::File | Shape::Folders)
}

/// A name without what version controls write after it: a time, or a remark such as `(revision 3)`.
#[must_use]
pub fn without_version(text: &str) -> &str {
    decoration::without_version(text)
}

/// A line that is one word.
fn token(bare: &Bare<'_>) -> Named {
    let text = bare.text;
    let told = bare.is_exact() || bare.prefixed || !bare.marked;
    match words::shape(text) {
        // A heading is about the product more often than about a file of that name.
        Shape::File if bare.marked && !told && words::is_no_file(text) => possible(text),
        Shape::File => stated(text, bare.whole, bare.prefixed),
        // An emphasised `input/output` is a heading as often as a name.
        Shape::Folders if told || words::has_ending(text) => stated(text, bare.whole, bare.prefixed),
        Shape::Word if bare.labelled || bare.prefixed => stated(text, bare.whole, bare.prefixed),
        Shape::Ending if told => stated(text, bare.whole, bare.prefixed),
        Shape::Folders | Shape::Word | Shape::Ending => possible(text),
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
    let new = match (&bare, prefixed) {
        (Some(bare), true) => Some(bare.clone()),
        // Whether `a/` is a folder or a prefix cannot be told of a file that is not there.
        (Some(_), false) => None,
        (None, _) => Some(checked.clone()),
    };
    let names = if prefixed { [bare, Some(checked)] } else { [Some(checked), bare] };
    candidates.extend(names.into_iter().flatten());
    Named::Name(Name { candidates, new, claims: true, alone: true })
}

/// The path below `a/` or `b/`, which diffs put before names.
fn without_prefix(text: &str) -> Option<RelativePath> {
    text.strip_prefix("a/").or_else(|| text.strip_prefix("b/")).and_then(|bare| usable(bare).ok())
}

/// A word that is a name if a file has it.
fn possible(text: &str) -> Named {
    match usable(text) {
        Ok(path) => Named::Name(Name { candidates: vec![path], new: None, claims: false, alone: true }),
        Err(_) => Named::Nothing,
    }
}

/// A path within the project. Backslashes part folders, as on Windows.
fn usable(text: &str) -> Result<RelativePath, Unusable> {
    let slashes = text.replace('\\', "/");
    RelativePath::parse(&slashes).map_err(|error| Unusable {
        text: text.to_owned(),
        reason: format!("the path cannot be used: {error}"),
    })
}

#[cfg(test)]
mod tests;
