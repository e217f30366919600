//! The script file: its form, and the checks that make every mistake known before the first run.

use orchestrator_core::{AgentType, ErrorCode, StopReason};
use serde::Deserialize;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

const BUILT_IN: &str = include_str!("../../scripts/todo-app.toml");
/// The pieces in which text is streamed, in characters: about six tokens.
const CHUNK_CHARS: u32 = 24;
/// The pause before each piece, in milliseconds: people can watch it, nobody has to wait for it.
const DELAY_MS: u64 = 8;

/// A script that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// Where it came from, for error texts.
    pub(super) file: String,
    /// What people should know before they take a run of it for what it is not; empty where there is nothing.
    pub(super) notice: String,
    /// In the order of the file.
    pub(super) replies: Vec<Reply>,
}

/// A script that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("script '{file}': {problem}")]
pub struct ScriptError {
    /// The file.
    pub file: String,
    /// The entry and field, what is wrong with it, and what to change.
    pub problem: String,
}

/// One reply and the calls that it is for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) agent: AgentType,
    pub(super) select: Select,
    pub(super) thinking: String,
    pub(super) text: String,
    pub(super) end: End,
    pub(super) chunk_chars: usize,
    pub(super) delay: Duration,
}

/// The calls of an agent that a reply is for; what is not given matches all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Select {
    pub(super) call: Option<u32>,
    pub(super) round: Option<u32>,
    pub(super) attempt: Option<u32>,
}

/// What comes after the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Whole(StopReason),
    Error { code: ErrorCode, retry_after: Option<Duration>, message: Option<String> },
    Hold,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    chunk_chars: Option<u32>,
    delay_ms: Option<u64>,
    notice: Option<String>,
    #[serde(default, rename = "reply")]
    replies: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    agent: AgentType,
    attempt: Option<u32>,
    round: Option<u32>,
    call: Option<u32>,
    thinking: Option<String>,
    text: Option<String>,
    text_file: Option<PathBuf>,
    stop_reason: Option<StopReason>,
    error: Option<ErrorEntry>,
    #[serde(default)]
    hold: bool,
    chunk_chars: Option<u32>,
    delay_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorEntry {
    code: ErrorCode,
    retry_after_ms: Option<u64>,
    message: Option<String>,
}

impl Script {
    /// The script that the program carries: a small todo app, built from plan to documentation.
    ///
    /// # Errors
    /// When it breaks a rule, which the tests rule out.
    pub fn built_in() -> Result<Self, ScriptError> {
        Self::parse(BUILT_IN, "built-in todo-app.toml", None)
    }

    /// Reads a script, and the text files that it names, which are looked up beside it.
    ///
    /// # Errors
    /// When a file cannot be read, or an entry breaks a rule; names entry and field.
    pub fn load(path: &Path) -> Result<Self, ScriptError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ScriptError {
            file: file.clone(),
            problem: format!("it cannot be read: {error}"),
        })?;
        Self::parse(&text, &file, Some(path.parent().unwrap_or(Path::new(""))))
    }

    /// Reads a script's text. Without a folder, entries cannot name text files.
    ///
    /// # Errors
    /// As [`Script::load`].
    pub fn parse(text: &str, file: &str, folder: Option<&Path>) -> Result<Self, ScriptError> {
        let wrong = |problem: String| ScriptError { file: file.to_owned(), problem };
        let parsed: File = toml::from_str(text).map_err(|error| wrong(mistake(text, &error)))?;
        if parsed.replies.is_empty() {
            return Err(wrong("there is no [[reply]]: add at least one".into()));
        }
        let defaults = (parsed.chunk_chars.unwrap_or(CHUNK_CHARS), parsed.delay_ms.unwrap_or(DELAY_MS));
        let mut replies = Vec::with_capacity(parsed.replies.len());
        let mut seen = HashMap::new();
        for (entry, number) in parsed.replies.into_iter().zip(1..) {
            let at = format!("[[reply]] {number} (agent '{}')", entry.agent);
            let reply =
                check(entry, defaults, folder).map_err(|problem| wrong(format!("{at}: {problem}")))?;
            if let Some(earlier) = seen.insert((reply.agent.clone(), reply.select), number) {
                let problem = format!(
                    "it is for the same calls as [[reply]] {earlier}: give it another attempt, round or call"
                );
                return Err(wrong(format!("{at}: {problem}")));
            }
            replies.push(reply);
        }
        // One line, as everything that a notice is shown in expects.
        let notice = parsed.notice.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { file: file.to_owned(), notice, replies })
    }
}

fn check(entry: Entry, (chunk_chars, delay_ms): (u32, u64), folder: Option<&Path>) -> Result<Reply, String> {
    for (field, value) in [("attempt", entry.attempt), ("call", entry.call)] {
        if value == Some(0) {
            return Err(format!("{field} is 0; {field}s are counted from 1"));
        }
    }
    let chunk_chars = entry.chunk_chars.unwrap_or(chunk_chars);
    if chunk_chars == 0 {
        return Err("chunk_chars is 0; give at least 1".into());
    }
    let text = match (entry.text, entry.text_file) {
        (Some(_), Some(_)) => return Err("text and text_file are both given; keep one".into()),
        (Some(text), None) => Some(text),
        (None, Some(path)) => Some(read(&path, folder)?),
        (None, None) => None,
    };
    let end = match (entry.error, entry.hold, entry.stop_reason) {
        (Some(_), true, _) => return Err("error and hold are both given; keep one".into()),
        (Some(_), _, Some(_)) => {
            return Err("error and stop_reason are both given; a failed answer has no reason".into());
        }
        (_, true, Some(_)) => {
            return Err("hold and stop_reason are both given; a held answer never stops".into());
        }
        (Some(ErrorEntry { code, retry_after_ms, message }), false, None) => {
            End::Error { code, retry_after: retry_after_ms.map(Duration::from_millis), message }
        }
        (None, true, None) => End::Hold,
        (None, false, reason) => End::Whole(reason.unwrap_or(StopReason::EndTurn)),
    };
    if text.is_none() && matches!(end, End::Whole(_)) {
        return Err("nothing to reply: give text, text_file, error or hold".into());
    }
    Ok(Reply {
        agent: entry.agent,
        select: Select { call: entry.call, round: entry.round, attempt: entry.attempt },
        thinking: entry.thinking.unwrap_or_default(),
        text: text.unwrap_or_default(),
        end,
        chunk_chars: chunk_chars as usize,
        delay: Duration::from_millis(entry.delay_ms.unwrap_or(delay_ms)),
    })
}

fn read(path: &Path, folder: Option<&Path>) -> Result<String, String> {
    let at = format!("text_file '{}'", path.display());
    let folder = folder.ok_or_else(|| format!("{at}: the built-in script has no folder; use text"))?;
    if path.is_absolute() {
        return Err(format!("{at}: give a path relative to the script"));
    }
    std::fs::read_to_string(folder.join(path)).map_err(|error| format!("{at}: it cannot be read: {error}"))
}

/// A mistake in the file in one line: where it is, what stands there, what is wrong with it.
fn mistake(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    format!("line {number}, `{}`: {}", line.trim(), error.message().replace('\n', " "))
}

#[cfg(test)]
mod tests;
