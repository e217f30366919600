//! Answers of any size, each of one construct over and over.

mod changes;

use changes::{changes, parts};

/// A file that is there, and an answer about it.
pub(super) struct Case {
    /// What it consists of.
    pub(super) name: &'static str,
    pub(super) file: String,
    pub(super) answer: String,
}

/// The file that the answers are about.
pub(super) const PATH: &str = "src/a.js";

/// One answer of each construct, of about `bytes` bytes.
pub(super) fn all(bytes: usize) -> Vec<Case> {
    [lines(bytes), within_a_line(bytes), parts(bytes), changes(bytes)].into_iter().flatten().collect()
}

const FILE: &str = "alpha\nbeta\ngamma\n";
const DIFF: &str = "--- a/src/a.js\n+++ b/src/a.js\n@@ -1,3 +1,3 @@\n alpha\n-beta\n+delta\n gamma\n";

/// `prose` before a sound diff.
fn before_a_diff(name: &'static str, prose: &str) -> Case {
    Case { name, file: FILE.into(), answer: format!("{prose}\n\n{DIFF}") }
}

/// Text of about `bytes` bytes, of pieces that are told their number.
fn of(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + 64);
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&piece(number));
        number += 1;
    }
    text
}

/// Prose of one line, or of a few lines, over and over.
fn lines(bytes: usize) -> Vec<Case> {
    let same = |text: &'static str| of(bytes, |_| text.to_owned());
    [
        ("blank lines", "\n"),
        ("lines of blanks", "     \n"),
        ("fences", "```js\nlet a = 1;\n```\n"),
        ("fences of one line", "```\n"),
        ("fences in a list", "- ```\n      ```\n"),
        ("names on lines of their own", "src/b.js\n\n"),
        ("names above blocks of code", "`src/b.js`:\n```js\nlet a = 1;\n\n```\n"),
        ("markers of blocks", "<<<<<<< SEARCH\n"),
        ("dividers", "=======\n"),
        ("ends of blocks", ">>>>>>> REPLACE\n"),
        ("headers without hunks", "--- a/src/a.js\n+++ b/src/a.js\n"),
        ("headers of git", "diff --git a/src/a.js b/src/a.js\n"),
        ("hunks without lines", "@@ -1,3 +1,3 @@\n"),
        ("names in headers above one another", "@@ alpha\n"),
        ("marks of a missing line end", "\\ No newline at end of file\n"),
        ("begins of apply_patch", "*** Begin Patch\n"),
        ("sections without hunks", "*** Update File: src/a.js\n"),
        ("new files without lines", "*** Add File: src/b.js\n"),
        ("quotations", "> @@\n> text\ntext\n"),
        ("code that is indented", "    --- a/src/a.js\n    +++ b/src/a.js\ntext\n"),
        ("tags in lines of their own", "<file path=\"src/b.js\">\n"),
        ("items", "- one of them\n"),
    ]
    .into_iter()
    .map(|(name, line)| before_a_diff(name, &same(line)))
    .chain([
        before_a_diff("fences that grow", &of(bytes, |number| format!("{}\n", "`".repeat(3 + number % 64)))),
        before_a_diff(
            "fences that shrink",
            &of(bytes, |number| format!("{}js\n", "`".repeat(67 - number % 64))),
        ),
        before_a_diff(
            "quotations that grow",
            &of(bytes, |number| format!("{}@@\n", "> ".repeat(number % 64))),
        ),
        before_a_diff(
            "blank lines between marks",
            &format!(
                "{DIFF}{}{}",
                "\n".repeat(bytes / 2),
                of(bytes / 2, |_| "\\ No newline at end of file\n".into())
            ),
        ),
    ])
    .collect()
}

/// One line of prose of one thing over and over, behind a name.
fn within_a_line(bytes: usize) -> Vec<Case> {
    [
        ("letters", "a"),
        ("blanks", " "),
        ("words", "word "),
        ("names", "src/b.js "),
        ("names in backticks", "`src/b.js` "),
        ("different ends", "a.b/c "),
        ("backticks", "`"),
        ("quotes", "\""),
        ("apostrophes", "' "),
        ("asterisks", "*"),
        ("asterisks apart", "* "),
        ("underscores", "_ "),
        ("points", ". "),
        ("colons", ": "),
        ("slashes", "/"),
        ("backslashes", "\\"),
        ("equals signs", "="),
        ("commas", ", "),
        ("pipes", "| "),
        ("hashes", "# "),
        ("dashes", " - "),
        ("brackets", "("),
        ("closed brackets", "( ) "),
        ("square brackets", "["),
        ("links", "[a]("),
        ("whole links", "[a](b.js) "),
        ("angle brackets", "<"),
        ("closed angle brackets", "<> "),
        ("tags", "<a "),
        ("tags with attributes", "<a b=c "),
        ("tags with quotes", "<a b=\""),
        ("whole tags", "<a b=\"c\">"),
        ("quotation marks", "> "),
        ("days", "Mon "),
        ("dates", "2024-05-06 "),
        ("tabs", "\t"),
        ("entities", "&lt;"),
        ("escapes", "\\<"),
        ("letters beyond ASCII", "\u{fc}"),
        ("dots", "\u{2026}"),
        ("comments", "/* "),
        ("whole comments", "<!-- --> "),
        ("signs", "+ "),
        ("markers", "<<<<<<< "),
        ("carriage returns", "\r"),
    ]
    .into_iter()
    .flat_map(|(name, piece)| {
        let long = of(bytes, |_| piece.to_owned());
        [
            before_a_diff(name, &format!("In src/a.js {long}")),
            before_a_diff(name, &long),
            before_a_diff(name, &format!("```js {long}\n```")),
            before_a_diff(name, &format!("--- {long}\n+++ {long}\n@@")),
            before_a_diff(name, &format!("diff --git {long}")),
            before_a_diff(name, &format!("*** Update File: {long}")),
            before_a_diff(name, &format!("*** Add File: {long}")),
            before_a_diff(name, &format!("@@ {long}\n alpha\n-beta")),
            Case {
                name,
                file: FILE.into(),
                answer: format!("src/a.js\n<<<<<<< SEARCH\nbeta\n=======\n{long}\n>>>>>>> REPLACE\n"),
            },
            Case {
                name,
                file: format!("alpha\n{long}\ngamma\n"),
                answer: format!(
                    "--- a/src/a.js\n+++ b/src/a.js\n@@\n alpha\n-{long}\n+{long}{piece}\n gamm\n"
                ),
            },
        ]
    })
    .collect()
}
