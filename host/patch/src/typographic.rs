//! Typographic characters of a file that an answer has in plain form: `It's` for `It’s`.
//!
//! Models write straight quotes and plain dashes for those that they were shown. The lines that hunk and file both have
//! show it, character by character. So where an added line has what a removed one had, it gets the file's form; where it
//! has more of the same, it gets the form that stands between the same kinds of neighbours (a quote before a word and
//! after a blank opens). Where that is several, or none, nobody can know, and the hunk is refused.

use crate::{
    base::shown,
    hunk::{Hunk, HunkLine, Kind},
    keys::typographic,
    report::{Rejection, RejectionKind},
};
use imara_diff::{Algorithm, Diff, InternedInput};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// Longest change, in characters, whose halves are compared character by character.
const COMPARED_MAX: usize = 50_000;

/// What a character stands beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Edge,
    Word,
    Sign,
}

/// A plain character and its neighbours.
type Situation = (char, Side, Side);

/// What the lines that hunk and file both have show.
pub(crate) struct Forms {
    /// The file's form in each situation; none where it is plain there too.
    seen: BTreeMap<Situation, BTreeSet<Option<char>>>,
    /// For each old line of the hunk, by its place among them, the forms of its characters.
    lines: Vec<Vec<Option<char>>>,
    /// The plain characters that the file has in another form.
    flattened: BTreeSet<char>,
}

impl Forms {
    /// Learns from `pairs`: each old line of a hunk with the file's, where it has one.
    pub(crate) fn learn<'p, 't: 'p>(
        pairs: impl Iterator<Item = (&'p HunkLine<'t>, Option<&'p [u8]>)>,
    ) -> Self {
        let mut forms = Self { seen: BTreeMap::new(), lines: Vec::new(), flattened: BTreeSet::new() };
        for (line, file) in pairs {
            let hunk = chars(line.text);
            let found = forms_of(&hunk, &file.map(chars).unwrap_or_default());
            for (at, form) in found.iter().enumerate() {
                if let Some(situation) = situation(&hunk, at).filter(|_| file.is_some()) {
                    forms.seen.entry(situation).or_default().insert(*form);
                    forms.flattened.extend(form.map(|_| situation.0));
                }
            }
            forms.lines.push(found);
        }
        forms
    }

    /// Gives the added lines of `hunk`, which `texts` has in their order, the forms that the file has.
    pub(crate) fn restore(&self, hunk: &Hunk<'_>, texts: &mut [Cow<'_, [u8]>]) -> Result<(), Rejection> {
        if self.lines.iter().flatten().all(Option::is_none) {
            return Ok(());
        }
        let (mut old, mut new) = (0, 0);
        for run in
            hunk.lines.chunk_by(|one, other| (one.kind == Kind::Context) == (other.kind == Kind::Context))
        {
            let added = run.iter().filter(|line| line.kind == Kind::Added).count();
            let gone = run.len() - added;
            if let Some(texts) = texts.get_mut(new..new + added).filter(|texts| !texts.is_empty()) {
                let removed: Vec<&HunkLine<'_>> =
                    run.iter().filter(|line| line.kind != Kind::Added).collect();
                let forms = self.lines.get(old..old + gone).unwrap_or_default();
                self.restore_run(&removed, forms, texts)?;
            }
            (old, new) = (old + gone, new + added);
        }
        Ok(())
    }

    /// The same for lines that change together.
    fn restore_run(
        &self,
        removed: &[&HunkLine<'_>],
        forms: &[Vec<Option<char>>],
        texts: &mut [Cow<'_, [u8]>],
    ) -> Result<(), Rejection> {
        let (mut before, mut form): (Vec<char>, Vec<Option<char>>) = (Vec::new(), Vec::new());
        for (line, forms) in removed.iter().zip(forms) {
            before.extend(chars(line.text).into_iter().chain(['\n']));
            form.extend(forms.iter().copied().chain([None]));
        }
        let mut after: Vec<char> = Vec::new();
        for text in texts.iter() {
            after.extend(chars(text).into_iter().chain(['\n']));
        }
        if before.len().max(after.len()) > COMPARED_MAX {
            return Err(cannot_be_told(texts.first().map_or(b"", |text| text)));
        }
        let matched = matched(&before, &after);
        let (mut line, mut at) = (0, 0);
        let mut found = vec![String::new(); texts.len()];
        while let Some(own) = after.get(at).copied() {
            let told =
                matched.get(at).copied().flatten().filter(|from| alike_beside(&before, *from, &after, at));
            let form = match told {
                Some(from) => form.get(from).copied().flatten(),
                None => match self.form_at(&after, at) {
                    Ok(form) => form,
                    Err(()) => return Err(cannot_be_told(texts.get(line).map_or(b"", |text| text))),
                },
            };
            let form = form.filter(|form| begins(&after, at, *form));
            at += form.map_or(1, plain_len);
            match (own, found.get_mut(line)) {
                ('\n', _) => line += 1,
                (_, Some(text)) => text.push(form.unwrap_or(own)),
                _ => {}
            }
        }
        for (text, found) in texts.iter_mut().zip(found) {
            if std::str::from_utf8(text).is_ok_and(|text| text != found) {
                *text = Cow::Owned(found.into_bytes());
            }
        }
        Ok(())
    }

    /// The form of a character that no removed line has; an error where it cannot be told.
    fn form_at(&self, text: &[char], at: usize) -> Result<Option<char>, ()> {
        let Some(situation) = situation(text, at).filter(|(plain, ..)| self.flattened.contains(plain)) else {
            return Ok(None);
        };
        match self.seen.get(&situation).map(|seen| seen.iter().copied().collect::<Vec<_>>()).as_deref() {
            Some([form]) => Ok(*form),
            Some(_) => Err(()),
            // A blank, a hyphen or a point is at home between any neighbours.
            None if matches!(situation.0, ' ' | '-' | '.') => Ok(None),
            None => Err(()),
        }
    }
}

/// Typographic characters that the hunk has and the file has not: those that the answer put in.
pub(crate) fn prettified(pairs: &[(&HunkLine<'_>, &[u8])]) -> BTreeSet<char> {
    let of = |line: &[u8]| -> BTreeSet<char> {
        let text = String::from_utf8_lossy(line);
        text.chars().filter(|character| typographic(*character).is_some()).collect()
    };
    let hunk: BTreeSet<char> = pairs.iter().flat_map(|(line, _)| of(line.text)).collect();
    let file: BTreeSet<char> = pairs.iter().flat_map(|(_, file)| of(file)).collect();
    hunk.difference(&file).copied().collect()
}

fn cannot_be_told(line: &[u8]) -> Rejection {
    let reason = format!(
        "the file has typographic quotes, dashes or blanks where the hunk has plain ones, and which of them {:?} shall have \
         cannot be told: copy the lines with the file's characters, and write added ones in the same way",
        shown(line)
    );
    Rejection::new(RejectionKind::Unclear, reason)
}

/// The characters of a line; none of one that is not UTF-8.
fn chars(line: &[u8]) -> Vec<char> {
    std::str::from_utf8(line).map(|line| line.chars().collect()).unwrap_or_default()
}

/// A character that has typographic forms, with its neighbours; none for the second point of an ellipsis.
fn situation(text: &[char], at: usize) -> Option<Situation> {
    let own = *text.get(at)?;
    let side = |at: Option<usize>| match at.and_then(|at| text.get(at)) {
        Some(other) if other.is_alphanumeric() => Side::Word,
        Some(other) if !other.is_whitespace() => Side::Sign,
        _ => Side::Edge,
    };
    let len = if own == '.' { 3 } else { 1 };
    let is_whole = own != '.' || text.get(at..at + 3) == Some(&['.'; 3]);
    (matches!(own, '\'' | '"' | '-' | ' ' | '.') && is_whole)
        .then(|| (own, side(at.checked_sub(1)), side(at.checked_add(len))))
}

fn plain_len(form: char) -> usize {
    typographic(form).map_or(1, |plain| plain.chars().count())
}

/// Whether `text` has the plain form of `form` at `at`.
fn begins(text: &[char], at: usize, form: char) -> bool {
    typographic(form).is_some_and(|plain| {
        text.get(at..at + plain_len(form)).is_some_and(|text| plain.chars().eq(text.iter().copied()))
    })
}

/// For each character of a hunk's line the typographic one that the file has for it.
fn forms_of(hunk: &[char], file: &[char]) -> Vec<Option<char>> {
    let mut found = vec![None; hunk.len()];
    let (mut at, mut against) = (0, 0);
    while let (Some(one), Some(other)) = (hunk.get(at), file.get(against)) {
        (at, against) = match (one, other) {
            _ if one == other => (at + 1, against + 1),
            _ if begins(hunk, at, *other) => {
                if let Some(slot) = found.get_mut(at) {
                    *slot = Some(*other);
                }
                (at + plain_len(*other), against + 1)
            }
            _ if begins(file, against, *one) => (at + 1, against + plain_len(*one)),
            _ if typographic(*one).is_some() && typographic(*one) == typographic(*other) => {
                (at + 1, against + 1)
            }
            _ if one.is_whitespace() && other.is_whitespace() => (at + 1, against + 1),
            _ if one.is_whitespace() => (at + 1, against),
            _ if other.is_whitespace() => (at, against + 1),
            // From here on they differ, as in the wording of context.
            _ => break,
        };
    }
    found
}

/// For each character of `after` the one of `before` that it is.
fn matched(before: &[char], after: &[char]) -> Vec<Option<usize>> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let diff = Diff::compute(Algorithm::Myers, &input);
    let mut found = vec![None; after.len()];
    let (mut from, mut to) = (0, 0);
    let mut pair = |from: &mut usize, to: &mut usize, end: usize| {
        while *to < end {
            if let Some(slot) = found.get_mut(*to) {
                *slot = Some(*from);
            }
            (*from, *to) = (*from + 1, *to + 1);
        }
    };
    let at = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
    for change in diff.hunks() {
        pair(&mut from, &mut to, at(change.after.start));
        (from, to) = (at(change.before.end), at(change.after.end));
    }
    pair(&mut from, &mut to, after.len());
    found
}

/// Whether two characters have the same neighbour on one side, so that they are the same and not just alike.
fn alike_beside(before: &[char], from: usize, after: &[char], at: usize) -> bool {
    let left =
        |text: &[char], at: usize| at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or('\n');
    let right = |text: &[char], at: usize| text.get(at + 1).copied().unwrap_or('\n');
    left(before, from) == left(after, at) || right(before, from) == right(after, at)
}

#[cfg(test)]
mod tests;
