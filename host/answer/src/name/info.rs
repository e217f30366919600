//! The name behind the language of a fence: `js src/a.js`, `js:src/a.js`, `js title="src/a.js"`.

use super::{
    Name, Named,
    line::{as_it_is, read},
    path::usable,
    sentence,
    words::{self, Shape},
};
use std::cmp::Ordering;

/// Attributes that name a file.
const KEYS: [&str; 6] = ["title", "filename", "filepath", "file", "path", "name"];

/// Reads what follows the marks of a fence.
#[must_use]
pub fn in_info(info: &str) -> Named {
    let mut names: Vec<&str> =
        words(info).iter().enumerate().filter_map(|(at, word)| name(at, word)).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => of_language(info),
        [name] if name.contains(char::is_whitespace) => read(&format!("`{name}`")),
        [name] => read(name),
        _ => Named::Unusable(sentence::several(&names)),
    }
}

/// What a line names that begins as a fence and opens none, since it has the marks behind the name as well.
pub(super) fn in_fence_of_one_line(line: &str) -> Option<Named> {
    let mark = line.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let inner = line.trim_start_matches(mark);
    if line.len() - inner.len() < 3 {
        return None;
    }
    let bare = inner.trim_end_matches(mark);
    let is_closed = inner.len() - bare.len() >= 3;
    let bare = bare.trim();
    match bare.contains(char::is_whitespace) {
        true if is_closed || mark == '`' => Some(in_info(bare)),
        false if is_closed && !bare.is_empty() => Some(as_it_is(&format!("`{bare}`"))),
        _ => None,
    }
}

/// A language that is called as the files are that it is for: one of these may be meant, if there is one.
fn of_language(info: &str) -> Named {
    let word = info.split_whitespace().next().unwrap_or_default();
    let files = [
        "Makefile",
        "Dockerfile",
        "Containerfile",
        "Jenkinsfile",
        "Justfile",
        "Gemfile",
        "Procfile",
        "Vagrantfile",
    ];
    let Some(file) = files.into_iter().find(|file| file.eq_ignore_ascii_case(word)) else {
        return Named::Nothing;
    };
    let candidates: Vec<_> = [word, file].into_iter().filter_map(|name| usable(name).ok()).collect();
    match candidates.is_empty() {
        true => Named::Nothing,
        false => Named::Name(Name { candidates, ..Name::default() }),
    }
}

/// The words of the line, where what is in quotes is one with what is before.
fn words(info: &str) -> Vec<&str> {
    let mut quote = None;
    let parts = info.split(|c: char| {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        quote.is_none() && c.is_whitespace()
    });
    let parts: Vec<&str> = parts.filter(|word| !word.is_empty()).collect();
    // A quote without its other half is a part of a name.
    match quote {
        Some(_) => info.split_whitespace().collect(),
        None => parts,
    }
}

/// The name that a word has, which is the one at `at`.
fn name(at: usize, word: &str) -> Option<&str> {
    let is_path = |text: &str| {
        matches!(words::shape(text), Shape::File | Shape::Folders)
            || !text.contains(char::is_whitespace)
                && (words::has_folders(text) || words::ends_like_a_file(text))
    };
    // One brace without its other half is of those around all attributes.
    let bare = match word.matches('{').count().cmp(&word.matches('}').count()) {
        Ordering::Greater => word.strip_prefix('{').unwrap_or(word),
        Ordering::Less => word.strip_suffix('}').unwrap_or(word),
        Ordering::Equal => word,
    };
    if let Some((key, value)) = bare.split_once('=')
        && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
    {
        let value = value.trim_matches(['"', '\'', '`']);
        return Some(value).filter(|value| is_path(value) || words::ends_like_a_file(value));
    }
    // The first word is the language, unless it can be none.
    if at == 0 {
        let is_file =
            |text: &str| text.contains('.') && words::shape(text) == Shape::File && !words::is_no_file(text);
        let name = match bare.split_once(':') {
            Some((_, path)) => path,
            None if bare.contains('/') || is_file(bare) => bare,
            None => return None,
        };
        return Some(name).filter(|name| is_path(name));
    }
    let pairs = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];
    let inner = pairs
        .into_iter()
        .find_map(|(open, close)| word.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(word);
    let inner = inner.trim_matches(['"', '\'', '`']).trim_end_matches([':', ',', ';']);
    // Options of a viewer may have a slash in their values, and say so with an equals sign.
    let has_sign = words::has_folders(word) && !word.contains('=');
    let is_name = is_path(inner) || has_sign || inner.len() < word.len() && words::ends_like_a_file(inner);
    is_name.then_some(inner)
}
