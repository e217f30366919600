//! What a line is: code, a comment, a sentence, or an ellipsis.
//!
//! Told by marks and punctuation alone, which hold for any programming language and any language of people; what a
//! comment says is never read. The marks of all languages are in one list: a `#` that begins a comment in one and an
//! instruction in another is told apart by the blank that follows it.

use super::body::{Stands, hollow};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, or blanks.
    Blank,
    /// Brackets and other marks alone.
    Bare,
    /// A line of the file's own language, as far as can be told.
    Code,
    /// A comment.
    Comment(About),
    /// A comment's mark without words, as at its beginning and its end.
    Mark,
    /// Words that are no comment and look like no code.
    Sentence,
    /// One or two words that may be either.
    Words,
    /// A statement that does nothing: `pass`.
    Filler,
    /// An ellipsis, by itself or before words; as a comment or not.
    Ellipsis,
}

/// What a comment is about, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// That it does not say.
    Any,
    /// What follows: `///`, `/** … */`, `"""`.
    Next,
    /// What follows, over several lines, and perhaps with a blank one behind it.
    NextAtLength,
    /// The file that it stands in: `//!`.
    File,
}

impl Kind {
    /// Whether something is said on it.
    pub(super) fn is_filled(self) -> bool {
        !matches!(self, Self::Blank | Self::Bare | Self::Filler | Self::Mark)
    }

    pub(super) fn is_comment(self) -> bool {
        matches!(self, Self::Comment(_) | Self::Mark)
    }
}

/// What files consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Code,
    /// Code in which a `#` begins a comment even if it touches what follows.
    Hashed,
    /// Sentences are its content, and a `#` begins a heading.
    Prose,
}

const PROSE_ENDINGS: [&str; 12] =
    ["md", "mdx", "markdown", "qmd", "rmd", "txt", "text", "rst", "adoc", "asciidoc", "org", "tex"];
const HASHED_ENDINGS: [&str; 13] =
    ["py", "pyi", "yml", "yaml", "toml", "sh", "bash", "zsh", "rb", "r", "pl", "tf", "nix"];
const PROSE_NAMES: [&str; 7] = ["readme", "license", "licence", "notice", "changelog", "authors", "copying"];

impl Content {
    /// What a file of this name consists of.
    pub(super) fn of(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        let is_prose = match name.rsplit_once('.') {
            Some((_, ending)) => PROSE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)),
            None => PROSE_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)),
        };
        let is_hashed = name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| HASHED_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
        match is_hashed {
            _ if is_prose => Self::Prose,
            true => Self::Hashed,
            false => Self::Code,
        }
    }
}

/// Endings of the names of files in whose language one or two bare words are hardly ever a statement.
const PUNCTUATED_ENDINGS: [&str; 30] = [
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "rs", "go", "java", "kt", "swift", "scala", "dart",
    "c", "h", "cc", "cpp", "hpp", "cs", "php", "py", "css", "scss", "less", "json", "html", "vue", "svelte",
];

/// Whether words alone are no code in a file of this name.
pub(super) fn ends_statements(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    PUNCTUATED_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Comments that have an end, with it.
const ENCLOSED: [(&str, &str); 17] = [
    ("{/*", "*/}"),
    ("/*", "*/"),
    ("<!--", "-->"),
    ("{{!--", "--}}"),
    ("{{!", "}}"),
    ("{#", "#}"),
    ("<%--", "--%>"),
    ("<%#", "%>"),
    ("@*", "*@"),
    ("(*", "*)"),
    ("{-", "-}"),
    ("--[[", "]]"),
    ("<#", "#>"),
    ("#=", "=#"),
    ("#|", "|#"),
    ("\"\"\"", "\"\"\""),
    ("'''", "'''"),
];

/// What begins a comment that ends with its line.
pub(super) const TO_THE_END: [&str; 11] = ["//", "#", "--", ";", "%", "::", "'", "!", "REM", "rem", "⍝"];

/// Forms of comments that describe what follows.
const DOCS: [&str; 7] = ["///", "/**", "##", "#'", "--|", "\"\"\"", "'''"];

impl About {
    fn of(line: &str) -> Self {
        match line {
            _ if line.starts_with("//!") => Self::File,
            _ if DOCS.iter().any(|mark| line.starts_with(mark)) => Self::Next,
            _ => Self::Any,
        }
    }
}

/// What each line of a text is; the lines are without the blanks around them.
pub(super) fn kinds(lines: &[&str], content: Content) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(lines.len());
    // The end of a comment over several lines, and whether it describes what follows.
    let mut open: Option<(&str, About)> = None;
    let mut start = 0;
    for line in lines {
        let (kind, now_open) = match open {
            Some((end, about)) => {
                let text =
                    line.split_once(end).map_or(*line, |(text, _)| text).trim_start_matches('*').trim();
                let kind = match text.is_empty() {
                    true => Kind::Mark,
                    false => said(text, about),
                };
                (kind, open.filter(|_| !line.contains(end)))
            }
            None => kind(line, content),
        };
        kinds.push(kind);
        let ends = open.is_some() && now_open.is_none();
        if open.is_none() {
            start = kinds.len() - 1;
        }
        if ends && content == Content::Prose {
            keep_template(kinds.get_mut(start..).unwrap_or_default());
        }
        open = now_open;
    }
    kinds
}

/// A comment of several sentences in prose is part of the text, as in a form that is to be filled in.
fn keep_template(kinds: &mut [Kind]) {
    if kinds.iter().filter(|kind| matches!(kind, Kind::Comment(_))).count() > 2 {
        kinds
            .iter_mut()
            .filter(|kind| matches!(kind, Kind::Comment(_)))
            .for_each(|kind| *kind = Kind::Comment(About::File));
    }
}

/// What a line outside of any comment is; with the end of the comment that it leaves open.
fn kind(line: &str, content: Content) -> (Kind, Option<(&'static str, About)>) {
    if line.is_empty() {
        return (Kind::Blank, None);
    }
    // Most lines begin with a letter, and no mark of a comment does but one.
    if line.starts_with(|c: char| c.is_ascii_alphanumeric() && !matches!(c, 'R' | 'r')) {
        return (unmarked(line, content), None);
    }
    let about = About::of(line);
    if let Some((text, end)) = enclosed(line, content) {
        let about = if about == About::Next && end.is_some() { About::NextAtLength } else { about };
        let open = end.map(|end| (end, about));
        let text = text.trim_start_matches('*').trim();
        return (if text.is_empty() { Kind::Mark } else { said(text, about) }, open);
    }
    if let Some(text) = to_the_end(line, content).filter(|_| content != Content::Prose) {
        let kind = match text {
            "" => Kind::Mark,
            text if is_ellipsis(text) => Kind::Ellipsis,
            // Nothing is said by what has no word.
            text if !text.contains(char::is_alphanumeric) => Kind::Mark,
            // A line of code that was put out of use.
            text if text.ends_with([';', '{', '}', ','])
                && !is_said_in_brackets(text)
                && !is_hollow(text) =>
            {
                Kind::Code
            }
            _ => Kind::Comment(about),
        };
        return (kind, None);
    }
    (unmarked(line, content), None)
}

fn said(text: &str, about: About) -> Kind {
    if is_ellipsis(text) { Kind::Ellipsis } else { Kind::Comment(about) }
}

/// What is in a comment that has an end; the end as well, where it is not on this line.
fn enclosed(line: &str, content: Content) -> Option<(&str, Option<&'static str>)> {
    ENCLOSED.iter().filter(|(start, _)| content != Content::Prose || *start == "<!--").find_map(
        |(start, end)| {
            let text = line.strip_prefix(start)?;
            match text.split_once(end) {
                Some((text, after)) => {
                    after.trim_matches(['}', ' ', ';', ',']).is_empty().then(|| (text.trim(), None))
                }
                None => Some((text.trim(), Some(*end))),
            }
        },
    )
}

/// What is in a comment that ends with its line.
fn to_the_end(line: &str, content: Content) -> Option<&str> {
    let mark = TO_THE_END.iter().find(|mark| line.starts_with(**mark))?;
    let after = line.strip_prefix(mark)?;
    let text = after.trim_start_matches(|c| mark.starts_with(c) || matches!(c, '/' | '!' | '|'));
    let is_apart = text.is_empty()
        || !text.starts_with(|c: char| c.is_ascii_alphanumeric() || "[{(<_@$:\"'".contains(c));
    // Only here a mark that touches the text is the rule rather than another language's word.
    let may_touch = *mark == "//" || (*mark == "--" && has_words(text, 2) && !looks_like_code(text));
    let may_touch = may_touch
        || (content == Content::Hashed
            && line.starts_with('#')
            && text.starts_with(char::is_alphanumeric)
            && !looks_like_code(text));
    (is_apart || may_touch).then(|| text.trim())
}

fn unmarked(line: &str, content: Content) -> Kind {
    if is_ellipsis(line) || (content != Content::Prose && is_quoted_ellipsis(line)) {
        return Kind::Ellipsis;
    }
    if !line.contains(char::is_alphanumeric) {
        return Kind::Bare;
    }
    if content == Content::Prose {
        return Kind::Code;
    }
    match said_of_nothing(line) {
        Some("") => return Kind::Filler,
        Some(text) => return said(text, About::Any),
        None => {}
    }
    let inner = within_brackets(line).or_else(|| within_rules(line));
    let text = inner.unwrap_or(line);
    let least = if inner.is_some() { 2 } else { 3 };
    let is_ruled = within_rules(line).is_some_and(|text| has_words(text, 1));
    let enough = has_words(text, least) || wide(text) >= 4 || is_ruled;
    // A language that is written in words has lines like that in the old version too; then they say nothing.
    match enough && !looks_like_code(text) && !text.contains(": ") && !is_list(text) {
        _ if remark(line).is_some_and(is_ellipsis) => Kind::Ellipsis,
        true => Kind::Sentence,
        false if is_words(text, inner.is_some()) => Kind::Words,
        false => Kind::Code,
    }
}

/// Words in brackets, and nothing that is code: `{the old handlers}`.
fn is_said_in_brackets(text: &str) -> bool {
    within_brackets(text).is_some_and(|inner| {
        inner.contains(char::is_alphabetic) && !looks_like_code(inner) && !inner.contains(": ")
    })
}

/// A head without its body: `load(path) { ... }`.
fn is_hollow(text: &str) -> bool {
    hollow(text).is_some_and(|hollow| hollow.stands == Stands::Dots)
}

/// A statement that does nothing, as one that a body has which is to come.
const FILLERS: [&str; 3] = ["pass", "todo!()", "unimplemented!()"];

/// What is said behind a statement that does nothing.
fn said_of_nothing(line: &str) -> Option<&str> {
    let after =
        FILLERS.iter().find_map(|filler| line.strip_prefix(filler))?.trim_start_matches(';').trim_start();
    let text = ["//", "#"].iter().find_map(|mark| after.strip_prefix(mark));
    if after.is_empty() { Some("") } else { text.map(str::trim) }
}

/// `existing code`, `[snip]`, `(as before)`.
fn is_words(text: &str, is_enclosed: bool) -> bool {
    let rest = text.strip_prefix(char::is_alphabetic).unwrap_or_default();
    let is_plain = rest.chars().all(|c| c == ' ' || c == '\'' || (c.is_alphabetic() && !c.is_uppercase()));
    !rest.is_empty() && is_plain && has_words(text, if is_enclosed { 1 } else { 2 })
}

/// `a, b, self.c`.
fn is_list(text: &str) -> bool {
    text.contains(", ") && text.split(',').all(|item| item.split_whitespace().nth(1).is_none())
}

/// The comment behind the code of a line.
fn remark(line: &str) -> Option<&str> {
    // Most lines have none, and are spared the looking for each mark.
    if !line.bytes().any(|byte| matches!(byte, b'/' | b'#' | b'-')) {
        return None;
    }
    [" // ", " # ", " -- "].into_iter().find_map(|mark| line.rsplit_once(mark)).map(|(_, text)| text)
}

/// What is between the two halves of a rule, as in `*** the same ***`.
fn within_rules(line: &str) -> Option<&str> {
    ["***", "---", "===", "~~~", "###"]
        .into_iter()
        .find_map(|rule| line.strip_prefix(rule)?.strip_suffix(rule))
        .map(|text| text.trim_matches(|c: char| c.is_whitespace() || "*-=~#".contains(c)))
}

/// Whether the text is dots, or dots and words: `...`, `… restlicher Code …`, `(the rest ...)`. An operator that
/// touches what it is applied to (`...args`) is none.
pub(super) fn is_ellipsis(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "-=~_*#>".contains(c));
    let text = text.strip_suffix(';').unwrap_or(text);
    let inner = within_brackets(text).map(str::trim);
    let bare = inner.unwrap_or(text);
    let after = after_dots(bare);
    if inner.is_some() && (after.is_some() || ends_in_dots(bare)) {
        return true;
    }
    match after {
        Some("") => true,
        Some(after) => {
            let apart = after.starts_with(|c: char| c.is_whitespace() || c == '(' || c == '[');
            (apart || ends_in_dots(after)) && !looks_like_code(after.trim())
        }
        None => false,
    }
}

/// `"...": "..."`, as data has it that knows no comments.
fn is_quoted_ellipsis(line: &str) -> bool {
    let key = line.trim_start_matches(['"', '\'']);
    let is_key = ["...\":", "…\":"].iter().any(|start| key.starts_with(start));
    let is_item = after_dots(line.trim_matches(['"', '\'', ','])) == Some("");
    key.len() < line.len() && (is_key || is_item)
}

/// What comes after the ellipsis that the text begins with.
pub(super) fn after_dots(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix(['…', '⋯', '⋮', '‥']) {
        return Some(after.trim_start_matches(['…', '.']));
    }
    let after = text.strip_prefix("...").or_else(|| text.strip_prefix(". . ."))?;
    Some(after.trim_start_matches(['.', '…']))
}

pub(super) fn ends_in_dots(text: &str) -> bool {
    text.ends_with("...") || text.ends_with(['…', '⋯', '⋮'])
}

/// What is in the brackets that enclose the text.
fn within_brackets(text: &str) -> Option<&str> {
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// Whether a text has what only code has: operators, a bracket behind a word, an end of a statement.
fn looks_like_code(text: &str) -> bool {
    let called = text.as_bytes().windows(2).any(|pair| {
        pair.get(1) == Some(&b'(')
            && pair.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_!?".contains(byte))
    });
    called || text.contains(|c| ";{}=<>|\\$@^*[]+\"`".contains(c)) || text.ends_with([',', ':', '&'])
}

fn has_words(text: &str, least: usize) -> bool {
    let mut words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic));
    words.nth(least - 1).is_some()
}

/// Letters of scripts that put no blanks between words.
fn wide(text: &str) -> usize {
    text.chars().filter(|c| *c > '\u{2e80}' && c.is_alphabetic()).count()
}

#[cfg(test)]
mod tests;
