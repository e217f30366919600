//! Writes what a hunk adds as the file is written: its line ends, its indentation, its quotes, as far as the lines that both
//! have show how.

use crate::{
    base::{Base, shown},
    hunk::{Hunk, HunkLine, Kind},
    indent::{Indents, indents},
    keys::{indent, is_blank, plain, typographic},
    place::HunkPlace,
    quotes,
    report::{Rejection, RejectionKind, Strategy},
    text::End,
    typographic::{Forms, prettified},
    weave::{NewLine, Splice},
};
use std::{borrow::Cow, collections::BTreeSet};

/// A line of a hunk and what the file has for it.
type Pair<'p, 't> = (&'p HunkLine<'t>, &'p [u8]);

/// How the file is written where all hunks of a patch are: evidence for those that show too little themselves.
#[derive(Debug, Default)]
pub(crate) struct Habits {
    indents: Option<Indents>,
    prettified: BTreeSet<char>,
}

impl Habits {
    pub(crate) fn learn<'h, 't: 'h>(
        hunks: impl Iterator<Item = (&'h Hunk<'t>, &'h HunkPlace)>,
        base: &'h Base<'_>,
    ) -> Self {
        let mut habits = Self::default();
        let mut all = Vec::new();
        for (hunk, place) in hunks.filter(|(_, place)| place.strategy >= Strategy::Indentation) {
            let pairs = pairs(hunk, place, base);
            if place.strategy >= Strategy::Punctuation {
                habits.prettified.extend(prettified(&pairs));
            }
            all.extend(pairs);
        }
        habits.indents = indents(&all).ok().filter(|indents| !indents.keep());
        habits
    }
}

/// The lines that hunk and file both have, blank ones aside.
fn pairs<'p, 't>(hunk: &'p Hunk<'t>, place: &HunkPlace, base: &'p Base<'_>) -> Vec<Pair<'p, 't>> {
    hunk.old()
        .zip(place.map.lines())
        .filter_map(|(line, file)| Some((line, base.line_text(file?))))
        .filter(|(line, file)| !is_blank(line.text) && !is_blank(file))
        .collect()
}

/// What a hunk at its place does to the file. `transported` says that the whole patch came with CR LF.
pub(crate) fn splices<'t>(
    hunk: &Hunk<'t>,
    number: usize,
    place: &HunkPlace,
    base: &Base<'_>,
    habits: &Habits,
    transported: bool,
) -> Result<Vec<Splice<'t>>, Rejection> {
    let writer = Writer::new(hunk, place, base, habits, transported)?;
    let mut texts = writer.texts(hunk)?.into_iter();
    let mut found: Vec<Splice<'t>> = Vec::new();
    let mut map = place.map.lines();
    let mut at = place.start;
    for line in &hunk.lines {
        let mapped = if line.kind == Kind::Added { None } else { map.next().flatten() };
        match (line.kind, mapped) {
            (Kind::Added, _) => {
                let text = texts.next().unwrap_or(Cow::Borrowed(line.text));
                let line = writer.written(line, text, at)?;
                open(&mut found, at, number).adds.push(line);
            }
            (Kind::Removed, Some(file)) => {
                open(&mut found, file, number).removes += 1;
                at = file + 1;
            }
            (_, Some(file)) => at = file + 1,
            (_, None) => {}
        }
    }
    writer.check_endings(hunk)?;
    Ok(found)
}

/// The splice that goes on at line `at`, or a new one.
fn open<'s, 't>(found: &'s mut Vec<Splice<'t>>, at: usize, hunk: usize) -> &'s mut Splice<'t> {
    let goes_on = found.last().is_some_and(|last| last.at + last.removes == at);
    let index = if goes_on { found.len() - 1 } else { found.len() };
    if !goes_on {
        found.push(Splice { at, removes: 0, adds: Vec::new(), hunk });
    }
    &mut found[index]
}

/// How added lines are written.
struct Writer<'w, 'a> {
    place: &'w HunkPlace,
    base: &'w Base<'a>,
    indents: Option<Indents>,
    /// Typographic characters that the hunk has where the file has plain ones.
    prettified: BTreeSet<char>,
    /// Whether line ends are as the hunk has them.
    as_sent: bool,
}

impl<'w, 'a> Writer<'w, 'a> {
    fn new(
        hunk: &Hunk<'_>,
        place: &'w HunkPlace,
        base: &'w Base<'a>,
        habits: &Habits,
        transported: bool,
    ) -> Result<Self, Rejection> {
        let pairs = pairs(hunk, place, base);
        let terminated =
            place.map.lines().flatten().any(|at| base.line(at).is_some_and(|line| line.end != End::None));
        // A file without a single line end has no say in how lines end.
        let silent = base.text.lines.iter().all(|line| line.end == End::None);
        let as_sent = place.strategy == Strategy::Exact && if silent { !transported } else { terminated };
        let shows_indents = pairs.iter().any(|(line, _)| !indent(&plain(line.text)).is_empty());
        let indents = match (&habits.indents, shows_indents) {
            (Some(shared), false) => Some(shared.clone()),
            _ if place.strategy >= Strategy::Indentation => Some(indents(&pairs)?),
            _ => None,
        };
        Ok(Self { place, base, indents, prettified: habits.prettified.clone(), as_sent })
    }

    /// The texts of the lines that a hunk adds, with the file's quotes, dashes and blanks.
    fn texts<'t>(&self, hunk: &Hunk<'t>) -> Result<Vec<Cow<'t, [u8]>>, Rejection> {
        let added = hunk.lines.iter().filter(|line| line.kind == Kind::Added);
        let mut texts = Vec::new();
        for line in added {
            texts.push(match self.prettified.is_empty() {
                true => Cow::Borrowed(line.text),
                false => Cow::Owned(self.plainly(line.text)?),
            });
        }
        if self.place.strategy >= Strategy::Punctuation {
            let file = self.place.map.lines().map(|at| Some(self.base.line_text(at?)));
            Forms::learn(hunk.old().zip(file)).restore(hunk, &mut texts)?;
        }
        Ok(texts)
    }

    /// An added line, with this text, as it will stand after `at` lines of the file.
    fn written<'t>(
        &self,
        line: &HunkLine<'t>,
        mut text: Cow<'t, [u8]>,
        at: usize,
    ) -> Result<NewLine<'t>, Rejection> {
        let end = match (self.as_sent, line.carriage_return) {
            (true, true) => End::CrLf,
            (true, false) => End::Lf,
            (false, _) => self.end_at(at),
        };
        if let Some(indents) = self.indents.as_ref().filter(|indents| !indents.keep() && !is_blank(&text)) {
            let old = indent(&text);
            let new = indents.of(old).ok_or_else(|| uncertain_indent(line.text))?;
            let rest = text.get(old.len()..).unwrap_or_default();
            text = Cow::Owned([new.as_slice(), rest].concat());
        }
        Ok(NewLine { text, end, carriage_return: self.as_sent && line.carriage_return })
    }

    /// The line end that the lines around have.
    fn end_at(&self, at: usize) -> End {
        let before = at.checked_sub(1).filter(|before| *before >= self.place.start);
        let near = [before, Some(at).filter(|at| *at < self.place.end)];
        let ends = near.into_iter().flatten().filter_map(|at| self.base.line(at)).map(|line| line.end);
        ends.into_iter().find(|end| *end != End::None).unwrap_or(self.base.text.usual_end)
    }

    /// The line with those typographic characters replaced that the hunk is known to have put in.
    fn plainly(&self, line: &[u8]) -> Result<Vec<u8>, Rejection> {
        let Ok(text) = std::str::from_utf8(line) else { return Ok(line.to_vec()) };
        if let Some(quote) = quotes::doubled(text) {
            let reason = format!(
                "it has typographic quotes where the file has plain ones, and written plainly the {quote:?} in {:?} would end a \
                 text that goes on: write plain quotes, with a backslash where one is within a text",
                shown(line)
            );
            return Err(Rejection::new(RejectionKind::Unclear, reason));
        }
        let mut found = String::with_capacity(text.len());
        for character in text.chars() {
            match typographic(character) {
                Some(plain) if self.prettified.contains(&character) => found.push_str(plain),
                Some(_) => {
                    let reason = format!(
                        "it has typographic characters where the file has plain ones, and whether {character:?} in an \
                         added line is meant cannot be told: write plain quotes, dashes and blanks"
                    );
                    return Err(Rejection::new(RejectionKind::Unclear, reason));
                }
                None => found.push(character),
            }
        }
        Ok(found.into_bytes())
    }

    /// A removed line that lacks the `;` or `,` of the file: whether its replacement has it then decides whether that
    /// was meant.
    fn check_endings(&self, hunk: &Hunk<'_>) -> Result<(), Rejection> {
        if self.place.strategy < Strategy::Punctuation {
            return Ok(());
        }
        let mut old = self.place.map.lines();
        // Lines that change together: those without their ending, and whether any that come have it.
        let (mut lost, mut comes, mut kept): (Option<(u8, &[u8])>, bool, bool) = (None, false, false);
        for line in &hunk.lines {
            let file = if line.kind == Kind::Added { None } else { old.next().flatten() };
            match (line.kind, file) {
                (Kind::Added, _) => {
                    comes = true;
                    kept |=
                        lost.is_some_and(|(ending, _)| line.text.trim_ascii_end().last() == Some(&ending));
                }
                (Kind::Removed, Some(file)) => {
                    let missing = missing_ending(line.text, self.base.line_text(file));
                    lost = missing.map(|ending| (ending, line.text)).or(lost);
                }
                _ => {
                    lost.filter(|_| comes && !kept).map_or(Ok(()), |(_, line)| Err(lost_ending(line)))?;
                    (lost, comes, kept) = (None, false, false);
                }
            }
        }
        lost.filter(|_| comes && !kept).map_or(Ok(()), |(_, line)| Err(lost_ending(line)))
    }
}

/// The `;` or `,` that ends the file's line and not the hunk's.
fn missing_ending(hunk: &[u8], file: &[u8]) -> Option<u8> {
    let ending = *file.trim_ascii_end().last().filter(|last| matches!(last, b';' | b','))?;
    (plain(hunk).trim_ascii_end().last() != Some(&ending)).then_some(ending)
}

fn lost_ending(line: &[u8]) -> Rejection {
    let reason = format!(
        "the file's line ends in a ';' or ',' that {:?} lacks, and so does what replaces it: whether it shall go cannot be \
         told; write both lines in full",
        shown(line)
    );
    Rejection::new(RejectionKind::Unclear, reason)
}

fn uncertain_indent(line: &[u8]) -> Rejection {
    let reason = format!(
        "its lines are indented differently from the file's, and how {:?} has to be indented does not follow from them: \
         copy the lines with the file's indentation",
        shown(line)
    );
    Rejection::new(RejectionKind::Unclear, reason)
}
