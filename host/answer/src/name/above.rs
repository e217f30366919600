//! What a line right above a block of code says of the file that the block may be.
//!
//! `Here is src/a.js:` gives a file, `As src/a.js is the one that fails:` speaks of one, and `src/a.js prints:` shows
//! something else. Structure tells most of them: the line ends in a colon or is a heading, has one name, and what follows
//! the name says no more than that its content comes. Where the line says anything else, the block may be the file or not.

use super::{Name, Named, doubt::is_path_word, read, told_to_change, words};
use orchestrator_core::RelativePath;

/// What a line says of the block below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Above {
    /// No file.
    Nothing,
    /// It is this file.
    Gives(RelativePath),
    /// It has to do with this file; whether it is the file cannot be told.
    Mentions(String),
    /// It is something else that has to do with this file: what it prints, or how it is used.
    Shows(String),
}

/// Words behind a name that say no more than that its content comes.
const AFTER: &str = "a again all also and are as at be becomes below by class code complete component config configuration contains content \
    contents entire entry file files final finally first following follows for form from full function has have header helper here \
    holds hook in index into is it it's its itself last layout like look looks main module new next now of our page please point project \
    reads root route s script see service should so source starter stylesheet styles template test tests the then there this \
    to too us version view whole will with would write written you your";
/// Words that tell what a file does when it is run, and commands.
const RUNS: &str = "command commands execute executing log logs output outputs print printed prints result results return returns run \
    running runs say says structure terminal throws tree";
/// Words that tell how a file is used, or what is wrong with it, and no content of it.
const USES: &str = "bad broken but call called calling calls can could don't e.g example examples fail fails if import \
    imported importing imports instance instead might not old optional optionally previous usage use used uses using wrong";
/// Words that say that a file comes, whatever else they say.
const CREATES: &str = "create creates creating save write";
/// The same, in a sentence that says to change something.
const NEW: &str = "create new called named";
/// Words that say that a part is to be changed.
const ADDS: &str = "add append change edit insert modify prepend replace update";
/// Words that begin what is said of a file behind its name.
const CLAUSES: &str = "as containing for holding that to where which with";
/// Most words behind a name.
const AFTER_MAX: usize = 12;

/// Reads the line right above a block, where [`read`] finds no new file that it can only mean.
#[must_use]
pub fn above(line: &str) -> Above {
    let Named::Name(name) = read(line) else { return Above::Nothing };
    let Some(text) = spoken_of(&name) else { return Above::Nothing };
    let Some((before, after)) = around(line, &text) else { return Above::Mentions(text) };
    let all = || words_of(before).chain(words_of(after));
    let has = |list: &str| all().any(|word| is_one_of(&word, list));
    let path = name.spoken.clone().filter(|_| leads_on(line));
    let creates = has(CREATES);
    let is_something_else =
        words::is_no_file(&text) || has(RUNS) || is_word_too(&text) && !is_marked(before, after);
    if is_something_else && !creates {
        return Above::Shows(text);
    }
    let is_added = words_of(before).last().is_some_and(|word| word == "add");
    let is_changed = told_to_change(line).is_some() && !has(NEW) && !is_added;
    match path {
        Some(path) if !is_changed && (creates || !has(USES)) && is_followed_by_content(after) => {
            Above::Gives(path)
        }
        _ => Above::Mentions(text),
    }
}

/// Whether a line says that what comes below it goes into the file `path`, beside what is in it: `Add to package.json:`.
#[must_use]
pub fn adds_to(line: &str, path: &RelativePath) -> bool {
    let Some((before, after)) = around(line, path.as_str()) else { return false };
    let has = |list: &str| words_of(before).chain(words_of(after)).any(|word| is_one_of(&word, list));
    words_of(before).last().is_some_and(|word| is_one_of(&word, "in inside into of to within"))
        && has(ADDS)
        && !has(CREATES)
        && !has(NEW)
}

/// Whether a line says that what comes below it is something else than a file: what is printed, or how something is used.
#[must_use]
pub fn shows_something_else(line: &str) -> bool {
    let has = |list: &str| words_of(line).any(|word| is_one_of(&word, list));
    (has(RUNS) || has(USES)) && !has(CREATES)
}

/// What the line claims to be a file's name.
fn spoken_of(name: &Name) -> Option<String> {
    if !name.claims || name.alone {
        return None;
    }
    let spoken = name.spoken.as_ref().or(name.candidates.first())?;
    Some(spoken.to_string())
}

/// Whether a line leads on to what comes below it: by a colon at its end, or as a heading.
#[must_use]
pub fn leads_on(line: &str) -> bool {
    let line = line.trim();
    let bare = line.trim_end_matches(|c: char| c.is_whitespace() || "*_`\"".contains(c));
    line.starts_with('#')
        || ["**", "__"].iter().any(|mark| line.starts_with(mark) && line.ends_with(mark))
        || bare.ends_with([':', '\u{ff1a}'])
}

/// What is before a name and after it.
fn around<'l>(line: &'l str, text: &str) -> Option<(&'l str, &'l str)> {
    let at = line.find(text)?;
    Some((line.get(..at)?, line.get(at + text.len()..)?))
}

/// Whether what follows a name says no more than that its content comes, or explains the name.
fn is_followed_by_content(after: &str) -> bool {
    let rest = after.trim_start_matches(['`', '*', '_', '"', '\'', ']']).trim_start();
    // `src/a.js (the entry point):`, `src/a.js, which starts it:`
    let is_apart = rest.starts_with(['(', ',', '-', '\u{2013}', '\u{2014}']);
    let words: Vec<String> = words_of(rest).take(AFTER_MAX + 1).collect();
    let is_clause = words.first().is_some_and(|word| is_one_of(word, CLAUSES));
    let is_said = words.iter().all(|word| is_one_of(word, AFTER));
    words.len() <= AFTER_MAX && (is_apart || is_clause || is_said)
}

/// Whether a name is also a word that is written in capitals, or that anybody may write: `TODO`, `LICENSE`.
fn is_word_too(text: &str) -> bool {
    !text.contains(['.', '/']) && !is_path_word(text)
}

/// Whether a name stands between marks.
fn is_marked(before: &str, after: &str) -> bool {
    let mark = |c: char| "`*_\"'\u{201c}\u{201d}".contains(c);
    before.ends_with(mark) && after.starts_with(mark)
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '\u{2019}' | '.'));
    let bare = parts.map(|word| word.trim_matches(['.', '\'']).replace('\u{2019}', "'").to_lowercase());
    bare.filter(|word| word.contains(char::is_alphanumeric))
}

fn is_one_of(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        match above(line) {
            Above::Nothing => "-".into(),
            Above::Gives(path) => format!("gives {path}"),
            Above::Mentions(text) => format!("mentions {text}"),
            Above::Shows(text) => format!("shows {text}"),
        }
    }

    #[test]
    fn a_line_that_leads_to_a_files_content_gives_it() {
        for line in [
            "Here is `src/a.js`:",
            "Here's the `src/a.js` file:",
            "Here is src/a.js:",
            "Create `src/a.js` with:",
            "Create `src/a.js` with the following content:",
            "First, src/a.js:",
            "Next, the **src/a.js** file:",
            "### Step 2: the `src/a.js` file",
            "**The src/a.js module**",
            "Below is the complete `src/a.js`:",
            "`src/a.js` should look like this:",
            "`src/a.js` contains the following:",
            "Also `src/a.js`, which greets:",
            "And `src/a.js` (the entry point):",
            "Voici `src/a.js` :",
            "\u{8fd9}\u{662f} `src/a.js`\u{ff1a}",
        ] {
            assert_eq!(said(line), "gives src/a.js", "{line}");
        }
    }

    #[test]
    fn a_line_that_says_something_else_of_a_file_does_not_give_it() {
        for line in [
            "As you see src/a.js is the one that fails:",
            "The code of `src/a.js` is fine:",
            "You can use it in `src/a.js` like this:",
            "An example for `src/a.js`:",
            "The server is in `src/a.js`.",
            "The old `src/a.js` was:",
        ] {
            assert_eq!(said(line), "mentions src/a.js", "{line}");
        }
        for line in ["Running `src/a.js` prints:", "The output of src/a.js:"] {
            assert_eq!(said(line), "shows src/a.js", "{line}");
        }
        for line in ["Here is how it looks:", "It uses Node.js:", "Here are `a.js` and `b.js`:", "src/a.js"] {
            assert_eq!(said(line), "-", "{line}");
        }
        let adds = |line: &str| adds_to(line, &RelativePath::parse("a.json").unwrap());
        assert!(adds("Add to `a.json`:") && adds("Then update the scripts in a.json:"));
        assert!(
            !adds("Add `a.json`:") && !adds("Put this into a.json:") && !adds("Save this to the new a.json:")
        );
        assert_eq!(said("Here is `node.js`:"), "shows node.js");
        assert_eq!(said("Here is the LICENSE:"), "shows LICENSE");
        assert_eq!(said("Here is the `LICENSE`:"), "gives LICENSE");
        assert_eq!(said("In `scripts/deploy`:"), "mentions scripts/deploy");
        assert_eq!(said("Here is `a/x.js`:"), "mentions a/x.js");
    }
}
