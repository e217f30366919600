//! A place in a file at which a hunk fits.

use crate::{
    base::{Base, shown},
    report::{Candidate, Strategy},
};

/// Where the lines of a hunk are in a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HunkPlace {
    pub(crate) map: Map,
    /// The first of the file's lines, and the one after the last.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) strategy: Strategy,
    pub(crate) similarity: f32,
    /// What differs, weighed; 0 where nothing does.
    pub(crate) cost: u8,
    /// Whether what the hunk adds has one place among these lines.
    pub(crate) clear: bool,
}

/// For each old line of a hunk the file's line; none where the file lacks it. A block is told by where it begins, as a
/// short one may be in every line of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Map {
    Block { start: usize, lines: usize },
    Each(Vec<Option<usize>>),
}

impl Map {
    pub(crate) fn lines(&self) -> impl Iterator<Item = Option<usize>> {
        let (block, each) = match self {
            Self::Block { start, lines } => (*start..*start + *lines, &[][..]),
            Self::Each(each) => (0..0, each.as_slice()),
        };
        block.map(Some).chain(each.iter().copied())
    }
}

impl HunkPlace {
    /// The lines from `start` on, all of them as the hunk has them under `strategy`.
    pub(crate) fn block(start: usize, lines: usize, strategy: Strategy) -> Self {
        let map = Map::Block { start, lines };
        Self { map, start, end: start + lines, strategy, similarity: 1.0, cost: 0, clear: true }
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The file's lines at a place, for a report.
pub(crate) fn candidate(base: &Base<'_>, start: usize, lines: usize, similarity: f32) -> Candidate {
    let lines = base.text.lines.iter().skip(start).take(lines.min(crate::CANDIDATE_LINES_MAX));
    let text: Vec<String> = lines.map(|line| shown(line.text)).collect();
    Candidate { line: u32::try_from(start + 1).unwrap_or(u32::MAX), similarity, text: text.join("\n") }
}
