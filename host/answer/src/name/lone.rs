//! A word that stands where a file's name would.
//!
//! Whether `b` is a file, a function or a word is not in the word. So it is neither a name nor nothing: it is handed to
//! whoever knows the files, and what comes after it is about something that is called so, or about nothing that can be told.

use super::{decoration, markup, words};

/// Words that lead on to what comes, and what a block is called in. None of them names anything.
const LEADING: &str = "a after again all also alternatively an and as before both but change changed changes code diff done edit \
    edits end example explanation final finally first fix fixed here hunk in instead is it last lastly line lines more new \
    next note notes now of old ok one optional or original important minor output part patch plus previously refactor required replace replacement result same search \
    second simply so solution step still summary that the then there third this thus to todo too two update updated updates \
    usage where with yes";
const LANGUAGES: &str = "javascript typescript python rust ruby golang java kotlin swift csharp cpp shell bash console powershell \
    text plaintext plain markdown html css scss json yaml toml xml sql diff udiff copy react vue svelte php perl lua docker \
    dockerfile makefile";
/// Words after which something is named that a hunk is about.
const LEADS: &str = "in inside within to update edit change modify patch fix and for now";
/// Marks that are put around names.
const AROUND: [(char, char); 5] =
    [('`', '`'), ('[', ']'), ('"', '"'), ('\u{201c}', '\u{201d}'), ('\u{ab}', '\u{bb}')];

/// The word that a line names as it would a file: one that is alone on the line, or in backticks at the end of a sentence
/// that leads up to it. None where the line is a word that leads on, as `then:`, or begins as a sentence or a title does.
#[must_use]
pub fn lone_word(line: &str) -> Option<String> {
    let line = markup::plain(line.trim_matches(words::is_invisible));
    let trimmed = line.trim();
    if trimmed.starts_with("- ") || trimmed.starts_with("* ") {
        return None;
    }
    let bare = decoration::strip(&line);
    let text = bare.text.trim_end_matches([':', '.']);
    let word = match text.contains(char::is_whitespace) {
        true => return led(bare.whole),
        false => text,
    };
    if !is_word(word) {
        return None;
    }
    let inside = |(open, close): (char, char)| {
        line.split_once(word)
            .is_some_and(|(before, after)| before.ends_with(open) && after.starts_with(close))
    };
    let is_lower = word.starts_with(|c: char| c.is_lowercase() || c == '_');
    let is_one_of = |list: &str| list.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(word));
    let leads = is_one_of(LEADING) || is_one_of(LANGUAGES) || words::ends_like_a_file(&format!("x.{word}"));
    let is_marked = AROUND.into_iter().any(inside) && (!leads || inside(('`', '`')));
    (is_marked || is_lower && !leads).then(|| word.to_owned())
}

/// The word in backticks at the end of a sentence, where the word before it leads up to it.
fn led(sentence: &str) -> Option<String> {
    let (before, word) = sentence.trim_end_matches([':', ' ']).strip_suffix('`')?.rsplit_once('`')?;
    let lead = before.trim_end().rsplit(char::is_whitespace).next()?;
    let is_led = LEADS.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(lead));
    (is_led && !before.contains('`') && is_word(word)).then(|| word.to_owned())
}

/// Whether a file or something in code may be called so, and it is no call and no path.
fn is_word(word: &str) -> bool {
    word.contains(char::is_alphanumeric)
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '@'))
}

#[cfg(test)]
mod tests {
    use super::lone_word;

    #[test]
    fn a_word_where_a_name_would_be_is_found() {
        for line in [
            "b",
            "b:",
            "`b`",
            "**b**",
            "# b",
            "=== b ===",
            "[b]",
            "**`b`**:",
            "1. `b`",
            "In `b`:",
            "Now update `b`:",
        ] {
            assert_eq!(lone_word(line).as_deref(), Some("b"), "{line:?}");
        }
        for (line, word) in [("`1`", "1"), ("In `файл`:", "файл"), ("`说明`", "说明"), ("\"说明\"", "说明")]
        {
            assert_eq!(lone_word(line).as_deref(), Some(word), "{line:?}");
        }
    }

    #[test]
    fn words_that_lead_on_titles_and_sentences_are_none() {
        for line in [
            "",
            "then:",
            "Then:",
            "and",
            "js",
            "javascript",
            "**Explanation**",
            "### Changes",
            "1.",
            "### 1",
            "Done.",
            "- `b`",
            "The loop ends in `b`.",
            "Replace the return:",
            "It calls `a` and `b`:",
            "`run()`:",
            "In `src/a.js`:",
            "[optional]",
            "---",
            "```",
        ] {
            assert_eq!(lone_word(line), None, "{line:?}");
        }
    }
}
