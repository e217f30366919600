//! Whether a change breaks a file of data: JSON, TOML or YAML that could be parsed before and cannot afterwards.
//!
//! Nothing else in this crate knows a language. These three are the exception because a comma or an indentation that is
//! lost in one of them makes the whole file useless, because that is what models lose (their own commas, and those at the
//! end of lines which the engine forgives in what a hunk removes), and because a parser says for certain where. A file
//! that could not be parsed before, a template for example, or JSON with comments that its tool allows, is not judged.
//!
//! Parsing takes time in proportion to the file's size, follows no alias, gives up where nesting is too deep, and is not
//! done over [`CHECKED_MAX`].

mod comments;
mod fresh;
mod language;
#[cfg(test)]
mod tests;
mod twice;

use crate::base::shown;
pub use fresh::unsound;
use language::Language;
use std::{borrow::Cow, fmt};

/// Longest file that is parsed, in bytes.
pub const CHECKED_MAX: usize = 4 << 20;

/// That a change breaks a file of data, and where. Its text form is a sentence for the model that made the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    language: Language,
    fault: Fault,
    /// Whether it can still be parsed, and one of two values for one key is lost.
    is_twice: bool,
    /// The last lines that the file would have up to there: the number of each and its text, shortened.
    lines: Vec<(usize, String)>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { language, fault: Fault { message, line, column }, is_twice, lines } = self;
        match is_twice {
            true => write!(f, "the file had every key once before and would not afterwards: ")?,
            false => write!(f, "the file was valid {language} before and would not be afterwards: ")?,
        }
        write!(f, "{message} at line {line} column {column}")?;
        for (at, (number, text)) in lines.iter().enumerate() {
            write!(f, "{}line {number} would be `{text}`", if at == 0 { " (" } else { ", " })?;
        }
        if !lines.is_empty() {
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// Says what breaks if the file at `path` changes from `before` to `after`; nothing if it stays sound, or was not sound
/// before, or is not of a language that is checked.
#[must_use]
pub fn breaks(path: &str, before: &[u8], after: &[u8]) -> Option<Broken> {
    if before.len() > CHECKED_MAX || after.len() > CHECKED_MAX {
        return None;
    }
    let language = Language::of(path)?;
    // The new content first: it is sound most of the time, and then only its keys are looked at.
    let fault = match language.check(after) {
        Ok(()) => return repeats(language, before, after),
        Err(fault) => fault,
    };
    let is_unknown = TOO_DEEP.contains(&fault.message.as_ref())
        || (language == Language::Yaml && is_template(after, &fault));
    if is_unknown {
        return None;
    }
    if language.check(before).is_ok() {
        let lines = fault.lines(after);
        return Some(Broken { language, fault, is_twice: false, lines });
    }
    // What had comments before is read by something that allows them, whatever its name.
    let language = language.with_comments().filter(|language| language.check(before).is_ok())?;
    match language.check(after) {
        Ok(()) => repeats(language, before, after),
        Err(fault) => {
            let lines = fault.lines(after);
            Some(Broken { language, fault, is_twice: false, lines })
        }
    }
}

/// Says which key a file would have twice that had none twice. What it would be can be parsed.
fn repeats(language: Language, before: &[u8], after: &[u8]) -> Option<Broken> {
    let fault = language.twice(after)?;
    let mut languages = [Some(language), language.with_comments()].into_iter().flatten();
    let is_sound = languages
        .find(|language| language.check(before).is_ok())
        .is_some_and(|language| language.twice(before).is_none());
    let lines = fault.lines(after);
    is_sound.then_some(Broken { language, fault, is_twice: true, lines })
}

/// Whether data with a fault is a template: it may be YAML by chance, as long as it has `{{ x }}` in places where that can
/// be a map, and is none after any change. `${{ x }}` is an expression within a value, and no sign of one.
fn is_template(content: &[u8], fault: &Fault) -> bool {
    let text = String::from_utf8_lossy(content);
    text.lines().enumerate().any(|(at, line)| {
        let trimmed = line.trim_start();
        let begins = ["{{", "{%", "<%"].iter().any(|sign| trimmed.starts_with(sign));
        let holds = || [": {{", "- {{", "{{-", "{%"].iter().any(|sign| line.contains(sign));
        let is_here = (fault.line.saturating_sub(1)..=fault.line).contains(&(at + 1));
        begins || holds() || (is_here && line.replace("${{", "").contains("{{"))
    })
}

/// What a parser stumbles over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    message: Cow<'static, str>,
    /// From 1.
    line: usize,
    /// From 1.
    column: usize,
}

/// What parsers say that give up on nesting, which is no fault of the file: that of YAML, and that of TOML in two places.
const TOO_DEEP: [&str; 3] =
    ["recursion limit exceeded", "cannot recurse further; max recursion depth met", "recursion limit"];

impl Fault {
    /// A fault right behind `read`.
    fn at(message: impl Into<Cow<'static, str>>, read: &[u8]) -> Self {
        let line_start = memchr::memrchr(b'\n', read).map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(read.get(line_start..).unwrap_or_default()).chars().count() + 1;
        Self { message: message.into(), line: memchr::memchr_iter(b'\n', read).count() + 1, column }
    }

    /// The line of the fault and the one before it, where what is missing often is.
    fn lines(&self, content: &[u8]) -> Vec<(usize, String)> {
        let lines = content.split(|byte| *byte == b'\n').enumerate().map(|(at, line)| (at + 1, line));
        lines
            .skip(self.line.saturating_sub(2))
            .take_while(|(number, _)| *number <= self.line)
            .filter(|(_, line)| !line.trim_ascii().is_empty())
            .map(|(number, line)| (number, shown(line)))
            .collect()
    }
}

fn json(text: &str) -> Result<(), Fault> {
    // Nothing of it is kept, and so it goes into no depth either.
    let parsed = serde_json::from_str::<serde::de::IgnoredAny>(text);
    parsed.map(drop).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let said = error.to_string();
        let place = format!(" at line {line} column {column}");
        let message = said.strip_suffix(&place).unwrap_or(&said).to_owned();
        Fault { message: message.into(), line, column }
    })
}

fn toml(text: &str) -> Result<(), Fault> {
    text.parse::<toml::Table>().map(drop).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        Fault::at(message, text.as_bytes().get(..at).unwrap_or_default())
    })
}

fn yaml(text: &str) -> Result<(), Fault> {
    for event in saphyr_parser::Parser::new_from_str(text) {
        event.map_err(|error| {
            let (line, column) = (error.marker().line(), error.marker().col() + 1);
            Fault { message: error.info().to_owned().into(), line, column }
        })?;
    }
    Ok(())
}
