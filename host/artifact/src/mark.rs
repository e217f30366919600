//! The run's mark in prose: a tag that was meant, and is broken.
//!
//! The mark is new for each run and stands in nothing but its tags, so where one of their names with it stands in prose,
//! the model meant to write, delete or rename a file: with a blank before the name, in other brackets, as entities.
//! Between backticks the tag is spoken of.

use orchestrator_answer::{name, tag};

/// The names of tags that begin something, without the mark.
const NAMES: [&str; 3] = ["file-", "delete-", "rename-"];
/// What stands before the name in a tag, whatever came of its `<`.
const BRACKETS: [char; 10] =
    ['<', '[', '{', '(', '\u{ff1c}', '\u{2039}', '\u{ab}', '\u{3008}', '\u{300a}', '\u{27e8}'];
/// The mark of a run.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    nonce: String,
}

impl Mark {
    pub(crate) fn new(nonce: &str) -> Self {
        Self { nonce: nonce.to_owned() }
    }

    /// The path in a broken tag of the run that `line` has; empty where it is a tag for sure and none can be read in it.
    pub(crate) fn in_broken_tag(&self, line: &str) -> Option<String> {
        if self.nonce.is_empty() || !line.contains(&self.nonce) {
            return None;
        }
        line.match_indices(&self.nonce).find_map(|(at, nonce)| {
            let (before, after) = (line.get(..at)?, line.get(at + nonce.len()..)?);
            let before = NAMES.iter().find_map(|name| before.strip_suffix(name))?;
            let is_spoken_of = before.matches('`').count() % 2 == 1;
            let is_longer = after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'));
            // As it should be, but not where it counts: prose may mention it, or it is cut off.
            let is_well_begun = before.ends_with('<');
            if is_spoken_of || is_longer || is_well_begun {
                return None;
            }
            let named = tag::named_in(&format!("<file {}", plain(after)));
            named.or_else(|| is_bracket(before).then(String::new))
        })
    }
}

/// Whether a line begins a tag at its end.
fn is_bracket(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with(BRACKETS) || ["&lt;", "&#60;", "&#x3c;"].iter().any(|entity| ends_with(before, entity))
}

fn ends_with(text: &str, end: &str) -> bool {
    let at = text.len().saturating_sub(end.len());
    text.get(at..).is_some_and(|last| last.eq_ignore_ascii_case(end))
}

/// Attributes with the quotes and signs that a tag has, up to the bracket that closes it.
fn plain(after: &str) -> String {
    let text = name::without_entities(after);
    let plain = text.chars().map(|c| match c {
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ff02}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2018}' | '\u{2019}' | '\u{ff07}' => '\'',
        '\u{ff1d}' => '=',
        '\u{ff1e}' => '>',
        other => other,
    });
    let plain: String = plain.collect();
    plain.trim_end().trim_end_matches([']', '}', ')', '>', '/', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<String> {
        Mark::new("k3x9").in_broken_tag(line)
    }

    #[test]
    fn a_broken_tag_is_found_with_its_path() {
        for line in [
            "< file-k3x9 path=\"src/b.js\">",
            "&lt;file-k3x9 path=\"src/b.js\"&gt;",
            "&LT; file-k3x9 path=&quot;src/b.js&quot; &gt;",
            "[file-k3x9 path=\"src/b.js\"]",
            "[delete-k3x9 path=src/b.js]",
            "{file-k3x9 path='src/b.js'}",
            "\u{ff1c}file-k3x9 path=\"src/b.js\"\u{ff1e}",
            "\u{ff1c}file-k3x9 path\u{ff1d}\u{201c}src/b.js\u{201d}\u{ff1e}",
            "**file-k3x9 path=\"src/b.js\"**",
            "file-k3x9 path = \"src/b.js\"",
            "Now: { rename-k3x9 from=\"src/b.js\" to=\"c.js\" }",
            "`x` [file-k3x9 path=\"src/b.js\"]",
        ] {
            assert_eq!(found(line).as_deref(), Some("src/b.js"), "{line}");
        }
        for line in ["< file-k3x9", "[file-k3x9]", "< file-k3x9 path=\"\">", "&lt;file-k3x9 name=\"b\"&gt;"] {
            assert_eq!(found(line).as_deref(), Some(""), "{line}");
        }
    }

    #[test]
    fn what_is_spoken_of_and_what_ends_a_file_is_none() {
        for line in [
            "I write `[file-k3x9 path=\"src/b.js\"]`.",
            "Its tags are called file-k3x9.",
            "Here: <file-k3x9 path=\"src/b.js\">",
            "<file-k3x9",
            "&lt;/file-k3x9&gt;",
            "</ file-k3x9>",
            "[file-k3x90 path=\"src/b.js\"]",
            "[file path=\"src/b.js\"]",
            "[k3x9 path=\"src/b.js\"]",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
