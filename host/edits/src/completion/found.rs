//! What the parser found in one chunk, kept until it can be acted on.
//!
//! The parser calls back while it reads and lends what it found; announcing it and writing it waits for others. So what
//! a chunk came to is copied into a list first. That is the one copy that a file's content takes anyway, on its way
//! into the file that is being put together.

use orchestrator_artifact::{Cause, Piece};
use orchestrator_core::RelativePath;

/// A [`Piece`] that owns what it says.
#[derive(Debug)]
pub(super) enum Found {
    Opened { path: RelativePath, inferred: bool, again: bool },
    Content(String),
    Closed,
    Incomplete { path: RelativePath, cause: Cause },
    Delete(RelativePath),
    Rename { from: RelativePath, to: RelativePath },
    Refused { path: String, reason: String },
    Shown(String),
}

/// Adds a piece to what was found. Prose goes to `prose`, as far as there is room.
pub(super) fn gather(piece: Piece<'_>, found: &mut Vec<Found>, prose: &mut Prose) {
    let next = match piece {
        Piece::Prose(text) => return prose.add(text),
        Piece::Content(text) => {
            if let Some(Found::Content(last)) = found.last_mut() {
                return last.push_str(text);
            }
            Found::Content(text.to_owned())
        }
        Piece::Opened { path, inferred, again } => Found::Opened { path: path.clone(), inferred, again },
        Piece::Closed(_) => Found::Closed,
        Piece::Incomplete { path, cause } => Found::Incomplete { path: path.clone(), cause },
        Piece::Delete(path) => Found::Delete(path.clone()),
        Piece::Rename { from, to } => Found::Rename { from: from.clone(), to: to.clone() },
        Piece::Refused { path, reason } => {
            Found::Refused { path: path.to_owned(), reason: reason.to_string() }
        }
        Piece::Shown { language, is_typed, about, below } => {
            let what = match (is_typed, language) {
                (true, _) => "commands to be typed".to_owned(),
                (false, "") => "text".to_owned(),
                (false, language) => format!("text in `{language}`"),
            };
            let about = about.map(|path| format!(", about {path}")).unwrap_or_default();
            let below = if below.is_empty() { String::new() } else { format!(", below {below:?}") };
            Found::Shown(format!("{what}{about}{below}"))
        }
    };
    found.push(next);
}

/// What the model said outside of files, up to [`PROSE_MAX`].
#[derive(Debug, Default)]
pub(super) struct Prose(pub(super) String);

/// Bytes of prose that are kept: what people and later steps read of it is far shorter.
const PROSE_MAX: usize = 256 * 1024;

impl Prose {
    fn add(&mut self, text: &str) {
        let room = PROSE_MAX.saturating_sub(self.0.len());
        self.0.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }
}
