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
#[cfg(test)]
mod tests;

use crate::base::shown;
use std::{borrow::Cow, fmt};

/// Longest file that is parsed, in bytes.
pub const CHECKED_MAX: usize = 4 << 20;

/// That a change breaks a file of data, and where. Its text form is a sentence for the model that made the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    language: Language,
    fault: Fault,
    /// The last lines that the file would have up to there: the number of each and its text, shortened.
    lines: Vec<(usize, String)>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { language, fault: Fault { message, line, column }, lines } = self;
        write!(
            f,
            "the file was valid {language} before and would not be afterwards: {message} at line {line} column {column}"
        )?;
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
    // The new content first: it is sound most of the time, and then that is all.
    let fault = language.check(after).err()?;
    let is_unknown = TOO_DEEP.contains(&fault.message.as_ref())
        || (language == Language::Yaml && is_template(after, &fault));
    if is_unknown || language.check(before).is_err() {
        return None;
    }
    let lines = fault.lines(after);
    Some(Broken { language, fault, lines })
}

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Json,
    /// JSON whose tools allow comments, and commas before closing brackets.
    JsonWithComments,
    Toml,
    Yaml,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::JsonWithComments => "JSON (with comments)",
            Self::Toml => "TOML",
            Self::Yaml => "YAML",
        })
    }
}

impl Language {
    fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
        match name {
            "composer.lock" | "deno.lock" | "flake.lock" | "pipfile.lock" => return Some(Self::Json),
            "cargo.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" | "pipfile" => return Some(Self::Toml),
            _ => {}
        }
        match name.rsplit_once('.')?.1 {
            "json" if allows_comments(folders, name) => Some(Self::JsonWithComments),
            "json" | "ipynb" | "geojson" | "jsonld" | "webmanifest" => Some(Self::Json),
            "jsonc" | "code-workspace" => Some(Self::JsonWithComments),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    fn check(self, content: &[u8]) -> Result<(), Fault> {
        let text = std::str::from_utf8(content).map_err(|error| {
            Fault::at("it is not UTF-8", content.get(..error.valid_up_to()).unwrap_or_default())
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self {
            Self::Json => json(text),
            Self::JsonWithComments => json(&comments::blanked(text)),
            Self::Toml => toml(text),
            Self::Yaml => yaml(text),
        }
    }
}

/// Whether the tools that read a `.json` file of this name, in small letters, allow comments in it.
fn allows_comments(folders: &str, name: &str) -> bool {
    const BEGINNINGS: [&str; 3] = ["tsconfig", "jsconfig", ".eslintrc"];
    const NAMES: [&str; 14] = [
        "angular.json",
        "api-extractor.json",
        "biome.json",
        "deno.json",
        "devcontainer.json",
        "language-configuration.json",
        "nx.json",
        "project.json",
        "rush.json",
        "tslint.json",
        "turbo.json",
        "typedoc.json",
        "workspace.json",
        "wrangler.json",
    ];
    let in_folder =
        folders.rsplit('/').next().is_some_and(|folder| matches!(folder, ".vscode" | ".devcontainer"));
    in_folder || NAMES.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether YAML with a fault is a template: it may be YAML by chance, as long as it has `{{ x }}` in places where that can
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
