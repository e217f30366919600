//! Makes the new file from the old one and the changes of all hunks.
//!
//! A hunk becomes splices: so many of the file's lines go, these come. Context never is part of one, so the file's own
//! lines stay as they are even where the hunk has them differently.

use crate::{
    base::Base,
    text::{BYTE_ORDER_MARK, End},
};
use std::{borrow::Cow, ops::Range};

/// A line that a hunk adds, as it will be in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewLine<'t> {
    pub(crate) text: Cow<'t, [u8]>,
    pub(crate) end: End,
    /// Whether the patch itself has a carriage return here.
    pub(crate) carriage_return: bool,
}

/// A change of a file between two of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice<'t> {
    /// Lines of the file before it.
    pub(crate) at: usize,
    /// How many lines go.
    pub(crate) removes: usize,
    /// The lines that come.
    pub(crate) adds: Vec<NewLine<'t>>,
    /// The hunk that it is from, counted from 0.
    pub(crate) hunk: usize,
}

/// The hunk whose change gets in the way of another's, and that other: they remove the same line, or add at the same
/// place.
pub(crate) fn first_overlap(splices: &mut [Splice<'_>]) -> Option<(usize, usize)> {
    splices.sort_by_key(|splice| (splice.at, splice.removes > 0, splice.hunk));
    for pair in splices.windows(2) {
        let [one, other] = pair else { continue };
        let same_place = one.removes == 0 && other.removes == 0 && one.at == other.at;
        if other.at < one.at + one.removes || same_place {
            return Some((one.hunk.min(other.hunk), one.hunk.max(other.hunk)));
        }
    }
    None
}

/// The lines of `ranges`, which are in order and apart, before and after `splices`.
pub(crate) fn around(base: &Base<'_>, splices: &[Splice<'_>], ranges: &[Range<usize>]) -> (Vec<u8>, Vec<u8>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let push = |text: &mut Vec<u8>, line: &[u8]| {
        text.extend_from_slice(line);
        text.push(b'\n');
    };
    let mut splices = splices.iter().peekable();
    for range in ranges {
        range.clone().for_each(|at| push(&mut old, base.line_text(at)));
        let mut at = range.start;
        while let Some(splice) = splices.next_if(|splice| splice.at <= range.end) {
            (at..splice.at).for_each(|at| push(&mut new, base.line_text(at)));
            splice.adds.iter().for_each(|line| push(&mut new, &line.text));
            at = splice.at + splice.removes;
        }
        (at..range.end).for_each(|at| push(&mut new, base.line_text(at)));
    }
    (old, new)
}

/// What the hunks say about the end of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastEnd {
    AsBefore,
    Ended,
    Unended,
}

/// The new file. `splices` are in order and do not overlap.
pub(crate) fn weave(base: &Base<'_>, splices: &[Splice<'_>], last: LastEnd, keeps_mark: bool) -> Vec<u8> {
    let added = splices.iter().flat_map(|splice| &splice.adds).map(|line| line.text.len() + 2).sum::<usize>();
    let mut bytes = Vec::with_capacity(base.size + added);
    if base.text.byte_order_mark && keeps_mark {
        bytes.extend_from_slice(BYTE_ORDER_MARK);
    }
    let mut pending = End::None;
    let mut carriage_return = false;
    let mut push = |text: &[u8], end: End, sent: bool| {
        carriage_return = sent;
        bytes.extend_from_slice(pending.bytes());
        bytes.extend_from_slice(text);
        // A last line that is not the last any more.
        pending = if end == End::None { base.text.usual_end } else { end };
    };
    let mut at = 0;
    for splice in splices {
        for line in base.text.lines.get(at..splice.at).unwrap_or_default() {
            push(line.text, line.end, false);
        }
        for line in &splice.adds {
            push(&line.text, line.end, line.carriage_return);
        }
        at = splice.at + splice.removes;
    }
    for line in base.text.lines.get(at..).unwrap_or_default() {
        push(line.text, line.end, false);
    }
    let unended = match last {
        LastEnd::AsBefore => base.text.is_unended(),
        LastEnd::Ended => false,
        LastEnd::Unended => true,
    };
    match unended {
        // The carriage return of a line without a line feed is part of its text.
        true if carriage_return => bytes.push(b'\r'),
        true => {}
        false => bytes.extend_from_slice(pending.bytes()),
    }
    bytes
}
