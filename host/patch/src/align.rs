//! Finds the place of a hunk whose context does not quite match.
//!
//! Models leave a comment out, forget a line, or write one from memory. So up to two lines of context may be missing,
//! in the hunk or in the file, or be worded differently; what the hunk removes must be there, every line of it. The
//! place must then be the only one that allows this, and what is added must have one place in it: between two lines
//! that the file has lines between, nobody can know on which side of those it belongs.
//!
//! Comparing the hunk with the file at every line would take the product of both. Instead, the rarest lines of the
//! hunk that the file has are the seeds: each says where the hunk would begin, and only there lines are aligned, in a
//! narrow band. Seeds and cells are counted, and a hunk that would take more than is allowed is refused with that
//! reason: a place that is not proven to be the only one is none.

mod table;

use crate::{
    base::Base,
    hunk::{Hunk, HunkLine, Kind},
    keys::{is_blank, key, letters, loose},
    place::{HunkPlace, Map, candidate},
    report::{CANDIDATES_MAX, Candidate, Rejection, RejectionKind, Strategy},
    similar::similarity,
};
use std::collections::HashMap;
use table::Table;

/// Most seeds that are followed up.
const SEEDS_MAX: usize = 4096;
/// Most comparisons of a hunk's line with a file's.
const CELLS_MAX: usize = 2_000_000;
/// Lines by which a hunk may be longer or shorter than its place.
const SLACK: usize = 4;
/// What a line of context that is missing or reworded costs, and a line of comment that the hunk left out.
const DEFECT: u8 = 2;
const LEFT_OUT_COMMENT: u8 = 1;
/// What a place may cost.
const COST_MAX: u8 = 2 * DEFECT;
/// How alike a reworded line must be.
const REWORDED_MIN: f32 = 0.5;
/// How much of the hunk must be there.
const SIMILARITY_MIN: f32 = 0.6;
/// Letters and digits of a line that can be a seed.
const SEED_LETTERS: usize = 3;

/// What aligning works on.
struct Work<'h, 'a> {
    hunk: &'h Hunk<'a>,
    old: Vec<HunkLine<'a>>,
    keys: Vec<u64>,
    loose: Vec<Vec<u8>>,
    file: &'h [u64],
    base: &'h Base<'a>,
}

impl<'h, 'a> Work<'h, 'a> {
    fn new(hunk: &'h Hunk<'a>, base: &'h Base<'a>) -> Self {
        let old: Vec<HunkLine<'a>> = hunk.old().copied().collect();
        let keys = old.iter().map(|line| key(line.text, Strategy::Punctuation)).collect();
        let loose = old.iter().map(|line| loose(line.text)).collect();
        Self { hunk, old, keys, loose, file: base.keys(Strategy::Punctuation), base }
    }
}

/// Every place where the hunk fits but for a line or two of context.
pub(crate) fn find<'a>(hunk: &Hunk<'a>, base: &Base<'a>) -> Result<Vec<HunkPlace>, Rejection> {
    let work = Work::new(hunk, base);
    let Some(diagonals) = work.diagonals() else { return Err(too_much()) };
    let clusters = clusters(&diagonals);
    let cells: usize = clusters.iter().map(|(low, high, _)| work.old.len() * width(*low, *high)).sum();
    if cells > CELLS_MAX {
        return Err(too_much());
    }
    let mut places: Vec<HunkPlace> = Vec::new();
    for (low, high, _) in clusters {
        for place in work.aligned(low, high) {
            if !places.iter().any(|known| known.map == place.map) {
                places.push(place);
            }
        }
    }
    Ok(best_of_overlapping(places))
}

/// The places at line `at`, or a few lines off, where the hunk fits but for a line or two of context.
pub(crate) fn near<'a>(hunk: &Hunk<'a>, base: &Base<'a>, at: usize) -> Vec<HunkPlace> {
    let work = Work::new(hunk, base);
    let Ok(at) = i64::try_from(at) else { return Vec::new() };
    match work.old.len() * width(at, at) <= CELLS_MAX {
        true => work.aligned(at, at),
        false => Vec::new(),
    }
}

/// The places that come nearest, for a report.
pub(crate) fn nearest<'a>(hunk: &Hunk<'a>, base: &Base<'a>) -> Vec<Candidate> {
    let work = Work::new(hunk, base);
    let mut clusters = clusters(&work.diagonals().unwrap_or_default());
    clusters.sort_by_key(|(_, _, votes)| std::cmp::Reverse(*votes));
    clusters.truncate(CANDIDATES_MAX * 4);
    let mut found: Vec<Candidate> = Vec::new();
    for (low, high, _) in clusters {
        let scored = (low..=high).map(|at| (at, work.score(at)));
        let Some((at, score)) = scored.max_by(|one, other| one.1.total_cmp(&other.1)) else { continue };
        found.push(candidate(base, usize::try_from(at).unwrap_or(0), work.old.len(), score));
    }
    found.sort_by(|one, other| other.similarity.total_cmp(&one.similarity).then(one.line.cmp(&other.line)));
    found.truncate(CANDIDATES_MAX);
    found
}

fn too_much() -> Rejection {
    let reason = "its lines are not in the file as it shows them, and so many places are like them that they were not all \
                  compared: copy the lines from the file as it is now, with more of what is special about the place";
    Rejection::new(RejectionKind::TooMuchWork, reason)
}

fn width(low: i64, high: i64) -> usize {
    usize::try_from(high - low).unwrap_or(0) + 2 * SLACK + 1
}

/// Of places that overlap, the one that costs least; both where neither does.
fn best_of_overlapping(places: Vec<HunkPlace>) -> Vec<HunkPlace> {
    let better = |one: &HunkPlace, other: &HunkPlace| one.cost < other.cost;
    let kept = |place: &&HunkPlace| !places.iter().any(|other| other.overlaps(place) && better(other, place));
    places.iter().filter(kept).cloned().collect()
}

/// Neighbouring diagonals with how many seeds are on them: lowest, highest, seeds.
fn clusters(diagonals: &[i64]) -> Vec<(i64, i64, usize)> {
    let mut found: Vec<(i64, i64, usize)> = Vec::new();
    for at in diagonals {
        match found.last_mut() {
            Some((low, high, votes)) if *at - *low <= 2 && *at >= *high => {
                (*high, *votes) = (*at, *votes + 1)
            }
            _ => found.push((*at, *at, 1)),
        }
    }
    found
}

impl Work<'_, '_> {
    /// Where the hunk would begin by each of its seeds, in order; none where there would be too many.
    fn diagonals(&self) -> Option<Vec<i64>> {
        let mut wanted: HashMap<u64, (Vec<usize>, Vec<usize>)> = HashMap::new();
        let tells = |line: &HunkLine<'_>| letters(line.text) >= SEED_LETTERS;
        let least = if self.old.iter().any(tells) { SEED_LETTERS } else { 1 };
        for (at, (line, key)) in self.old.iter().zip(&self.keys).enumerate() {
            if letters(line.text) >= least {
                wanted.entry(*key).or_default().0.push(at);
            }
        }
        let index = self.base.index(Strategy::Punctuation);
        let mut is_indexed = true;
        for (key, (_, file)) in &mut wanted {
            match index.lines(*key, SEEDS_MAX + 1) {
                Some(lines) => file.extend(lines),
                None => is_indexed = false,
            }
        }
        for (at, key) in self.file.iter().enumerate().take(if is_indexed { 0 } else { usize::MAX }) {
            if let Some((_, file)) = wanted.get_mut(key) {
                file.push(at);
            }
        }
        let mut seeds: Vec<(Vec<usize>, Vec<usize>)> =
            wanted.into_values().filter(|seed| !seed.1.is_empty()).collect();
        seeds.sort_by_key(|(old, file)| (old.len().saturating_mul(file.len()), old.first().copied()));
        let mut diagonals = Vec::new();
        for (old, file) in &seeds {
            if diagonals.len() + old.len().saturating_mul(file.len()) > SEEDS_MAX {
                if diagonals.is_empty() && least == SEED_LETTERS {
                    return None;
                }
                break;
            }
            for (old, file) in old.iter().flat_map(|old| file.iter().map(move |file| (old, file))) {
                diagonals.push(i64::try_from(*file).ok()? - i64::try_from(*old).ok()?);
            }
        }
        diagonals.sort_unstable();
        Some(diagonals)
    }

    /// How much of the hunk is at `at`, line by line.
    fn score(&self, at: i64) -> f32 {
        let one = |(old, key): (usize, &u64)| -> f32 {
            let file = i64::try_from(old).ok().and_then(|old| usize::try_from(at + old).ok());
            let Some(file) = file.filter(|file| *file < self.file.len()) else { return 0.0 };
            if self.file.get(file) == Some(key) {
                return 1.0;
            }
            similarity(self.loose.get(old).map_or(b"", Vec::as_slice), &loose(self.base.line_text(file)))
        };
        // A report does not need all of a long hunk.
        let lines = self.keys.len().clamp(1, 200);
        let sum: f32 = self.keys.iter().enumerate().take(lines).map(one).sum();
        sum / f32::from(u16::try_from(lines).unwrap_or(1))
    }

    /// Aligns the hunk with the file, beginning at one of the lines from `low` to `high` or a little off.
    fn aligned(&self, low: i64, high: i64) -> Vec<HunkPlace> {
        let slack = i64::try_from(SLACK).unwrap_or(0);
        let table = Table::fill(self, low - slack, width(low, high));
        let mut found = Vec::new();
        for (end, cost) in table.ends() {
            if cost <= COST_MAX
                && let Some(place) = self.accepted(&table.trace(end), cost)
            {
                found.push(place);
            }
        }
        best_of_overlapping(found)
    }

    /// The place that an alignment is, if enough is there.
    fn accepted(&self, map: &[Option<usize>], cost: u8) -> Option<HunkPlace> {
        let (mut sum, mut lines, mut told, mut reworded) = (0.0, 0_u16, 0_usize, false);
        for (old, file) in map.iter().enumerate() {
            let line = self.old.get(old)?;
            if is_blank(line.text) {
                continue;
            }
            lines = lines.saturating_add(1);
            let Some(file) = file else { continue };
            if self.file.get(*file) == self.keys.get(old) {
                sum += 1.0;
                told += letters(line.text);
            } else {
                sum += similarity(self.loose.get(old)?, &loose(self.base.line_text(*file)));
                reworded = true;
            }
        }
        let share = sum / f32::from(lines.max(1));
        let start = map.iter().flatten().next().copied()?;
        let end = map.iter().flatten().last().copied()? + 1;
        let is_told = told >= 2 * SEED_LETTERS || told > 0 && self.differs_in_blanks(map, start, end);
        if share < SIMILARITY_MIN || !is_told || !self.is_within(map, start, end) {
            return None;
        }
        let clear = is_clear(self.hunk, map) && !self.has_strays(map, start, end);
        let strategy = if reworded { Strategy::Similarity } else { Strategy::Context };
        Some(HunkPlace { map: Map::Each(map.to_vec()), start, end, strategy, similarity: share, cost, clear })
    }

    /// Whether hunk and file have the same lines there but for blank ones: then few letters tell enough.
    fn differs_in_blanks(&self, map: &[Option<usize>], start: usize, end: usize) -> bool {
        let hunk =
            self.old.iter().zip(&self.keys).filter(|(line, _)| !is_blank(line.text)).map(|(_, key)| key);
        let lines = start..end;
        let file = lines.filter(|at| !is_blank(self.base.line_text(*at))).filter_map(|at| self.file.get(at));
        let is_left_out = |line: &HunkLine<'_>, file: &Option<usize>| file.is_none() && !is_blank(line.text);
        hunk.eq(file) && !self.old.iter().zip(map).any(|(line, file)| is_left_out(line, file))
    }

    /// Whether a line that was taken to be missing is close by: then there are lines between that the hunk left out.
    fn has_strays(&self, map: &[Option<usize>], start: usize, end: usize) -> bool {
        let around = self.file.get(start.saturating_sub(2 * SLACK)..self.file.len().min(end + 2 * SLACK));
        map.iter().zip(&self.keys).zip(&self.old).any(|((file, key), line)| {
            file.is_none() && !is_blank(line.text) && around.is_some_and(|around| around.contains(key))
        })
    }

    /// Whether the file has lines where those of the hunk's beginning and end would be: a file that ends too soon is
    /// not the one that the hunk is about.
    fn is_within(&self, map: &[Option<usize>], start: usize, end: usize) -> bool {
        let before = map.iter().take_while(|file| file.is_none()).count();
        let after = map.iter().rev().take_while(|file| file.is_none()).count();
        (before == 0 || start > 0) && (after == 0 || end < self.base.len())
    }
}

/// Whether each added line has its place: between two lines that are neighbours in the file too, or beside one if that
/// is the hunk's own neighbour; and whether what is removed together is together there.
fn is_clear(hunk: &Hunk<'_>, map: &[Option<usize>]) -> bool {
    let mut map = map.iter();
    let (mut before, mut kind_before): (Option<usize>, Kind) = (None, Kind::Context);
    // Whether lines were added since `before`, and whether a line that the file lacks stands between.
    let (mut added, mut lacking, mut added_after_lacking) = (false, false, false);
    for line in &hunk.lines {
        if line.kind == Kind::Added {
            added = true;
            added_after_lacking |= lacking;
            continue;
        }
        let Some(file) = map.next().copied().flatten() else {
            // Added lines before it hang on what comes before them.
            if added && before.is_none() {
                return false;
            }
            lacking = true;
            continue;
        };
        if let Some(before) = before
            && before + 1 != file
            && (added || (kind_before == Kind::Removed && line.kind == Kind::Removed))
        {
            return false;
        }
        (before, kind_before) = (Some(file), line.kind);
        (added, lacking, added_after_lacking) = (false, false, false);
    }
    !added_after_lacking
}
