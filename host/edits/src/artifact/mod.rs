//! Finds files in a model's answer while it streams.
//!
//! The answer is prose with blocks in it, as [`artifact_format`] asks for:
//!
//! ```text
//! <file-k3x9 path="src/greet.js">
//! export const greet = () => "hello";
//! </file-k3x9>
//! ```
//!
//! The mark in the tag's name (`k3x9`) is new for each run, so no file that is older than the run can contain one,
//! and code about tags survives verbatim. A tag that begins something counts only where nothing but blanks precede it
//! on its line, so that prose may mention it.
//!
//! The parser reads each byte once and hands it on once. It holds back only what may still turn out to be a tag, a
//! closing fence, or the line break before a closing tag. Its input are `str`s, so a character that the network split
//! was put together before it comes here. A file whose end is missing is reported as incomplete and has no content:
//! half a file never replaces a whole one.

mod body;
mod format;
mod tag;
#[cfg(test)]
mod tests;

pub use format::artifact_format;

use body::Body;
use orchestrator_core::RelativePath;
use tag::{Names, Recognised, Tag};

/// What a model's answer may hold. What goes beyond is refused, never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file. Default 1 MiB.
    pub file: usize,
    /// Files, deletions and renames together. Default 500.
    pub operations: usize,
    /// Bytes of all files. Default 16 MiB.
    pub total: usize,
    /// Bytes of prose that are kept. Default 256 KiB.
    pub prose: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 1024 * 1024, operations: 500, total: 16 * 1024 * 1024, prose: 256 * 1024 }
    }
}

/// Something that the parser found, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A file begins. [`Piece::Closed`], [`Piece::Incomplete`] or [`Piece::Refused`] ends it.
    Opened(RelativePath),
    /// More of the open file's content; never anything twice.
    Content(String),
    /// The open file is whole.
    Closed {
        /// Where it belongs.
        path: RelativePath,
        /// All of it: the content pieces put together.
        content: String,
    },
    /// The open file's end is missing: another began before it, or the answer ended.
    Incomplete(RelativePath),
    /// A file is to be deleted.
    Delete(RelativePath),
    /// A file is to be renamed.
    Rename {
        /// Where it is.
        from: RelativePath,
        /// Where it shall be.
        to: RelativePath,
    },
    /// A block that cannot be used; when a file is open, it is this one.
    Refused {
        /// The path as it was given.
        path: String,
        /// Why.
        reason: String,
    },
}

/// Reads an answer piece by piece.
#[derive(Debug)]
pub struct ArtifactParser {
    names: Names,
    limits: Limits,
    /// The beginning of what may be a tag.
    undecided: String,
    /// Whether only blanks, or a tag, precede on the line.
    fresh_line: bool,
    state: State,
    prose: String,
    operations: usize,
    total: usize,
}

#[derive(Debug)]
enum State {
    Prose,
    File(OpenFile),
    /// In a block that was refused.
    Refused,
}

#[derive(Debug)]
struct OpenFile {
    path: RelativePath,
    body: Body,
    content: String,
    bytes_in: usize,
}

impl ArtifactParser {
    /// A parser for tags with the mark `nonce`.
    #[must_use]
    pub fn new(nonce: &str) -> Self {
        Self::with_limits(nonce, Limits::default())
    }

    /// A parser with limits of its own.
    #[must_use]
    pub fn with_limits(nonce: &str, limits: Limits) -> Self {
        Self {
            names: Names::new(nonce),
            limits,
            undecided: String::new(),
            fresh_line: true,
            state: State::Prose,
            prose: String::new(),
            operations: 0,
            total: 0,
        }
    }

    /// Reads the next piece of the answer and says what was found in it.
    pub fn push(&mut self, text: &str) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut input = std::mem::take(&mut self.undecided);
        input.push_str(text);
        let mut rest = input.as_str();
        while let Some(at) = rest.find('<') {
            let (before, candidate) = rest.split_at(at);
            self.text(before, &mut found);
            rest = match self.names.recognise(candidate) {
                Recognised::Undecided => {
                    candidate.clone_into(&mut self.undecided);
                    return found;
                }
                Recognised::Tag(tag, length) if self.fresh_line || tag == Tag::Close => {
                    self.tag(tag, &mut found);
                    self.fresh_line = true;
                    candidate.get(length..).unwrap_or_default()
                }
                Recognised::Tag(..) | Recognised::Text => {
                    self.text("<", &mut found);
                    candidate.get(1..).unwrap_or_default()
                }
            };
        }
        self.text(rest, &mut found);
        found
    }

    /// Says what the end of the answer means for what is open.
    pub fn finish(&mut self) -> Vec<Piece> {
        let mut found = Vec::new();
        let rest = std::mem::take(&mut self.undecided);
        self.text(&rest, &mut found);
        self.give_up(&mut found);
        found
    }

    /// What was said outside of blocks, up to [`Limits::prose`].
    #[must_use]
    pub fn into_prose(self) -> String {
        self.prose
    }

    fn text(&mut self, text: &str, found: &mut Vec<Piece>) {
        if text.is_empty() {
            return;
        }
        self.fresh_line = match text.rsplit_once('\n') {
            Some((_, line)) => line.trim().is_empty(),
            None => self.fresh_line && text.trim().is_empty(),
        };
        match &mut self.state {
            State::Refused => {}
            State::Prose => {
                let room = self.limits.prose.saturating_sub(self.prose.len());
                self.prose.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
            }
            State::File(file) => {
                file.bytes_in += text.len();
                let reason = if file.bytes_in > self.limits.file {
                    format!("it has more than {} bytes: split it into several files", self.limits.file)
                } else if self.total + file.bytes_in > self.limits.total {
                    format!("the files of this answer have more than {} bytes together", self.limits.total)
                } else {
                    let mut content = String::new();
                    file.body.push(text, &mut content);
                    file.hand_on(content, found);
                    return;
                };
                found.push(Piece::Refused { path: file.path.to_string(), reason });
                self.state = State::Refused;
            }
        }
    }

    fn tag(&mut self, tag: Tag, found: &mut Vec<Piece>) {
        if tag == Tag::Close {
            return self.close(found);
        }
        self.give_up(found);
        self.operations += 1;
        let opens = matches!(tag, Tag::Open { empty: false, .. });
        match self.operation(tag) {
            Ok(pieces) => found.extend(pieces),
            Err(refused) => {
                // One refusal stands for all that come after the last one allowed.
                if self.operations <= self.limits.operations + 1 {
                    found.push(refused);
                }
                if opens {
                    self.state = State::Refused;
                }
            }
        }
    }

    /// What a tag asks for. Opens the file, where it asks for that.
    fn operation(&mut self, tag: Tag) -> Result<Vec<Piece>, Piece> {
        if self.operations > self.limits.operations {
            let reason = format!("the answer asks for more than {} changes", self.limits.operations);
            return Err(Piece::Refused { path: tag.path().unwrap_or_default().to_owned(), reason });
        }
        match tag {
            Tag::Open { path, empty } => {
                let path = checked("path", path)?;
                let opened = Piece::Opened(path.clone());
                if empty {
                    return Ok(vec![opened, Piece::Closed { path, content: String::new() }]);
                }
                let body = Body::new(&path);
                self.state = State::File(OpenFile { path, body, content: String::new(), bytes_in: 0 });
                Ok(vec![opened])
            }
            Tag::Delete { path } => Ok(vec![Piece::Delete(checked("path", path)?)]),
            Tag::Rename { from, to } => {
                Ok(vec![Piece::Rename { from: checked("from", from)?, to: checked("to", to)? }])
            }
            Tag::Close => Ok(Vec::new()),
        }
    }

    fn close(&mut self, found: &mut Vec<Piece>) {
        // An end tag in prose ends nothing: its file was given up when the next one began.
        if let State::File(mut file) = std::mem::replace(&mut self.state, State::Prose) {
            let mut last = String::new();
            file.body.close(&mut last);
            file.hand_on(last, found);
            self.total += file.content.len();
            found.push(Piece::Closed { path: file.path, content: file.content });
        }
    }

    fn give_up(&mut self, found: &mut Vec<Piece>) {
        if let State::File(file) = std::mem::replace(&mut self.state, State::Prose) {
            found.push(Piece::Incomplete(file.path));
        }
    }
}

impl OpenFile {
    fn hand_on(&mut self, content: String, found: &mut Vec<Piece>) {
        if content.is_empty() {
            return;
        }
        self.content.push_str(&content);
        match found.last_mut() {
            Some(Piece::Content(last)) => last.push_str(&content),
            _ => found.push(Piece::Content(content)),
        }
    }
}

fn checked(attribute: &str, value: Option<String>) -> Result<RelativePath, Piece> {
    let Some(path) = value else {
        let reason = format!("the tag has no attribute '{attribute}'");
        return Err(Piece::Refused { path: String::new(), reason });
    };
    RelativePath::parse(&path)
        .map_err(|error| Piece::Refused { reason: format!("the path cannot be used: {error}"), path })
}
