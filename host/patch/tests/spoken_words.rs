//! What an answer says in words around its parts: words where a name would be, files that it speaks of and does not name, files
//! that go by words alone, alternatives, and how not to do it.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, Report, apply, perform};

const BODY: &str = "function one() {\n  return 1;\n}\n\nfunction two() {\n  return 2;\n}\n";
const FIRST: &str = "src/a.js\n```diff\n@@\n function one() {\n-  return 1;\n+  return 11;\n }\n```\n\n";
const HUNK: &str = "\n```diff\n@@\n-  return 2;\n+  return 22;\n```\n";
const BLOCK: &str = "\n```js\n<<<<<<< SEARCH\n  return 2;\n=======\n  return 22;\n>>>>>>> REPLACE\n```\n";

fn path(text: &str) -> RelativePath {
    RelativePath::parse(text).expect("a path")
}

fn files(paths: &[&str]) -> MemoryFiles {
    paths.iter().map(|name| (path(name), BODY.as_bytes().to_vec())).collect()
}

/// What comes of an answer, and which files have the second change then.
fn came(answer: &str, there: &[&str], options: &Options) -> (Report, Vec<String>) {
    let mut all = files(there);
    let Ok(outcome) = apply(answer.as_bytes(), &all, options);
    perform(&mut all, outcome.edits);
    let has = |content: &[u8]| content.windows(9).any(|part| part == b"return 22");
    let changed = all.iter().filter(|(_, content)| has(content)).map(|(path, _)| path.to_string()).collect();
    (outcome.report, changed)
}

fn second(line: &str, there: &[&str]) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for part in [HUNK, BLOCK] {
        let (report, changed) = came(&format!("{FIRST}{line}\n{part}"), there, &Options::default());
        assert_eq!(report.is_applied(), !changed.is_empty(), "{line:?}");
        all.push(report.is_applied().then_some(changed));
    }
    assert_eq!(all.first(), all.last(), "{line:?}");
    all.pop().flatten()
}

#[test]
fn a_word_where_a_name_would_be_is_a_file_or_is_of_the_file_before() {
    for word in ["b", "other", "1", "\u{444}\u{430}\u{439}\u{43b}", "\u{8bf4}\u{660e}"] {
        for frame in ["`{}`", "**`{}`**:", "### `{}`", "In `{}`:", "Now update `{}`:", "[{}]", "\"{}\""] {
            let line = frame.replace("{}", word);
            assert_eq!(second(&line, &["src/a.js"]), None, "{line}");
            assert_eq!(second(&line, &["src/a.js", word]), Some(vec![word.to_owned()]), "{line}");
        }
    }
    for line in ["b", "b:", "# b", "**b**", "=== b ===", "other:"] {
        assert_eq!(second(line, &["src/a.js"]), None, "{line}");
    }
    // A function of the file, a word that leads on, a title, and a word of the path.
    for line in [
        "`two`",
        "### `two`:",
        "**two**",
        "In `two`:",
        "then:",
        "Next:",
        "### Changes",
        "1.",
        "javascript",
        "`src`",
    ] {
        assert_eq!(second(line, &["src/a.js"]), Some(vec!["src/a.js".to_owned()]), "{line}");
    }
}

#[test]
fn a_word_is_of_the_target_as_well() {
    let options = Options { target: Some(path("src/a.js")), ..Options::default() };
    for part in [HUNK, BLOCK] {
        assert!(!came(&format!("`other`\n{part}"), &["src/a.js"], &options).0.is_applied());
        assert!(came(&format!("`two`\n{part}"), &["src/a.js"], &options).0.is_applied());
    }
}

#[test]
fn a_file_that_is_spoken_of_and_not_named_gets_no_change_and_neither_does_another() {
    for line in [
        "the other file:",
        "In the second file:",
        "**Another file:**",
        "Not src/a.js but this one:",
        "Instead of src/a.js:",
    ] {
        assert_eq!(second(line, &["src/a.js", "src/b.js"]), None, "{line}");
    }
    assert_eq!(
        second("In the second file, `src/b.js`:", &["src/a.js", "src/b.js"]),
        Some(vec!["src/b.js".to_owned()])
    );
}

#[test]
fn a_word_that_is_called_as_a_folder_is_names_no_file() {
    for line in ["Now update tests:", "### tests", "And the tests:"] {
        let (report, changed) =
            came(&format!("{FIRST}{line}\n{HUNK}"), &["src/a.js", "tests/a.test.js"], &Options::default());
        let is_refused_for_the_word = line == "### tests";
        assert_eq!(report.is_applied(), !is_refused_for_the_word, "{line}: {report:?}");
        assert_eq!(changed.is_empty(), is_refused_for_the_word, "{line}");
    }
}

#[test]
fn a_file_that_goes_by_words_alone_refuses_the_patch() {
    let there = ["src/a.js", "src/old.js"];
    for line in
        ["Delete `src/old.js`.", "- Remove the file src/old.js", "Then rename `src/old.js` to `src/new.js`."]
    {
        let (report, _) = came(&format!("{FIRST}{line}\n"), &there, &Options::default());
        assert!(!report.is_applied(), "{line}");
        let (report, _) = came(&format!("{FIRST}{line}\n"), &there[..1], &Options::default());
        assert!(report.is_applied(), "{line}: there is no such file");
    }
    let section = "*** Begin Patch\n*** Delete File: src/old.js\n*** End Patch\n";
    let (report, _) = came(&format!("Delete `src/old.js`.\n\n{section}"), &there, &Options::default());
    assert!(report.is_applied(), "the patch does what is said");
    for line in
        ["You can delete `src/old.js` now if you like.", "Remove `x` from src/old.js in a later step."]
    {
        let (report, _) = came(&format!("{FIRST}{line}\n"), &there, &Options::default());
        assert!(report.is_applied(), "{line}");
    }
}

#[test]
fn alternatives_and_what_is_not_to_be_done_refuse_the_patch() {
    for answer in [
        format!("Do not do this:\n\n{FIRST}But this:\n{HUNK}"),
        format!("**Wrong:**\n\n{FIRST}"),
        format!("Option A:\n\n{FIRST}Or option B:\n{BLOCK}"),
        format!("{FIRST}Alternatively:\n{HUNK}"),
        format!("{FIRST}Or:\n{HUNK}"),
    ] {
        assert!(!came(&answer, &["src/a.js"], &Options::default()).0.is_applied(), "{answer}");
    }
    for answer in [
        format!("Do this:\n\n{FIRST}"),
        format!("Do not forget the second one:\n\n{FIRST}"),
        format!("I took option A:\n\n{FIRST}"),
        format!("### Option A\n\n{FIRST}"),
        format!("{FIRST}Never do that again:\n\nIt is slow.\n"),
    ] {
        assert!(came(&answer, &["src/a.js"], &Options::default()).0.is_applied(), "{answer}");
    }
}
