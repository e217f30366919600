//! Answers of parts of a patch, and of changes of many lines.

use super::{Case, of};

/// Parts of a patch, each of which is read and placed.
pub(super) fn parts(bytes: usize) -> Vec<Case> {
    let line = |number: usize| format!("let value_{number} = {number};\n");
    let hunks = bytes / 128;
    let file = of(bytes, line);
    let lines: Vec<&str> = file.lines().collect();
    let places = || (0..hunks).map(|hunk| hunk * lines.len() / hunks.max(1));
    let at = |place: usize| lines.get(place).copied().unwrap_or_default();
    let with = |start: &str, hunk: &dyn Fn(usize) -> String| {
        format!("{start}{}", places().map(hunk).collect::<String>())
    };
    let case = |name, answer| Case { name, file: file.clone(), answer };
    let header = "--- a/src/a.js\n+++ b/src/a.js\n";
    vec![
        case("hunks", with(header, &|place| format!("@@\n {}\n+added\n", at(place)))),
        case(
            "hunks with names",
            with(header, &|place| format!("@@ let value_{place}\n {}\n+added\n", at(place))),
        ),
        case(
            "hunks whose lines are nowhere",
            with(header, &|place| format!("@@\n {}\n-gone_{place}\n+added\n", at(place))),
        ),
        case(
            "hunks with a line without a sign",
            with(header, &|place| format!("@@\n {}\nlet gone\n+added\n", at(place))),
        ),
        case("diffs of one file", with("", &|place| format!("{header}@@\n {}\n+added\n", at(place)))),
        case(
            "sections of one file",
            with("", &|place| format!("*** Update File: src/a.js\n@@\n {}\n+added\n", at(place))),
        ),
        case(
            "blocks",
            with("src/a.js\n", &|place| {
                format!("<<<<<<< SEARCH\n{0}\n=======\n{0}\nadded\n>>>>>>> REPLACE\n", at(place))
            }),
        ),
        case(
            "blocks with names",
            with("", &|place| {
                format!("`src/a.js`:\n<<<<<<< SEARCH\n{0}\n=======\n{0}\nadded\n>>>>>>> REPLACE\n", at(place))
            }),
        ),
        case(
            "new files in blocks",
            of(bytes, |number| {
                format!("src/b{number}.js\n<<<<<<< SEARCH\n=======\nadded\n>>>>>>> REPLACE\n")
            }),
        ),
        case(
            "new files in sections, then names",
            of(bytes, |number| {
                format!(
                    "*** Add File: src/b{number}.js\n+added\n*** End Patch\n\nsrc/c{number}.js\n\n@@\n+a\n"
                )
            }),
        ),
        case(
            "names above a block",
            format!(
                "{}<<<<<<< SEARCH\nlet\n=======\n>>>>>>> REPLACE\n",
                of(bytes, |number| format!("src/b{number}.js\n\n"))
            ),
        ),
        case(
            "the same name above a block",
            format!(
                "{}<<<<<<< SEARCH\nlet\n=======\n>>>>>>> REPLACE\n",
                of(bytes, |_| "src/a.js\n\n".into())
            ),
        ),
        case(
            "new files",
            of(bytes, |number| format!("--- /dev/null\n+++ b/src/b{number}.js\n@@ -0,0 +1 @@\n+added\n")),
        ),
        case(
            "deleted files",
            of(bytes, |number| format!("--- a/src/b{number}.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-added\n")),
        ),
    ]
}

/// A change of many lines.
pub(super) fn changes(bytes: usize) -> Vec<Case> {
    let count = bytes / 16;
    let numbered = |word: &str| (0..count).map(|at| format!("{word} {at}\n")).collect::<String>();
    let signed =
        |sign: &str, text: &str| text.lines().map(|line| format!("{sign}{line}\n")).collect::<String>();
    let diff = |name, file: &str, lines: String| Case {
        name,
        file: file.to_owned(),
        answer: format!("--- a/src/a.js\n+++ b/src/a.js\n@@\n{lines}"),
    };
    let block = |name, file: &str, old: &str, new: &str| Case {
        name,
        file: file.to_owned(),
        answer: format!("src/a.js\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"),
    };
    let half = "same line\n".repeat(count / 2);
    let (same, other) = ("same line\n".repeat(count), numbered("other"));
    let many = numbered("let one");
    let mixed: String = (0..count).map(|at| format!("let v{} = 1;\n", at % 7)).collect();
    let mixed_otherwise: String = (0..count).map(|at| format!("let v{} = 1;\n", at * at % 7)).collect();
    let twice = (0..count).map(|at| format!("let one {}\n", at / 8)).collect::<String>();
    let comments = numbered("// ... the rest of");
    let docs = format!("{}{}", "/**\n * it says\n".repeat(count), "\n".repeat(count));
    let other_same = "other line\n".repeat(count);
    let halves = "same line\nother line\n".repeat(count / 2);
    vec![
        block("a block of equal lines for other equal ones", &same, &same, &other_same),
        block("a block of equal lines, every other one new", &same, &same, &halves),
        block("a block of two lines in turn for one of them", &halves, &halves, &same),
        diff(
            "equal lines for other equal ones",
            &same,
            format!("{}{}", signed("-", &same), signed("+", &other_same)),
        ),
        diff("equal lines, each for another", &same, "-same line\n+other line\n".repeat(count)),
        diff(
            "equal lines, every other one for another",
            &same,
            " same line\n-same line\n+other line\n".repeat(count / 2),
        ),
        diff("equal lines, and one more", &same, format!("{}+added\n", signed(" ", &same))),
        block("a block of equal lines, without the file", "alpha\n", &same, &other_same),
        diff(
            "equal lines that go, without the file",
            "alpha\n",
            format!("{}{}", signed("-", &same), signed("+", &other_same)),
        ),
        diff(
            "equal lines that go, which the file nearly has",
            &"same lines\n".repeat(count),
            format!("{}{}", signed("-", &same), signed("+", &other_same)),
        ),
        diff(
            "equal lines of context, which the file nearly has",
            &"same lines\n".repeat(count),
            format!("{}{}", signed(" ", &same), signed("+", "added\n")),
        ),
        diff(
            "equal lines of context but one",
            &same,
            format!("{} sane line\n{}{}", signed(" ", &half), signed("+", "added\n"), signed(" ", &half)),
        ),
        diff(
            "equal lines of context but one that goes",
            &same,
            format!("{} sane line\n{}", signed(" ", &half), signed("-", "same line\n")),
        ),
        block("a block of equal lines for others", &same, &same, &other),
        block("a block of others for equal lines", &other, &other, &same),
        block("a block of equal lines for equal lines", &same, &same, &half),
        block("a block of few different lines", &mixed, &mixed, &mixed_otherwise),
        block("a block of lines for others", &many, &many, &other),
        diff("equal lines for others", &same, format!("{}{}", signed("-", &same), signed("+", &other))),
        diff("equal lines in many places", &same, format!("{}+added\n", signed(" ", &half))),
        diff(
            "equal lines added in many places",
            &same,
            format!("{}{}", signed(" ", "same line\n"), signed("+", &half)),
        ),
        diff("one equal line", &same, " same line\n+added\n".into()),
        diff(
            "brackets in many places",
            &"}\n".repeat(count),
            format!("{}+added\n", signed(" ", &"}\n".repeat(count / 2))),
        ),
        diff(
            "lines of context that nearly fit",
            &mixed,
            format!("{} let v9\n+added\n", signed(" ", &mixed_otherwise)),
        ),
        diff("lines for comments", &many, format!("{}{}", signed("-", &many), signed("+", &comments))),
        diff("lines for descriptions", &many, format!("{}{}", signed("-", &many), signed("+", &docs))),
        diff(
            "lines for descriptions above blank lines",
            &many,
            format!(
                "{}{}",
                signed("-", &many),
                signed("+", &format!("{}{}", "/** it\n*/\n".repeat(count), "\n".repeat(count)))
            ),
        ),
        block(
            "a block in another order",
            &many,
            &many,
            &(0..count).map(|at| format!("let one {}\n", at * 7919 % count.max(1))).collect::<String>(),
        ),
        block(
            "a block of lines that are there a few times",
            &twice,
            &twice,
            &(0..count).map(|at| format!("let one {}\n", at * 7919 % count.max(1) / 8)).collect::<String>(),
        ),
        diff("lines for ellipses", &many, format!("{}{}", signed("-", &many), "+pass\n+...\n".repeat(count))),
        diff(
            "heads without bodies",
            &(0..count).map(|at| format!("fn a{at}() {{\n  b\n}}\n")).collect::<String>(),
            (0..count)
                .map(|at| format!("-fn a{at}() {{\n-  b\n-}}\n+fn a{at}() {{ /* as before */ }}\n"))
                .collect(),
        ),
        diff("added lines alone", "", signed("+", &many)),
        diff(
            "every other line",
            &many,
            many.lines()
                .enumerate()
                .map(
                    |(at, line)| {
                        if at % 2 == 0 { format!(" {line}\n") } else { format!("-{line}\n+{line};\n") }
                    },
                )
                .collect(),
        ),
        diff(
            "lines that lost their signs",
            &many,
            format!(
                "-let one 0\n{}",
                many.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()
            ),
        ),
        diff(
            "blank lines in a hunk",
            &many,
            format!("{}{}+added\n", signed(" ", "let one 0\n"), "\n".repeat(count)),
        ),
    ]
}
