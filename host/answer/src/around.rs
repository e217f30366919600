//! Tags of another's that came with a file: around all of it, or one half of them at one of its ends.
//!
//! Models have seen many ways to send files between tags, and close one with the end of another. Whether a tag is the
//! file's own is told by what the file has of it: a tag that ends and begins nowhere, or begins and ends nowhere, is in
//! no file on purpose, if it is called as such tags are, or if the language of the file has no tags at all.

mod half;
mod kinds;
mod message;
#[cfg(test)]
mod tests;

use crate::{kind::Kind, tag};
use half::{closing, opening};
use kinds::{is_certain, is_element, is_wrapper, needs_declaration};

/// Most lines with halves of pairs that are taken off.
const HALVES_MAX: usize = 8;

/// Says which tag of the file `path`, which had `old` if it was there, is not its own when it has `new`. One that `old` has
/// as well is its own.
#[must_use]
pub fn foreign(path: &str, old: &str, new: &str) -> Option<String> {
    if !new.contains('<') {
        return None;
    }
    let kind = Kind::of(path, !old.trim().is_empty());
    if let Some(name) = pair(path, kind, new)
        && pair(path, kind, old).is_none()
    {
        return Some(format!(
            "a tag <{name}> that is not the file's is around all of it: write the file's own lines alone"
        ));
    }
    if let Some(name) = closing(path, kind, new)
        && closing(path, kind, old).is_none()
    {
        return Some(format!(
            "a tag </{name}> that begins nowhere in it is at its end, so it is not the file's: write the file's own lines alone"
        ));
    }
    if let Some(name) = opening(path, kind, new)
        && opening(path, kind, old).is_none()
    {
        return Some(format!(
            "a tag <{name}> that ends nowhere in it is at its beginning, so it is not the file's: write the file's own lines \
             alone"
        ));
    }
    None
}

/// The file's own lines in `new`, where halves of pairs that are known to be put around files stand alone at its very ends, so
/// that nothing else can be meant. Nothing where there are none, or where more is wrong with it than those.
#[must_use]
pub fn own<'t>(path: &str, old: &str, new: &'t str) -> Option<&'t str> {
    let kind = Kind::of(path, !old.trim().is_empty());
    if !new.contains('<') || closing(path, kind, old).or_else(|| opening(path, kind, old)).is_some() {
        return None;
    }
    let mut own = new;
    for _ in 0..HALVES_MAX {
        let Some(less) = half::cut(path, kind, own) else { break };
        own = less;
    }
    let is_whole = own.len() < new.len() && !own.trim().is_empty();
    (is_whole && foreign(path, old, own).is_none()).then_some(own)
}

/// The same of the lines that `came` in one piece into a file, wherever in it they are; and which of them ends what they came
/// in, as `*** End Patch` and `<|im_end|>` do.
#[must_use]
pub fn foreign_lines(path: &str, old: &str, new: &str, came: &[&str]) -> Option<String> {
    if let Some(tag) = half::among(path, old, new, came) {
        return Some(format!(
            "the tag {tag} has no other half in the file, so it is not the file's: leave it out"
        ));
    }
    let last = came.iter().rev().find(|line| !line.trim().is_empty())?;
    message::is_end(path, old, new, last).then(|| {
        format!(
            "'{}' ends what the lines came in, and nothing in the file begins that: leave it out",
            last.trim()
        )
    })
}

/// The name of the tag in the first line and its end in the last one, each alone there, if it is one that is put around
/// files and none that a file of this kind has around itself.
fn pair<'t>(path: &str, kind: Kind, text: &'t str) -> Option<&'t str> {
    let mut lines = full_lines(text).map(str::trim);
    let (first, last) = (lines.next()?, lines.next_back()?);
    let inside = first.strip_prefix('<')?.strip_suffix('>')?;
    if inside.contains(['<', '>']) || inside.ends_with('/') {
        return None;
    }
    let name = inside.split(char::is_whitespace).next()?;
    let end = last.strip_prefix("</")?.strip_suffix('>')?.trim_end();
    if !end.eq_ignore_ascii_case(name) {
        return None;
    }
    let names_the_file = tag::named_in(first).is_some_and(|named| named.trim_start_matches("./") == path);
    let is_sure = names_the_file || is_certain(name);
    let is_foreign = match kind {
        Kind::Code => is_sure || is_wrapper(name),
        Kind::Text => is_sure,
        // Any tag may be around all of a file of XML, but nothing may be around its declaration.
        Kind::Markup if needs_declaration(path) => {
            (is_sure || is_wrapper(name)) && lines.next().is_some_and(is_declaration)
        }
        Kind::Markup => is_wrapper(name) && !is_element(name) && name == name.to_lowercase() || is_sure,
    };
    is_foreign.then_some(name)
}

fn is_declaration(line: &str) -> bool {
    line.starts_with("<?xml") || line.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype"))
}

fn full_lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}
