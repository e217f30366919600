//! Takes off a line what people put around a name: marks of lists, headings, comments and emphasis, labels and quotes.

use super::{
    brackets,
    remark::{is_remark, line_number, without_remark},
    words::{self, Shape},
};

/// What is left of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bare<'l> {
    /// Without decoration and without remarks.
    pub(super) text: &'l str,
    /// Without decoration, but with what was taken for a remark: a name may look like that.
    pub(super) whole: &'l str,
    /// Whether it stood behind a label such as `File:`.
    pub(super) labelled: bool,
    /// Whether that label can be of nothing but a file.
    pub(super) filed: bool,
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
/// Those of them, and of what is counted, after which nothing else comes.
const OF_FILES: &str = "file|filename|file name|file path|filepath|path|new file|modified file|existing file|updated file|\
    target file|source file|test file|config file|update file|add file|delete file|edit file|create file|modify file|\
    in file|datei|fichier|archivo|файл|文件|ファイル";
/// Words that number what comes.
const COUNTED: [&str; 8] = ["step", "change", "fix", "edit", "part", "file", "patch", "hunk"];
/// Most marks that are taken off; a line of nothing else is no name.
const MARKS_MAX: usize = 16;

/// Takes off everything that decorates a name.
pub(super) fn strip(line: &str) -> Bare<'_> {
    let text = line.trim();
    let mut bare = Bare {
        text,
        whole: text,
        labelled: false,
        filed: false,
        quoted: false,
        marked: false,
        prefixed: false,
    };
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
    if let Some(rest) = brackets::behind(text, is_of_a_file) {
        (bare.text, bare.whole) = (rest, rest);
        (bare.labelled, bare.filed) = (true, true);
        return true;
    }
    if let Some((inner, after, quotes)) = span(text) {
        let is_label =
            label_word(inner.trim_end_matches(':')) && (inner.ends_with(':') || after.starts_with(':'));
        if is_label {
            let rest = after.trim_start_matches(':').trim();
            (bare.text, bare.whole) = (rest, rest);
            bare.labelled = true;
            bare.filed |= is_of_a_file(inner.trim_end_matches(':'));
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
        bare.filed |= text.split([':', '\u{ff1a}']).next().is_some_and(is_of_a_file);
        return true;
    }
    if let Some(inner) = brackets::around(text) {
        bare.text = inner;
        bare.marked = true;
        return true;
    }
    let told = bare.labelled || bare.prefixed;
    let rest = match bare.quoted {
        // What is in quotes is the name's own, but for a number of a line.
        true => line_number(text).filter(|before| words::ends_like_a_file(before)),
        false => without_remark(text, told),
    };
    match rest {
        Some(rest) => {
            bare.text = rest;
            // A colon alone is never a part of a name.
            if bare.whole == text && text.strip_suffix(':').map(str::trim_end) == Some(rest) {
                bare.whole = rest;
            }
            true
        }
        None => false,
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
    if let Some(rest) = text.strip_prefix('|') {
        // A row of a table that has one cell.
        let inner = rest.strip_suffix('|').unwrap_or(rest).trim();
        return (!inner.contains(" | ")).then_some((inner, false));
    }
    if let Some(rest) = brackets::after_fraction(text) {
        return Some((rest, false));
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
    if run == 1
        && first == '#'
        && let Some((number, after)) = rest.split_once(char::is_whitespace)
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some((after.trim(), false));
    }
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
    let (before, after) = text.split_once([':', '\u{ff1a}'])?;
    let spaced = after.starts_with(char::is_whitespace) || after.starts_with(['`', '"', '*']);
    // Without a blank, as in `File:src/a.js`, it has to be a path that follows.
    let tight = || !after.starts_with('/') && words::shape(after) == Shape::File;
    (label_word(before) && (spaced || tight())).then(|| after.trim())
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
    counted(&text).is_some_and(|word| COUNTED.contains(&word))
}

/// The word that a text counts: `file` of `file 2`, `file #2`, `file 2/3` and `file 2 of 3`.
fn counted(text: &str) -> Option<&str> {
    let number = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '#' | '/');
    let word = text.trim_end_matches(number);
    let word = word.strip_suffix(" of").map_or(word, |word| word.trim_end_matches(number));
    (word.len() < text.len()).then_some(word)
}

/// Whether a label is of a file and of nothing else.
fn is_of_a_file(label: &str) -> bool {
    let label = label.trim().to_lowercase();
    OF_FILES.split('|').any(|known| known == label) || counted(&label) == Some("file")
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
        ("\u{201e}", "\u{201c}", true),
        ("\u{201a}", "\u{2018}", true),
        ("\u{bb}", "\u{ab}", true),
        ("\u{2039}", "\u{203a}", true),
        ("\u{27e8}", "\u{27e9}", true),
        ("\u{2018}", "\u{2019}", true),
        ("\u{ab}", "\u{bb}", true),
        ("\u{300c}", "\u{300d}", true),
        ("\u{300e}", "\u{300f}", true),
        ("\u{3010}", "\u{3011}", true),
        ("\u{300a}", "\u{300b}", true),
        ("\u{ff08}", "\u{ff09}", false),
        ("*", "*", false),
        ("_", "_", false),
    ];
    if text.starts_with('[') {
        let (label, target, after) = link(text)?;
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

/// The label and the target of the link that a text begins with, and what follows it. The target may have parentheses,
/// as the folders of some frameworks do.
pub(super) fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let mut depth = 1_usize;
    let end = rest.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let (target, after) = rest.split_at(end?.0);
    Some((label, target, after.get(1..)?))
}
