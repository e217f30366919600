//! The one file that a sentence is about, if it is about one.

use super::{
    Name, Named, Unusable, doubt,
    path::{usable, without_prefix},
    reason::SEVERAL,
    tokens,
    tokens::Token,
    words::{self, Shape},
};
use orchestrator_core::RelativePath;

/// Reads several words. `whole` has what was taken for a remark.
pub(super) fn read(text: &str, whole: &str) -> Named {
    let ends_in_colon = whole.trim_end().ends_with(':') || text.len() < whole.len();
    let is_strong = |token: &Token<'_>| is_strong(token, ends_in_colon);
    let all = tokens::of(whole);
    let mut distinct: Vec<&str> =
        all.iter().filter(|token| is_strong(token)).map(|token| token.within.unwrap_or(token.text)).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let tokens = tokens::of(without_parentheses(text));
    let strong = tokens.iter().rfind(|token| is_strong(token));
    let as_name = [whole.trim_end_matches([':', ' ']), text]
        .into_iter()
        .filter(|text| words::ends_like_a_file(text))
        .filter_map(|text| usable(text).ok());
    let mut candidates: Vec<RelativePath> = as_name.collect();
    candidates.dedup();
    let others = || all.iter().filter(|token| is_weak(token) && !is_strong(token)).filter_map(path).collect();
    match (distinct.as_slice(), strong) {
        ([], _) => weak(candidates, others()),
        ([_], Some(token)) => one(token, candidates, others()),
        ([_], None) => match all.iter().rfind(|token| is_strong(token)) {
            Some(token) => one(&Token { led: false, ..*token }, candidates, others()),
            None => Named::Nothing,
        },
        _ => Named::Unusable(several(&distinct)),
    }
}

/// That a line has several names.
pub(super) fn several(names: &[&str]) -> Unusable {
    Unusable { text: names.join("' and '"), reason: SEVERAL.into() }
}

/// A sentence without the parentheses that it ends in.
fn without_parentheses(text: &str) -> &str {
    let inner = text.trim_end_matches([':', '.', ' ']).strip_suffix(')');
    inner.and_then(|inner| inner.rsplit_once(" (")).map_or(text, |(before, _)| before)
}

/// A sentence with one path in it.
fn one(token: &Token<'_>, mut candidates: Vec<RelativePath>, others: Vec<RelativePath>) -> Named {
    let path = match usable(token.text) {
        Ok(path) => path,
        Err(unusable) => return Named::Unusable(unusable),
    };
    let without = without_prefix(token.text);
    let is_plain = without.is_none()
        && tokens::joined(token.text).is_none()
        && !token.text.contains(char::is_whitespace);
    let doubt = doubt::of(&path, true);
    let new = Some(path.clone()).filter(|_| token.led && token.last && is_plain && doubt.is_none());
    let spoken = Some(path.clone()).filter(|_| is_plain && doubt.is_none() && is_file(token.text));
    candidates.push(path);
    candidates.extend(token.within.and_then(|within| usable(within).ok()));
    candidates.extend(without);
    candidates.dedup();
    Named::Name(Name { candidates, others, new, spoken, doubt, claims: true, ..Name::default() })
}

/// A sentence without anything that is clearly a path: each of its words may be one all the same.
fn weak(mut candidates: Vec<RelativePath>, mut others: Vec<RelativePath>) -> Named {
    if candidates.is_empty() {
        if others.is_empty() {
            return Named::Nothing;
        }
        candidates.push(others.remove(0));
    }
    Named::Name(Name { candidates, others, ..Name::default() })
}

/// Whether a word is a file's name by its ending.
fn is_file(text: &str) -> bool {
    match words::shape(text) {
        Shape::File => true,
        Shape::Folders => words::has_ending(text),
        Shape::Ending | Shape::Word | Shape::Nothing => false,
    }
}

fn path(token: &Token<'_>) -> Option<RelativePath> {
    usable(token.text).ok()
}

/// Whether a word is a name, be there such a file or not: by its ending, or because the sentence comes to nothing else.
fn is_strong(token: &Token<'_>, ends_in_colon: bool) -> bool {
    let is_meant = token.last && ends_in_colon;
    if token.within.is_some() {
        return true;
    }
    match words::shape(token.text) {
        Shape::File => token.ticked || !words::is_no_file(token.text),
        Shape::Folders => words::has_ending(token.text) || token.ticked && is_meant,
        Shape::Ending => token.ticked && is_meant,
        Shape::Nothing => {
            token.ticked
                && token.led
                && token.last
                && words::ends_like_a_file(token.text)
                && !words::begins_sentence(token.text)
        }
        Shape::Word => false,
    }
}

/// Whether a word is a name where a file has it.
fn is_weak(token: &Token<'_>) -> bool {
    match words::shape(token.text) {
        Shape::File | Shape::Folders => true,
        Shape::Nothing | Shape::Ending | Shape::Word => token.ticked,
    }
}
