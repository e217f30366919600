//! What a line is: code, a comment, a sentence, or an ellipsis.
//!
//! Told by marks and punctuation alone, which hold for any programming language and any language of people; what a
//! comment says is never read. The marks of all languages are in one list: a `#` that begins a comment in one and an
//! instruction in another is told apart by the blank that follows it.

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
        !matches!(self, Self::Blank | Self::Bare | Self::Mark)
    }

    pub(super) fn is_comment(self) -> bool {
        matches!(self, Self::Comment(_) | Self::Mark)
    }
}

/// What files consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Code,
    /// Sentences are its content, and a `#` begins a heading.
    Prose,
}

const PROSE_ENDINGS: [&str; 12] =
    ["md", "mdx", "markdown", "qmd", "rmd", "txt", "text", "rst", "adoc", "asciidoc", "org", "tex"];
const PROSE_NAMES: [&str; 7] = ["readme", "license", "licence", "notice", "changelog", "authors", "copying"];

impl Content {
    /// What a file of this name consists of.
    pub(super) fn of(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        let is_prose = match name.rsplit_once('.') {
            Some((_, ending)) => PROSE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)),
            None => PROSE_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)),
        };
        if is_prose { Self::Prose } else { Self::Code }
    }
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
const TO_THE_END: [&str; 11] = ["//", "#", "--", ";", "%", "::", "'", "!", "REM", "rem", "⍝"];

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
        open = now_open;
    }
    kinds
}

/// What a line outside of any comment is; with the end of the comment that it leaves open.
fn kind(line: &str, content: Content) -> (Kind, Option<(&'static str, About)>) {
    if line.is_empty() {
        return (Kind::Blank, None);
    }
    let about = About::of(line);
    if let Some((text, end)) = enclosed(line, content) {
        let about = if about == About::Next && end.is_some() { About::NextAtLength } else { about };
        let open = end.map(|end| (end, about));
        let text = text.trim_start_matches('*').trim();
        return (if text.is_empty() { Kind::Mark } else { said(text, about) }, open);
    }
    if let Some(text) = to_the_end(line).filter(|_| content == Content::Code) {
        let kind = match text {
            "" => Kind::Mark,
            text if is_ellipsis(text) => Kind::Ellipsis,
            // A line of code that was put out of use.
            text if text.ends_with([';', '{', '}', ',']) => Kind::Code,
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
    ENCLOSED.iter().filter(|(start, _)| content == Content::Code || *start == "<!--").find_map(
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
fn to_the_end(line: &str) -> Option<&str> {
    let mark = TO_THE_END.iter().find(|mark| line.starts_with(**mark))?;
    let after = line.strip_prefix(mark)?;
    let text = after.trim_start_matches(|c| mark.starts_with(c) || matches!(c, '/' | '!' | '|'));
    let is_apart = text.is_empty()
        || !text.starts_with(|c: char| c.is_ascii_alphanumeric() || "[{(<_@$:\"'".contains(c));
    // Only here a mark that touches the text is the rule rather than another language's word.
    let may_touch = *mark == "//" || (*mark == "--" && words(text) >= 2 && !looks_like_code(text));
    (is_apart || may_touch).then(|| text.trim())
}

fn unmarked(line: &str, content: Content) -> Kind {
    if is_ellipsis(line) {
        return Kind::Ellipsis;
    }
    if !line.contains(char::is_alphanumeric) {
        return Kind::Bare;
    }
    if content == Content::Prose {
        return Kind::Code;
    }
    let inner = within_brackets(line).or_else(|| within_rules(line));
    let text = inner.unwrap_or(line);
    let least = if inner.is_some() { 2 } else { 3 };
    let is_ruled = within_rules(line).is_some_and(|text| words(text) > 0);
    let enough = words(text) >= least || wide(text) >= 4 || is_ruled;
    // A language that is written in words has lines like that in the old version too; then they say nothing.
    match enough && !looks_like_code(text) && !text.contains(": ") {
        _ if remark(line).is_some_and(is_ellipsis) => Kind::Ellipsis,
        true => Kind::Sentence,
        false => Kind::Code,
    }
}

/// The comment behind the code of a line.
fn remark(line: &str) -> Option<&str> {
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
fn is_ellipsis(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "-=~_*#".contains(c));
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

/// What comes after the ellipsis that the text begins with.
fn after_dots(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix(['…', '⋯', '⋮', '‥']) {
        return Some(after.trim_start_matches(['…', '.']));
    }
    let after = text.strip_prefix("...").or_else(|| text.strip_prefix(". . ."))?;
    Some(after.trim_start_matches(['.', '…']))
}

fn ends_in_dots(text: &str) -> bool {
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
            && pair.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    });
    called || text.contains(|c| ";{}=<>|\\$@^*[]+\"`".contains(c)) || text.ends_with([',', ':', '&'])
}

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count()
}

/// Letters of scripts that put no blanks between words.
fn wide(text: &str) -> usize {
    text.chars().filter(|c| *c > '\u{2e80}' && c.is_alphabetic()).count()
}

#[cfg(test)]
mod tests;
