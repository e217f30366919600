//! Which file a fenced block is that no tag names.
//!
//! Models that forget the tags still say where code belongs: behind the language (`js src/a.js`, `js:src/a.js`,
//! `js title="src/a.js"`), or in the line before the block. Which lines name a file is said in one place for files and
//! patches alike ([`orchestrator_answer::name`]). A name that stands alone is one; in a sentence it has to be the only
//! thing that the sentence can mean, or the only one that the sentence has and in a language that is the block's. A comment
//! that is the first line of the code is a name as well, unless the line above says that a usage is shown. A name that
//! cannot be used is not passed over, and neither is one of which it cannot be told whether the block is that file.
//!
//! Blocks in the languages of terminals and diffs are to be run or applied, not kept, unless they are scripts by name.

use crate::language::{Fit, comment, fit, has_comments, is_of_a_shell};
use orchestrator_answer::name::{self, Above, Named};
use orchestrator_core::RelativePath;

/// Languages of blocks that are no files.
const NO_FILES: &str = "diff patch udiff output log tree mermaid";

/// Languages of what is typed, with what it prints.
const TERMINALS: &str = "console terminal shell-session shellsession sh-session dos";

/// Languages of scripts, which are shown far more often to be typed than to be kept.
const SCRIPTS: &str = "sh bash shell zsh fish powershell ps1 pwsh bat batch cmd";

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guess {
    /// Not a file, as far as can be told.
    Nothing,
    /// This file.
    File(RelativePath),
    /// This file, or something that has to do with it.
    Perhaps(String),
    /// A file whose name, the first, cannot be used for the reason that is the second.
    Unusable(String, String),
}

/// The language of a block, in small letters.
pub(crate) fn language(info: &str) -> String {
    let first = info.split_whitespace().next().unwrap_or_default();
    first.split([':', '{']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether a block in this language is there to be typed.
pub(crate) fn is_typed(language: &str) -> bool {
    is_one_of(language, SCRIPTS) || is_one_of(language, TERMINALS)
}

/// Whether a block in this language may be a file that is no script.
pub(crate) fn may_be_file(language: &str) -> bool {
    !is_no_file(language) && !is_one_of(language, SCRIPTS)
}

fn is_no_file(language: &str) -> bool {
    is_one_of(language, NO_FILES) || is_one_of(language, TERMINALS)
}

/// The file that a block is whose fence is followed by `info` and comes after the line `before`.
pub(crate) fn file(info: &str, before: Option<&str>) -> Guess {
    let language = language(info);
    if is_no_file(&language) {
        return Guess::Nothing;
    }
    let is_script = is_one_of(&language, SCRIPTS);
    let in_info = if is_script { Guess::Nothing } else { of(name::in_info(info)) };
    let guess = match (in_info, before) {
        (Guess::Nothing, Some(before)) => below(&language, before),
        (guess, _) => guess,
    };
    match guess {
        Guess::File(path) if is_script && !is_of_a_shell(&path) => Guess::Nothing,
        Guess::Unusable(..) | Guess::Perhaps(_) if is_script => Guess::Nothing,
        guess => guess,
    }
}

/// What a block in this language is below a line.
fn below(language: &str, before: &str) -> Guess {
    let named = name::read(before);
    if let Named::Name(name) = &named
        && let (Some(path), false) = (name.new_file(), name.is_alone())
    {
        // A sentence that can mean no other file.
        return match fit(language, path) {
            Fit::Other => Guess::Perhaps(path.to_string()),
            _ if name::adds_to(before, path) => Guess::Perhaps(path.to_string()),
            Fit::Open if !name::leads_on(before) => Guess::Nothing,
            Fit::Open | Fit::Same => Guess::File(path.clone()),
        };
    }
    match of(named) {
        Guess::Nothing => below_sentence(language, before),
        guess => guess,
    }
}

/// What a block in this language is below a line that is more than a name.
fn below_sentence(language: &str, before: &str) -> Guess {
    let leads_on = name::leads_on(before);
    match name::above(before) {
        Above::Nothing | Above::Shows(_) => Guess::Nothing,
        Above::Gives(path) if fit(language, &path) == Fit::Other => Guess::Perhaps(path.into()),
        Above::Gives(path) => Guess::File(path),
        Above::Mentions(text) => match RelativePath::parse(&text).map(|path| fit(language, &path)) {
            Err(_) | Ok(Fit::Same) => Guess::Perhaps(text),
            Ok(Fit::Open) if language.is_empty() && leads_on => Guess::Perhaps(text),
            Ok(Fit::Open | Fit::Other) => Guess::Nothing,
        },
    }
}

/// The file that a block is by its first line, where that is a comment and nothing but a name.
pub(crate) fn in_first_line(language: &str, line: &[u8]) -> Option<RelativePath> {
    let (text, mark) = comment(std::str::from_utf8(line).ok()?)?;
    let path = alone(text)?;
    let fits = match is_one_of(language, SCRIPTS) {
        true => is_of_a_shell(&path),
        false => !is_no_file(language) && fit(language, &path) != Fit::Other,
    };
    (fits && has_comments(&path, mark)).then_some(path)
}

/// The new file that a line names, if it has nothing else.
fn alone(line: &str) -> Option<RelativePath> {
    match name::read(line) {
        Named::Name(name) if name.is_alone() => name.new_file().cloned(),
        _ => None,
    }
}

/// The file that a heading names, and nothing else; none where the line is no heading at all.
pub(crate) fn heading(line: &str) -> Option<Option<RelativePath>> {
    let line = line.trim();
    let is_emphasised = |mark: &&str| line.starts_with(*mark) && line.trim_end_matches(':').ends_with(*mark);
    let is_heading = line.starts_with('#') || ["**", "__"].iter().any(is_emphasised);
    is_heading.then(|| alone(line))
}

/// Whether a block in this language is surely one for a file called so.
pub(crate) fn is_in_language_of(language: &str, path: &RelativePath) -> bool {
    fit(language, path) == Fit::Same
}

/// The file that a line names. One that the line can only be about, and that cannot be a new one, is no prose.
fn of(named: Named) -> Guess {
    let unusable = match named {
        Named::Nothing => return Guess::Nothing,
        Named::Unusable(unusable) => unusable,
        Named::Name(name) => match name.new_file() {
            Some(path) => return Guess::File(path.clone()),
            None if name.is_alone() && name.claims() => name.doubt(),
            None => return Guess::Nothing,
        },
    };
    Guess::Unusable(unusable.text, unusable.reason)
}

fn is_one_of(word: &str, words: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// Whether a file may begin with a fence of its own.
pub(crate) fn is_markdown(path: &RelativePath) -> bool {
    let ending = path.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    ["md", "mdx", "markdown", "qmd", "rmd"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a fence says that what it encloses is Markdown.
pub(crate) fn says_markdown(info: &[u8]) -> bool {
    ["markdown", "md", "mdx"].iter().any(|word| info.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expect(info: &str, before: &str, expected: Option<&str>) {
        let found = match file(info, Some(before).filter(|line| !line.is_empty())) {
            Guess::Nothing => None,
            Guess::File(path) => Some(path.to_string()),
            Guess::Unusable(text, _) => Some(format!("bad {text}")),
            Guess::Perhaps(text) => Some(format!("perhaps {text}")),
        };
        assert_eq!(found.as_deref(), expected, "{info:?} after {before:?}");
    }

    #[test]
    fn a_path_behind_the_language_is_found() {
        for info in [
            "js src/a.js",
            "js title=\"src/a.js\"",
            "jsx filename='src/a.js' {1,3}",
            "js:src/a.js",
            "src/a.js",
            "js (src/a.js)",
            "js ./src/a.js showLineNumbers",
            "js src/a.js title=\"src/a.js\"",
        ] {
            expect(info, "", Some("src/a.js"));
        }
        expect("docker Dockerfile", "", Some("Dockerfile"));
        expect("text .gitignore", "", Some(".gitignore"));
        expect("python main.py", "", Some("main.py"));
        expect("main.py", "", Some("main.py"));
        expect("tsx src/routes/$id.tsx", "", Some("src/routes/$id.tsx"));
        expect("html title=\"My Page.html\"", "", Some("My Page.html"));
    }

    #[test]
    fn a_path_in_the_line_before_is_found() {
        for line in [
            "**src/a.js**",
            "`src/a.js`:",
            "### src/a.js",
            "1. **src/a.js**",
            "**File: `src/a.js`**",
            "src/a.js:",
            "Now create src/a.js:",
            "`src/a.js` (new file):",
        ] {
            expect("js", line, Some("src/a.js"));
        }
        expect("python", "### __init__.py", Some("__init__.py"));
        expect("tsx", "### app/(shop)/[id]/page.tsx", Some("app/(shop)/[id]/page.tsx"));
        expect("tsx", "Now create src/routes/$id.tsx:", Some("src/routes/$id.tsx"));
        expect("svelte", "In `+page.svelte`:", Some("+page.svelte"));
        expect("js", "\u{6587}\u{4ef6}\u{ff1a}src/a.js", Some("src/a.js"));
        expect("js", "&quot;src/a.js&quot;", Some("src/a.js"));
        expect("bash", "**scripts/run.sh**", Some("scripts/run.sh"));
    }

    #[test]
    fn what_only_mentions_a_file_is_not_taken_for_one() {
        for (info, before) in [
            ("js", ""),
            ("js", "### Node.js"),
            ("", "Example 1.0"),
            ("js title=\"My example\"", ""),
            ("js {1,3}", "### Usage"),
            ("diff src/a.js", ""),
            ("bash scripts/run.sh", ""),
            ("sh", "Run this in `src/a.js`:"),
            ("js", "See https://example.org/a.js"),
            ("json", "As you see src/a.js is the one that fails:"),
            ("", "The server is in `src/a.js`."),
            ("text", "Running `src/a.js` prints:"),
        ] {
            expect(info, before, None);
        }
        for before in [
            "Change `src/a.js` so that it greets:",
            "As you see src/a.js is the one that fails:",
            "The server in `src/a.js` greets.",
        ] {
            expect("js", before, Some("perhaps src/a.js"));
        }
    }

    #[test]
    fn a_sentence_gives_a_file_in_a_language_that_is_the_blocks() {
        for (info, before) in [
            ("js", "Here is `src/a.js`:"),
            ("", "Here is `src/a.js`:"),
            ("javascript", "Create `src/a.js` with:"),
            ("ts", "First, src/a.js:"),
        ] {
            expect(info, before, Some("src/a.js"));
        }
        expect("json", "Here is `src/a.js`:", Some("perhaps src/a.js"));
        expect("bash", "Here is `run.sh`:", Some("run.sh"));
        expect("bash", "Here is `.env`:", Some(".env"));
        expect("bash", "Here is `src/a.js`:", None);
    }

    #[test]
    fn a_name_that_cannot_be_used_is_no_prose() {
        expect("js ../../etc/passwd.js", "", Some("bad ../../etc/passwd.js"));
        expect("js", "**/etc/passwd.js**", Some("bad /etc/passwd.js"));
        expect("js a.js b.js", "", Some("bad a.js' and 'b.js"));
        // Whether `a/` is a folder cannot be told.
        expect("js a/x.js", "", Some("bad a/x.js"));
        expect("js", "**a/x.js**", Some("bad a/x.js"));
        expect("js ./a/x.js", "", Some("a/x.js"));
        expect("tsx", "@/a.tsx", Some("bad @/a.tsx"));
    }
}
