//! The file that is open: its content as text, counted against the limits.
//!
//! A file with bytes that are no text, or with more of them than there is room for, is refused as a whole. What was
//! handed on until then is void, and how much that was does not depend on the chunks.

use crate::{
    piece::{AnswerLimits, Piece, Refused},
    text::{Gate, Stretch},
};
use orchestrator_core::RelativePath;

#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) path: RelativePath,
    /// Bytes of it that were handed on.
    pub(crate) bytes: u64,
    pub(crate) gate: Gate,
}

/// What a file may still take.
pub(crate) struct Budget {
    pub(crate) limits: AnswerLimits,
    /// Bytes of the files before.
    pub(crate) total: u64,
}

impl OpenFile {
    pub(crate) fn new(path: RelativePath) -> Self {
        Self { path, bytes: 0, gate: Gate::default() }
    }

    /// Takes content, unless some before could not be taken.
    pub(crate) fn take_after(
        &mut self,
        taken: &mut Result<(), Refused>,
        content: &[u8],
        budget: &Budget,
        each: &mut impl FnMut(Piece<'_>),
    ) {
        let Self { bytes, gate, .. } = self;
        gate.push(content, &mut |stretch| {
            if taken.is_ok() {
                *taken = match stretch {
                    Stretch::Text(text) => admit(text, bytes, budget, each),
                    Stretch::Invalid => Err(Refused::NotText),
                };
            }
        });
    }
}

/// Hands on what there is room for, so that the pieces of a file that is too long do not depend on the chunks.
fn admit(
    text: &str,
    bytes: &mut u64,
    budget: &Budget,
    each: &mut impl FnMut(Piece<'_>),
) -> Result<(), Refused> {
    let Budget { limits, total } = budget;
    let of_file = limits.file.saturating_sub(*bytes);
    let of_all = limits.total.saturating_sub(total.saturating_add(*bytes));
    let room = usize::try_from(of_file.min(of_all)).unwrap_or(usize::MAX);
    let fits = text.get(..text.floor_char_boundary(room)).unwrap_or_default();
    *bytes += fits.len() as u64;
    if !fits.is_empty() {
        each(Piece::Content(fits));
    }
    match fits.len() == text.len() {
        true => Ok(()),
        false if of_file <= of_all => Err(Refused::FileTooLong(limits.file)),
        false => Err(Refused::TooMuch(limits.total)),
    }
}
