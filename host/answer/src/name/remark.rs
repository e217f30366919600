//! What follows a name and is no part of it: an explanation, a time, a revision, the number of a line.

use super::words::{self, Shape};

/// What version controls write in parentheses after a name.
const VERSIONS: [&str; 8] = [
    "revision",
    "rev ",
    "working copy",
    "working tree",
    "nonexistent",
    "copie de travail",
    "arbeitskopie",
    "date ",
];
/// Whether what follows a name is nothing but an explanation of it.
pub(super) fn is_remark(text: &str) -> bool {
    let number = text.strip_prefix([':', '#']).map(|number| number.trim_start_matches('L'));
    if number.is_some_and(is_number_of_lines) {
        return true;
    }
    let text = text.trim_start_matches(':').trim();
    let dashes = ["-", "\u{2013}", "\u{2014}", "(", "[", "//", "#", "<!--", "<-", "\u{2190}"];
    text.is_empty() || text == "." || dashes.iter().any(|dash| text.starts_with(dash)) || is_date(text)
}

/// A name without the explanation, the time, the revision or the line number after it. `told` says that a name was
/// announced; otherwise what is left has to look like one.
pub(super) fn without_remark(text: &str, told: bool) -> Option<&str> {
    if let Some(rest) = text.strip_suffix([':', ',']) {
        return Some(rest.trim_end());
    }
    let name = |name: &str| {
        let good = told
            || words::ends_like_a_file(name)
            || matches!(words::shape(name), Shape::Folders | Shape::Ending);
        good && !name.is_empty()
    };
    let word = |text: &str| !text.contains(char::is_whitespace) && name(text);
    if let Some((before, _)) = text.split_once('\t').filter(|(before, _)| name(before.trim())) {
        return Some(before.trim());
    }
    for dash in [" - ", " \u{2013} ", " \u{2014} ", " -- ", " // ", " # ", " <- ", " \u{2190} ", ": "] {
        if let Some((before, _)) = text.split_once(dash).filter(|(before, _)| word(before.trim())) {
            return Some(before.trim());
        }
    }
    for (open, close) in [(" (", ')'), (" [", ']')] {
        if let Some((before, _)) = text.strip_suffix(close).and_then(|inner| inner.split_once(open))
            && name(before.trim())
        {
            return Some(before.trim());
        }
    }
    if let Some(before) = without_date(text).filter(|before| name(before)) {
        return Some(before);
    }
    line_number(text).filter(|before| word(before) || words::ends_like_a_file(before))
}

/// A name without the date that follows it.
fn without_date(text: &str) -> Option<&str> {
    // Behind a day comes its time or its year. Where that is nowhere, no later day has one either.
    let mut days = true;
    let mut is_date = |at: &usize| {
        let text = text.get(*at..).unwrap_or_default().trim_start();
        begins_with_numbers(text)
            || days && begins_with_day(text) && {
                days = has_time(text);
                days
            }
    };
    let mut blanks = text.match_indices(char::is_whitespace).map(|(at, _)| at);
    let begins = |at: &usize| !text.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace));
    let at = blanks.find(|at| begins(at) && is_date(at))?;
    text.get(..at).map(str::trim_end).filter(|before| !before.is_empty())
}

/// A name without the time and the revision after it.
pub(super) fn without_version(text: &str) -> &str {
    let mut name = text.trim();
    if let Some((before, inside)) = name.strip_suffix(')').and_then(|inner| inner.rsplit_once('('))
        && before.ends_with(char::is_whitespace)
        && VERSIONS.iter().any(|version| inside.to_ascii_lowercase().starts_with(version))
    {
        name = before.trim();
    }
    without_date(name).unwrap_or(name)
}

/// A name without `:12`, `:12:5`, `:12-20` or `#L12`.
pub(super) fn line_number(text: &str) -> Option<&str> {
    let at = text.rfind("#L").or_else(|| text.find(':'))?;
    let (name, rest) = text.split_at(at);
    let rest = rest.trim_start_matches([':', '#']);
    (is_number_of_lines(rest) && name.len() > 1).then_some(name)
}

/// `12`, `12:5`, `12-20`, `L12-L20`.
fn is_number_of_lines(text: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || matches!(c, ':' | '-' | 'L');
    text.chars().all(number) && text.contains(|c: char| c.is_ascii_digit())
}

/// Whether a text is a date, and perhaps a time: `2024-05-06 …`, `2024/05/06 …`, `Mon May  6 …`.
fn is_date(text: &str) -> bool {
    let text = text.trim_start();
    begins_with_numbers(text) || begins_with_day(text) && has_time(text)
}

fn begins_with_numbers(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit))
    };
    let mark = |at: usize| matches!(bytes.get(at), Some(b'-' | b'/'));
    digits(0..4)
        && mark(4)
        && digits(5..7)
        && mark(7)
        && digits(8..10)
        && bytes.get(10).is_none_or(|after| after.is_ascii_whitespace() || *after == b'T')
}

fn begins_with_day(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&word.trim_end_matches(','))
}

/// Whether a time or a year is behind the first word.
fn has_time(text: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.split_whitespace().skip(1).any(|word| word.contains(':') || is_year(word))
}
