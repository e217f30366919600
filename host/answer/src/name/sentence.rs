//! The one file that a sentence is about, if it is about one.

use super::{Name, Named, Unusable, usable, without_prefix, words};
use orchestrator_core::RelativePath;
use words::Shape;

/// Words after which comes the file that is meant, and not one that is only spoken of.
const LEADS: &str = "in to for at into update updating updated edit editing edited create creating created add adding added \
    modify modifying modified change changing changed file called named new patch patching replace rewrite write fix \
    inside within and then now open of";
/// Words that a sentence begins with and a file's name does not.
const BEGINNINGS: &str = "in to for at and then now next here this the these first second finally also create update edit \
    add modify change fix replace let we i you see use with open";

/// A word of a sentence that may be a path.
struct Token<'l> {
    text: &'l str,
    ticked: bool,
    /// Whether the word before says that this is the one.
    led: bool,
    /// Whether nothing follows but a colon or a remark.
    last: bool,
}

/// Whether `text` begins as a sentence does.
pub(super) fn begins(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let first = first.trim_end_matches([',', ':']).to_lowercase();
    BEGINNINGS.split_ascii_whitespace().any(|known| known == first)
}

/// Reads several words. `whole` has what was taken for a remark.
pub(super) fn read(text: &str, whole: &str) -> Named {
    let ends_in_colon = whole.trim_end().ends_with(':') || text.len() < whole.len();
    let all = tokens(whole);
    let mut distinct: Vec<&str> =
        all.iter().filter(|token| is_strong(token)).map(|token| token.text).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let tokens = tokens(without_parentheses(text));
    let strong = tokens.iter().rfind(|token| is_strong(token));
    let as_name = [whole.trim_end_matches([':', ' ']), text]
        .into_iter()
        .filter(|text| words::ends_like_a_file(text))
        .filter_map(|text| usable(text).ok());
    let mut candidates: Vec<RelativePath> = as_name.collect();
    candidates.dedup();
    match (distinct.as_slice(), strong) {
        ([], _) => weak(&all, candidates),
        ([_], Some(token)) => one(token, candidates, ends_in_colon),
        ([_], None) => match all.iter().rfind(|token| is_strong(token)) {
            Some(token) => one(&Token { led: false, ..*token }, candidates, ends_in_colon),
            None => Named::Nothing,
        },
        _ => Named::Unusable(Unusable {
            text: distinct.join("' and '"),
            reason: "a line with several names does not say which file comes: write the path of one alone on the line \
                     before"
                .into(),
        }),
    }
}

/// A sentence without the parentheses that it ends in.
fn without_parentheses(text: &str) -> &str {
    let inner = text.trim_end_matches([':', '.', ' ']).strip_suffix(')');
    inner.and_then(|inner| inner.rsplit_once(" (")).map_or(text, |(before, _)| before)
}

/// A sentence with one path in it.
fn one(token: &Token<'_>, mut candidates: Vec<RelativePath>, ends_in_colon: bool) -> Named {
    let text = token.text;
    let claims = token.ticked || text.contains(['/', '\\']) || ends_in_colon || token.led || token.last;
    let path = match usable(text) {
        Ok(path) => path,
        Err(unusable) if claims => return Named::Unusable(unusable),
        Err(_) => return Named::Nothing,
    };
    let without = without_prefix(text);
    let unmistakable = token.led && token.last && without.is_none();
    let new = Some(path.clone()).filter(|_| unmistakable);
    candidates.push(path);
    candidates.extend(without);
    candidates.dedup();
    Named::Name(Name { candidates, new, claims, alone: false })
}

/// A sentence without anything that is clearly a path.
fn weak(tokens: &[Token<'_>], mut candidates: Vec<RelativePath>) -> Named {
    let ticked = |token: &&Token<'_>| {
        words::shape(token.text) == Shape::Folders
            || token.ticked
                && (words::shape(token.text) != Shape::Nothing || words::ends_like_a_file(token.text))
    };
    candidates.extend(tokens.iter().filter(ticked).filter_map(|token| usable(token.text).ok()));
    candidates.dedup();
    match candidates.len() {
        1 => Named::Name(Name { candidates, new: None, claims: false, alone: false }),
        _ => Named::Nothing,
    }
}

fn is_strong(token: &Token<'_>) -> bool {
    words::shape(token.text) == Shape::File && (token.ticked || !words::is_no_file(token.text))
}

/// The words of a sentence that may be paths, those in backticks as one.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::new();
    let mut led = false;
    for (at, piece) in text.split('`').enumerate() {
        if at % 2 == 1 {
            found.push(Token { text: piece.trim(), ticked: true, led, last: true });
            led = false;
            continue;
        }
        let parts = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | '<' | '>' | '|' | '=');
        for word in piece.split(parts).map(bare).filter(|word| !word.is_empty()) {
            match words::shape(word) {
                Shape::File | Shape::Folders => {
                    found.push(Token { text: word, ticked: false, led, last: true });
                    led = false;
                }
                _ => {
                    if let Some(last) = found.last_mut().filter(|_| word.contains(char::is_alphanumeric)) {
                        last.last = false;
                    }
                    led = LEADS.split_ascii_whitespace().any(|known| word.eq_ignore_ascii_case(known));
                }
            }
        }
    }
    found
}

/// A word without the punctuation around it.
fn bare(word: &str) -> &str {
    let punctuation =
        |c: char| matches!(c, '*' | '"' | '\'' | ',' | ';' | ':' | '!' | '?' | '\u{201c}' | '\u{201d}');
    word.trim_matches(punctuation).trim_end_matches('.')
}
