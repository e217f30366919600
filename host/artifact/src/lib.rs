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
//! The mark in the tag's name (`k3x9`, the nonce) is new for each run, so no file that is older than the run can
//! contain one, and code about tags survives verbatim.
//!
//! [`ArtifactParser::push`] takes bytes, cut wherever the network cut them, and calls back with [`Piece`]s that borrow
//! from them. The parser keeps no content: whoever wants a file whole puts its pieces together, and whoever only
//! shows it need not. What it holds is bounded: the beginning of what may be a tag, of what may be stripped around a
//! file, and of a character. That costs the caller a callback in place of a list, and buys a memory that does not
//! grow with the answer and no copy of what passes through.
//!
//! Give it the text of the model's answer and nothing else. What the model thinks, what the user wrote and what a tool
//! printed may contain tags too, and must not write files.

mod behind;
mod block;
mod body;
mod command;
mod diff;
mod fenced;
mod format;
mod guess;
mod language;
mod mark;
mod open;
mod parser;
mod piece;
mod scan;
mod tag;
mod tail;
mod text;
mod watch;
mod wrapper;

pub use format::artifact_format;
pub use parser::ArtifactParser;
pub use piece::{AnswerLimits, Cause, Ending, Piece, Refused};
