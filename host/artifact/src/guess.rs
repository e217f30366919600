//! Which file a fenced block is that no tag names.
//!
//! Models that forget the tags still say where code belongs: behind the language (`js src/a.js`, `js:src/a.js`,
//! `js title="src/a.js"`), or in the line before the block. Which lines name a file is said in one place for files and
//! patches alike ([`orchestrator_answer::name`]). A name that stands alone is one; in a sentence it has to be the only
//! thing that the sentence can mean. A name that cannot be used is not passed over. A comment in the first line of the
//! code is no name, since code that shows a usage often begins with one that names the file used.
//!
//! Blocks in the languages of terminals and diffs are to be run or applied, not kept, unless they are scripts by name.

use orchestrator_answer::name::{self, Named};
use orchestrator_core::RelativePath;

/// Languages of blocks that are no files.
const NO_FILES: &str =
    "diff patch udiff console terminal shell-session shellsession sh-session dos output log tree mermaid";

/// Languages of scripts, which are shown far more often to be typed than to be kept.
const SCRIPTS: &str = "sh bash shell zsh fish powershell ps1 pwsh bat batch cmd";

/// Endings of scripts.
const SCRIPT_ENDINGS: &str = "sh bash zsh fish ps1 bat cmd";

/// What a block is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    /// Not a file, as far as can be told.
    Nothing,
    /// This file.
    File(RelativePath),
    /// A file whose name, the first, cannot be used for the reason that is the second.
    Unusable(String, String),
}

/// The file that a block is whose fence is followed by `info` and comes after the line `before`.
pub(crate) fn file(info: &str, before: Option<&str>) -> Guess {
    let first = info.split_whitespace().next().unwrap_or_default();
    let language = first.split([':', '{']).next().unwrap_or_default().to_ascii_lowercase();
    if is_one_of(&language, NO_FILES) {
        return Guess::Nothing;
    }
    let is_script = is_one_of(&language, SCRIPTS);
    let in_info = if is_script { Guess::Nothing } else { of(name::in_info(info)) };
    let guess = match (in_info, before) {
        (Guess::Nothing, Some(before)) => of(name::read(before)),
        (guess, _) => guess,
    };
    match guess {
        Guess::File(path) if is_script && !is_script_name(&path) => Guess::Nothing,
        Guess::Unusable(..) if is_script => Guess::Nothing,
        guess => guess,
    }
}

fn is_script_name(path: &RelativePath) -> bool {
    path.as_str()
        .rsplit_once('.')
        .is_some_and(|(_, ending)| is_one_of(&ending.to_ascii_lowercase(), SCRIPT_ENDINGS))
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

/// The file that a diff is about, or a block of search and replace, which begins with `line` after the line `before`.
pub(crate) fn changed(before: &str, line: &str) -> Option<RelativePath> {
    let named = if line.starts_with("+++ ") && before.starts_with("--- ") {
        if line.contains("/dev/null") { before } else { line }
    } else if line.starts_with("*** Update File:")
        || line.starts_with("*** Add File:")
        || line.starts_with("*** Delete File:")
    {
        line
    } else if line.trim_start().starts_with("<<<<<<< ") {
        before
    } else {
        return None;
    };
    match of(name::read(named)) {
        Guess::File(path) => Some(path),
        Guess::Nothing | Guess::Unusable(..) => None,
    }
}

/// The file that a block without a header changes in part, by the line `before` it: a diff below any line that names a
/// file, other code below a sentence that says what to change there.
pub(crate) fn changed_in_part(info: &str, before: &str) -> Option<RelativePath> {
    let first = info.split_whitespace().next().unwrap_or_default();
    let language = first.split([':', '{']).next().unwrap_or_default().to_ascii_lowercase();
    if !is_one_of(&language, "diff patch udiff") {
        let is_file = !is_one_of(&language, NO_FILES) && !is_one_of(&language, SCRIPTS);
        return is_file.then(|| name::told_to_change(before)).flatten();
    }
    match name::read(before) {
        Named::Name(name) if name.claims() => name.candidates().first().cloned(),
        _ => None,
    }
}

fn is_one_of(word: &str, words: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// Whether code of this kind is a diff, by its first line.
pub(crate) fn begins_diff(line: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 7] =
        [b"diff --git ", b"--- ", b"+++ ", b"@@ ", b"*** Begin Patch", b"*** Update File", b"Index: "];
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || line.trim_ascii() == b"@@"
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

    #[test]
    fn a_block_may_change_a_file_in_part() {
        let changed =
            |info: &str, before: &str| changed_in_part(info, before).map(|path| path.as_str().to_owned());
        let some = Some("lib/a.rb".to_owned());
        for (info, before) in [
            ("diff", "And change `lib/a.rb`:"),
            ("diff", "lib/a.rb"),
            ("patch", "**lib/a.rb**"),
            ("ruby", "And in lib/a.rb change:"),
            ("", "Then update this in `lib/a.rb`:"),
        ] {
            assert_eq!(changed(info, before), some, "{info} {before}");
        }
        for (info, before) in [
            ("diff", "What changed:"),
            ("ruby", "It is used like this in lib/a.rb:"),
            ("ruby", "I changed lib/a.rb."),
            ("sh", "To change lib/a.rb:"),
        ] {
            assert_eq!(changed(info, before), None, "{info} {before}");
        }
    }

    #[track_caller]
    fn expect(info: &str, before: &str, expected: Option<&str>) {
        let found = match file(info, Some(before).filter(|line| !line.is_empty())) {
            Guess::Nothing => None,
            Guess::File(path) => Some(path.to_string()),
            Guess::Unusable(text, _) => Some(format!("bad {text}")),
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
            ("js", "Change `src/a.js` so that it greets:"),
            ("js", "As you see src/a.js is the one that fails:"),
            ("js", "### Node.js"),
            ("", "Example 1.0"),
            ("js title=\"My example\"", ""),
            ("js {1,3}", "### Usage"),
            ("diff src/a.js", ""),
            ("bash scripts/run.sh", ""),
            ("sh", "Run this in `src/a.js`:"),
            ("js", "See https://example.org/a.js"),
        ] {
            expect(info, before, None);
        }
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

    #[test]
    fn a_diff_names_its_file() {
        let changed = |before, line| super::changed(before, line).map(|path| path.to_string());
        assert_eq!(changed("--- a/src/a.js", "+++ b/src/a.js").as_deref(), Some("src/a.js"));
        assert_eq!(changed("--- a/src/a.js", "+++ /dev/null").as_deref(), Some("src/a.js"));
        assert_eq!(changed("", "*** Update File: src/a.js").as_deref(), Some("src/a.js"));
        assert_eq!(changed("src/a.js", "<<<<<<< SEARCH").as_deref(), Some("src/a.js"));
        assert_eq!(changed("text", "+++ b/src/a.js"), None);
    }
}
