//! Finds the place of each hunk, and has the diff applied there.
//!
//! Line ends are the file's affair and not the diff's: a file whose every line ends in CR LF is handled without the
//! CRs and gets them back, and the same goes for a byte order mark and for a missing line break at the end.

use super::parse::{Hunk, Kind};
use crate::Refusal;

/// Most places that a refusal names.
const PLACES_SHOWN: usize = 5;
/// Most characters of a line that a refusal shows.
const SHOWN_MAX: usize = 120;

/// The content of the file at `path` after `hunks`.
pub(super) fn revise(path: &str, base: &str, hunks: &[Hunk]) -> Result<String, Vec<Refusal>> {
    let style = Style::of(base);
    let plain = style.plain(base);
    let lines: Vec<&str> = plain.lines().collect();
    let mut placed = Vec::new();
    let mut refused = Vec::new();
    let refusal = |hunk: &Hunk, reason| Refusal { path: path.to_owned(), hunk: Some(hunk.number), reason };
    for hunk in hunks {
        match place(&lines, hunk) {
            Ok(start) => placed.push(Placed { start, hunk: hunk.clone() }),
            Err(reason) => refused.push(refusal(hunk, reason)),
        }
    }
    placed.sort_by_key(|placed| placed.start);
    if let Err((hunk, reason)) = untangle(&mut placed) {
        refused.push(refusal(&hunk, reason));
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let revised = apply(&plain, &placed).map_err(|reason| vec![Refusal::file(path, reason)])?;
    Ok(style.restore(revised, hunks))
}

struct Placed {
    /// Lines of the file before it.
    start: usize,
    hunk: Hunk,
}

/// The number of lines before the hunk's place.
fn place(lines: &[&str], hunk: &Hunk) -> Result<usize, String> {
    let (old, new) = (hunk.old_lines(), hunk.new_lines());
    if old == new {
        return Err("it changes nothing: mark what goes with '-' and what comes with '+'".into());
    }
    if old.is_empty() {
        return match lines.is_empty() {
            true => Ok(0),
            false => {
                Err("it shows no line of the file, so its place is unknown: add the lines around it".into())
            }
        };
    }
    let matches = search(lines, &old);
    match matches.starts.as_slice() {
        [start] => Ok(*start),
        [] => Err(mismatch(lines, &old, &new, &matches)),
        several => {
            let named = hunk.start.and_then(|line| line.checked_sub(1));
            let exact = several.iter().copied().find(|start| Some(*start) == named);
            exact.ok_or_else(|| {
                let places: Vec<_> =
                    several.iter().take(PLACES_SHOWN).map(|at| (at + 1).to_string()).collect();
                format!(
                    "its lines occur {} times, at lines {}{}: add lines around it until they occur once",
                    several.len(),
                    places.join(", "),
                    if several.len() > PLACES_SHOWN { " and more" } else { "" },
                )
            })
        }
    }
}

fn mismatch(lines: &[&str], old: &[&str], new: &[&str], matches: &Matches) -> String {
    if !new.is_empty()
        && let [at] = search(lines, new).starts.as_slice()
    {
        return format!(
            "it was applied already: line {} and those after it are as the hunk would leave them",
            at + 1
        );
    }
    let expected = old.get(matches.longest).copied().unwrap_or_default();
    if matches.longest == 0 {
        return format!("its first line is not in the file: {}", shown(expected));
    }
    let at = matches.longest_start + matches.longest;
    match lines.get(at) {
        Some(there) => {
            format!("line {} differs: expected {}, found {}", at + 1, shown(expected), shown(there))
        }
        None => format!("the file ends before line {}: expected {}", at + 1, shown(expected)),
    }
}

fn shown(line: &str) -> String {
    match line.char_indices().nth(SHOWN_MAX) {
        Some((cut, _)) => format!("{:?}...", line.get(..cut).unwrap_or(line)),
        None => format!("{line:?}"),
    }
}

struct Matches {
    /// Where all of the block is, as numbers of lines before it.
    starts: Vec<usize>,
    /// How much of the block's beginning was found at most, and where.
    longest: usize,
    longest_start: usize,
}

/// Finds every place of `block` in one pass (Knuth, Morris and Pratt): a file of equal lines must not take forever.
fn search(lines: &[&str], block: &[&str]) -> Matches {
    let fallback = fallbacks(block);
    let mut matches = Matches { starts: Vec::new(), longest: 0, longest_start: 0 };
    let mut matched = 0;
    for (at, line) in lines.iter().enumerate() {
        while matched > 0 && block.get(matched) != Some(line) {
            matched = fallback.get(matched - 1).copied().unwrap_or(0);
        }
        if block.get(matched) == Some(line) {
            matched += 1;
        }
        if matched > matches.longest {
            matches.longest = matched;
            matches.longest_start = at + 1 - matched;
        }
        if matched == block.len() {
            matches.starts.push(at + 1 - matched);
            matched = fallback.last().copied().unwrap_or(0);
        }
    }
    matches
}

/// For each beginning of `block`: the length of its longest proper end that is also its beginning.
fn fallbacks(block: &[&str]) -> Vec<usize> {
    let mut fallback = vec![0; block.len()];
    let mut matched = 0;
    for (at, line) in block.iter().enumerate().skip(1) {
        while matched > 0 && block.get(matched) != Some(line) {
            matched = fallback.get(matched - 1).copied().unwrap_or(0);
        }
        if block.get(matched) == Some(line) {
            matched += 1;
        }
        if let Some(slot) = fallback.get_mut(at) {
            *slot = matched;
        }
    }
    fallback
}

/// Hunks that stand close together often show the same lines twice. The context that a hunk shares with the one
/// before it is taken from one of the two; where more than context is shared, the later hunk is refused.
fn untangle(placed: &mut [Placed]) -> Result<(), (Hunk, String)> {
    for at in 1..placed.len() {
        let (before, after) = placed.split_at_mut(at);
        let (Some(earlier), Some(later)) = (before.last_mut(), after.first_mut()) else { break };
        let shared = (earlier.start + earlier.hunk.old_lines().len()).saturating_sub(later.start);
        let context = |line: &super::parse::Line| line.kind == Kind::Context;
        let kept = earlier.hunk.lines.len().saturating_sub(shared);
        if earlier.hunk.lines.iter().skip(kept).all(context) {
            earlier.hunk.lines.truncate(kept);
        } else if later.hunk.lines.len() >= shared && later.hunk.lines.iter().take(shared).all(context) {
            later.hunk.lines.drain(..shared);
            later.start += shared;
        } else {
            let reason = format!(
                "it changes lines that hunk {} changes as well: make one hunk of both",
                earlier.hunk.number
            );
            return Err((later.hunk.clone(), reason));
        }
    }
    Ok(())
}

/// Writes the diff down again, with the right numbers, and applies it.
fn apply(plain: &str, placed: &[Placed]) -> Result<String, String> {
    let mut diff = String::from("--- original\n+++ modified\n");
    let mut new_start = 0;
    let mut old_end = 0;
    for Placed { start, hunk } in placed {
        let (old, new) = (hunk.old_lines().len(), hunk.new_lines().len());
        new_start += start - old_end;
        diff.push_str(&format!("@@ -{},{old} +{},{new} @@\n", start + 1, new_start + 1));
        for line in &hunk.lines {
            diff.push(match line.kind {
                Kind::Context => ' ',
                Kind::Removed => '-',
                Kind::Added => '+',
            });
            diff.push_str(&line.text);
            diff.push('\n');
        }
        new_start += new;
        old_end = start + old;
    }
    let refused = |error: &dyn std::fmt::Display| format!("the diff could not be applied: {error}");
    let patch = diffy::Patch::from_str(&diff).map_err(|error| refused(&error))?;
    diffy::apply(plain, &patch).map_err(|error| refused(&error))
}

/// What a file's text has besides its lines.
struct Style {
    byte_order_mark: bool,
    carriage_returns: bool,
    ended: bool,
}

impl Style {
    fn of(text: &str) -> Self {
        let line_breaks = text.matches('\n').count();
        Self {
            byte_order_mark: text.starts_with('\u{feff}'),
            carriage_returns: line_breaks > 0 && text.matches("\r\n").count() == line_breaks,
            ended: text.is_empty() || text.ends_with('\n'),
        }
    }

    /// The text with plain line ends, the last line included.
    fn plain(&self, text: &str) -> String {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut plain = if self.carriage_returns { text.replace("\r\n", "\n") } else { text.to_owned() };
        if !self.ended {
            plain.push('\n');
        }
        plain
    }

    fn restore(&self, mut text: String, hunks: &[Hunk]) -> String {
        let unended = hunks.iter().any(|hunk| hunk.new_unended);
        let said = unended || hunks.iter().any(|hunk| hunk.old_unended);
        if text.ends_with('\n') && (unended || (!said && !self.ended)) {
            text.pop();
        }
        if self.carriage_returns {
            text = text.replace('\n', "\r\n");
        }
        if self.byte_order_mark {
            text.insert(0, '\u{feff}');
        }
        text
    }
}
