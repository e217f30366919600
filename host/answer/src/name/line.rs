//! Reads one line, whatever it is: a word, a name with its decoration, a sentence.

use super::{
    Name, Named, Unusable,
    decoration::{self, Bare},
    doubt, markup,
    path::{possible, usable, without_prefix},
    reason::{NARROW, NOT_THERE, PREFIX, STRUCK},
    sentence, sign, tokens, unnamed,
    words::{self, Shape},
};
use orchestrator_core::RelativePath;

/// Reads a line that is not made of the marks of a fence.
pub(super) fn read(line: &str) -> Named {
    let line = markup::plain(line.trim_matches(words::is_invisible));
    if let Some(struck) = struck_out(&line) {
        return Named::Unusable(Unusable { text: struck.into(), reason: STRUCK.into() });
    }
    if let Some(unusable) = unnamed::refused(&line) {
        return Named::Unusable(unusable);
    }
    match markup::narrowed(&line) {
        Some(narrow) => of_both(as_it_is(&line), as_it_is(&narrow), &line),
        None => as_it_is(&line),
    }
}

pub(super) fn as_it_is(line: &str) -> Named {
    let bare = decoration::strip(line);
    let Bare { text, whole, .. } = bare;
    if text.is_empty() {
        return Named::Nothing;
    }
    let named = if !text.contains(char::is_whitespace) {
        token(&bare)
    } else if bare.is_exact() && words::ends_like_a_file(text) && !words::begins_sentence(text) {
        stated(text, whole, bare.prefixed)
    } else {
        sentence::read(text, whole)
    };
    sign::settle(named, line, &bare)
}

/// A path that is struck out.
fn struck_out(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("~~")?;
    let (inner, _) = rest.split_once("~~")?;
    let inner = inner.trim_matches(['`', '*', ' ']);
    words::ends_like_a_file(inner).then_some(inner)
}

/// What a line with punctuation of full width names, as it is and with that at the width of letters. A file may be
/// called as it is; none is made that is.
fn of_both(as_it_is: Named, narrow: Named, line: &str) -> Named {
    let (mut name, one) = match (as_it_is, narrow) {
        (Named::Name(one), Named::Name(other)) => (other, one),
        (Named::Name(one), Named::Nothing) => {
            return Named::Name(Name { new: None, spoken: None, doubt: Some(NARROW), ..one });
        }
        (_, narrow) => return narrow,
    };
    let read = name.candidates.first().map(ToString::to_string).unwrap_or_default();
    let mut candidates = one.candidates;
    candidates.append(&mut name.candidates);
    candidates.dedup();
    name.exact.extend(one.exact);
    let is_written = |path: &RelativePath| line.replace('\\', "/").contains(path.as_str());
    [&mut candidates, &mut name.exact, &mut name.others]
        .into_iter()
        .for_each(|paths| paths.retain(is_written));
    name.new = name.new.filter(is_written);
    match candidates.is_empty() {
        // The name that was read is written with other characters than a file is called with.
        true if name.claims => Named::Unusable(Unusable { text: read, reason: NARROW.into() }),
        true => Named::Nothing,
        false => Named::Name(Name { candidates, ..name }),
    }
}

/// A line that is one word.
fn token(bare: &Bare<'_>) -> Named {
    let text = bare.text;
    let told = bare.is_exact() || bare.prefixed || !bare.marked;
    if !bare.is_exact() && tokens::joined(text).is_some() {
        return sentence::read(text, bare.whole);
    }
    match words::shape(text) {
        // A heading is about the product more often than about a file of that name.
        Shape::File if bare.marked && !told && words::is_no_file(text) => possible(text),
        Shape::File => stated(text, bare.whole, bare.prefixed),
        // An emphasised `input/output` is a heading as often as a name.
        Shape::Folders if told || words::has_ending(text) => stated(text, bare.whole, bare.prefixed),
        Shape::Word if bare.labelled || bare.prefixed => stated(text, bare.whole, bare.prefixed),
        Shape::Ending if told => stated(text, bare.whole, bare.prefixed),
        Shape::Folders | Shape::Word | Shape::Ending => match possible(text) {
            Named::Nothing => sentence::read(text, bare.whole),
            named => named,
        },
        Shape::Nothing => sentence::read(text, bare.whole),
    }
}

/// A name that is all that the line has. `whole` is the line with what was taken for a remark; `prefixed` says that
/// names have `a/` or `b/` before them here.
fn stated(text: &str, whole: &str, prefixed: bool) -> Named {
    let checked = match usable(text) {
        Ok(path) => path,
        Err(unusable) => return Named::Unusable(unusable),
    };
    let mut candidates = Vec::new();
    if whole != text && words::ends_like_a_file(whole) {
        candidates.extend(usable(whole));
    }
    let bare = without_prefix(text);
    let in_parentheses = whole.starts_with('(') && !text.starts_with('(');
    let (new, doubt) = match (&bare, prefixed) {
        // What is in parentheses is said by the way.
        _ if in_parentheses => (None, Some(NOT_THERE)),
        (Some(bare), true) => (Some(bare.clone()), None),
        // Whether `a/` is a folder or a prefix cannot be told of a file that is not there.
        (Some(_), false) => (None, Some(PREFIX)),
        (None, _) => match doubt::of(&checked, true) {
            Some(doubt) => (None, Some(doubt)),
            None => (Some(checked.clone()), None),
        },
    };
    let names = if prefixed { [bare, Some(checked)] } else { [Some(checked), bare] };
    candidates.extend(names.into_iter().flatten());
    Named::Name(Name { candidates, new, doubt, claims: true, alone: true, ..Name::default() })
}
