//! Answers as models write them, whole and in the worst pieces, through the public door.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

mod blocks;
mod cases;
mod paths;
mod properties;
mod tags;

use orchestrator_artifact::{AnswerLimits, ArtifactParser, Ending, Piece};
use std::{fmt::Write, mem};

/// The mark of the tags in these tests.
pub(crate) const NONCE: &str = "k3x9";

/// What an answer comes to, whatever pieces it came in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    /// What was found, in order; the content of a file that is not whole is left out of it.
    pub(crate) done: Vec<String>,
    /// The code blocks that are no files.
    pub(crate) shown: Vec<String>,
    /// What stands outside of files.
    pub(crate) prose: String,
    /// Bytes of content, also of files that came to nothing.
    pub(crate) bytes_out: usize,
    open: String,
}

impl Folded {
    fn take(&mut self, piece: Piece<'_>) {
        let mut line = String::new();
        match piece {
            Piece::Prose(text) => return self.prose.push_str(text),
            Piece::Content(text) => {
                self.bytes_out += text.len();
                return self.open.push_str(text);
            }
            Piece::Opened { path, inferred, again } => {
                self.open.clear();
                let inferred = if inferred { " (inferred)" } else { "" };
                let again = if again { " again" } else { "" };
                write!(line, "open {path}{again}{inferred}")
            }
            Piece::Closed(path) => write!(line, "{path} = {}", mem::take(&mut self.open)),
            Piece::Incomplete { path, cause } => write!(line, "incomplete {path}: {cause}"),
            Piece::Delete(path) => write!(line, "delete {path}"),
            Piece::Rename { from, to } => write!(line, "rename {from} to {to}"),
            Piece::Refused { path, reason } => write!(line, "refused {path}: {reason}"),
            Piece::Shown { language, is_typed, about, below } => {
                let about = about.map(|path| format!(" about {path}")).unwrap_or_default();
                let kind = if is_typed { "typed" } else { "shown" };
                self.shown.push(format!("{kind} {language}{about} below {below:?}"));
                return;
            }
        }
        .expect("a string takes anything");
        self.done.push(line);
    }
}

/// Reads an answer in these chunks.
pub(crate) fn fold(
    mut parser: ArtifactParser,
    chunks: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ending: Ending,
) -> Folded {
    let mut folded = Folded::default();
    for chunk in chunks {
        parser.push(chunk.as_ref(), |piece| folded.take(piece));
    }
    parser.finish(ending, |piece| folded.take(piece));
    folded.open.clear();
    folded
}

/// A parser with the usual limits.
pub(crate) fn parser() -> ArtifactParser {
    ArtifactParser::with_limits(NONCE, AnswerLimits::default())
}

/// Reads an answer at once, and makes sure that byte by byte it comes to the same.
#[track_caller]
pub(crate) fn parse(text: &str) -> Folded {
    let whole = fold(parser(), [text], Ending::Whole);
    assert_eq!(fold(parser(), text.as_bytes().chunks(1), Ending::Whole), whole, "{text:?} byte by byte");
    whole
}

/// What an answer comes to has to be this.
#[track_caller]
pub(crate) fn expect(text: &str, done: &[&str], prose: &str) {
    let folded = parse(text);
    assert_eq!(folded.done, done);
    assert_eq!(folded.prose, prose);
}

/// What is refused in `text`, path and reason.
#[track_caller]
pub(crate) fn refused(text: &str) -> Vec<String> {
    let done = parse(text).done;
    assert!(!done.iter().any(|done| done.contains(" = ")), "{done:?}");
    done.iter().filter_map(|done| done.strip_prefix("refused ")).map(ToOwned::to_owned).collect()
}
