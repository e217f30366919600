//! Takes off a line what people put around a name: marks of lists, headings, comments and emphasis, labels, quotes, and
//! the remarks that follow it.

use super::words::{self, Shape};

/// What is left of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bare<'l> {
    /// Without decoration and without remarks.
    pub(super) text: &'l str,
    /// Without decoration, but with what was taken for a remark: a name may look like that.
    pub(super) whole: &'l str,
    /// Whether it stood behind a label such as `File:`.
    pub(super) labelled: bool,
    /// Whether it stood in quotes or backticks, with all its blanks.
    pub(super) quoted: bool,
    /// Whether anything but quotes and labels was taken off.
    pub(super) marked: bool,
    /// Whether it stood behind `---` or `+++`, where names have the prefixes `a/` and `b/`.
    pub(super) prefixed: bool,
}

impl Bare<'_> {
    /// Whether blanks in the text can only be the name's own.
    pub(super) fn is_exact(&self) -> bool {
        self.labelled || self.quoted
    }
}

/// Words before a colon that say that a file's name comes.
const LABELS: &str = "file|filename|file name|file path|filepath|path|new file|modified file|existing file|updated file|\
    target file|source file|test file|config file|update file|add file|delete file|edit file|create file|modify file|\
    in file|modified|created|create|creating|new|update|updated|updating|edit|edited|editing|add|added|modify|modifying|\
    change|changed|changes in|changes to|changes for|change in|diff for|patch for|diff|patch|index|location|target|in|\
    for|datei|fichier|archivo|файл|文件|ファイル";
/// Words that number what comes.
const COUNTED: [&str; 8] = ["step", "change", "fix", "edit", "part", "file", "patch", "hunk"];
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
/// Most marks that are taken off; a line of nothing else is no name.
const MARKS_MAX: usize = 16;

/// Takes off everything that decorates a name.
pub(super) fn strip(line: &str) -> Bare<'_> {
    let text = line.trim();
    let mut bare = Bare { text, whole: text, labelled: false, quoted: false, marked: false, prefixed: false };
    for _ in 0..MARKS_MAX {
        let text = bare.text;
        if !one(&mut bare) {
            break;
        }
        // A remark is what follows a name; what it followed in turn was decoration.
        if bare.text.len() == text.len() {
            break;
        }
    }
    bare
}

/// Takes off one mark; says whether there was one.
fn one(bare: &mut Bare<'_>) -> bool {
    let text = bare.text;
    if let Some((inner, prefixed)) = mark(text) {
        (bare.text, bare.whole) = (inner, inner);
        bare.prefixed |= prefixed;
        bare.marked = true;
        return true;
    }
    if let Some((inner, after, quotes)) = span(text) {
        let is_label =
            label_word(inner.trim_end_matches(':')) && (inner.ends_with(':') || after.starts_with(':'));
        if is_label {
            let rest = after.trim_start_matches(':').trim();
            (bare.text, bare.whole) = (rest, rest);
            bare.labelled = true;
            return true;
        }
        if is_remark(after) {
            (bare.text, bare.whole) = (inner, inner);
            bare.quoted |= quotes;
            bare.marked |= !quotes;
            return true;
        }
        return false;
    }
    if let Some(rest) = label(text) {
        (bare.text, bare.whole) = (rest, rest);
        bare.labelled = true;
        return true;
    }
    let told = bare.labelled || bare.prefixed;
    match without_remark(text, told) {
        Some(rest) if !bare.quoted => {
            bare.text = rest;
            // A colon alone is never a part of a name.
            if bare.whole == text && text.strip_suffix(':').map(str::trim_end) == Some(rest) {
                bare.whole = rest;
            }
            true
        }
        _ => false,
    }
}

/// The text after or between marks of quotations, lists, headings and comments; and whether a diff's mark was there.
pub(super) fn mark(text: &str) -> Option<(&str, bool)> {
    for (open, close) in [("/*", "*/"), ("<!--", "-->"), ("{/*", "*/}"), ("(*", "*)"), ("<", ">")] {
        let inner = text.strip_prefix(open).and_then(|inner| inner.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(['<', '>'])) {
            return Some((inner.trim_matches(|c: char| c == '*' || c.is_whitespace()), false));
        }
    }
    if let Some(rest) = text.strip_prefix("//").filter(|rest| rest.starts_with([' ', '\t'])) {
        return Some((rest.trim(), false));
    }
    for quote in [">", "\u{2022}", "\u{25cf}", "\u{2192}", "\u{1f4c4}", "\u{1f4c1}", "\u{1f4dd}", "\u{2705}"]
    {
        if let Some(rest) = text.strip_prefix(quote) {
            return Some((rest.trim(), false));
        }
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if (1..=4).contains(&digits)
        && let Some(rest) = text.get(digits..)?.strip_prefix(['.', ')', ':'])
        && rest.starts_with(char::is_whitespace)
    {
        return Some((rest.trim(), false));
    }
    let first = text.chars().next().filter(|first| "-+*=#~;%".contains(*first))?;
    let rest = text.trim_start_matches(first);
    let run = text.len() - rest.len();
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    // What stands at the end as well is the other half of it.
    let inner = rest.trim();
    let without = inner.trim_end_matches(first);
    let inner = if without.ends_with(char::is_whitespace) { without.trim_end() } else { inner };
    Some((inner, run == 3 && matches!(first, '-' | '+')))
}

/// The text after a label and its colon, or after a line of a tool that names a file.
pub(super) fn label(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("diff -") {
        return rest.rsplit_once(char::is_whitespace).map(|(_, name)| name);
    }
    let (before, after) = text.split_once(':')?;
    let spaced = after.starts_with(char::is_whitespace) || after.starts_with(['`', '"', '*']);
    (spaced && label_word(before)).then(|| after.trim())
}

fn label_word(text: &str) -> bool {
    // No label is longer, and a line may be.
    if text.len() > 40 {
        return false;
    }
    let text = text.trim().to_lowercase();
    if LABELS.split('|').any(|known| known == text) {
        return true;
    }
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == '#');
    word.len() < text.len() && COUNTED.contains(&word)
}

/// What a line begins with in emphasis or quotes, what follows, and whether they were quotes.
pub(super) fn span(text: &str) -> Option<(&str, &str, bool)> {
    let pairs = [
        ("***", "***", false),
        ("**", "**", false),
        ("__", "__", false),
        ("``", "``", true),
        ("`", "`", true),
        ("\"", "\"", true),
        ("'", "'", true),
        ("\u{201c}", "\u{201d}", true),
        ("\u{2018}", "\u{2019}", true),
        ("\u{ab}", "\u{bb}", true),
        ("\u{300c}", "\u{300d}", true),
        ("*", "*", false),
        ("_", "_", false),
    ];
    if let Some(link) = text.strip_prefix('[') {
        let (label, after) = link.split_once("](")?;
        let (target, after) = after.split_once(')')?;
        let shown = label.trim_matches('`');
        let name = if super::looks_like_path(shown) { shown } else { target };
        return Some((name, after.trim(), true));
    }
    pairs.into_iter().find_map(|(open, close, quotes)| {
        let (inner, after) = text.strip_prefix(open)?.split_once(close)?;
        // An underscore within a name is no end of emphasis.
        let ends =
            !open.starts_with('_') || !after.starts_with(char::is_alphanumeric) && !after.starts_with('.');
        (ends && !inner.trim().is_empty()).then(|| (inner.trim(), after.trim(), quotes))
    })
}

/// Whether what follows a name is nothing but an explanation of it.
pub(super) fn is_remark(text: &str) -> bool {
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
    line_number(text).filter(|before| word(before))
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
fn line_number(text: &str) -> Option<&str> {
    let number = |c: char| c.is_ascii_digit() || matches!(c, ':' | '-' | 'L');
    let at = text.rfind("#L").or_else(|| text.find(':'))?;
    let (name, rest) = text.split_at(at);
    let rest = rest.trim_start_matches([':', '#']);
    let numbers = rest.chars().all(number) && rest.contains(|c: char| c.is_ascii_digit());
    (numbers && name.len() > 1).then_some(name)
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
