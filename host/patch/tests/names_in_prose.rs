//! A second file, named in prose in all the ways that there are, below a change of a first one that is just like it. Its
//! change goes to it, or the patch is refused: to the first one it never goes.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

#[path = "names_in_prose/ways.rs"]
mod ways;

use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply, perform};
use ways::{FRAMES, INFOS, NAMES, WORDS};

const BODY: &str = "function one() {\n  return 1;\n}\n\nfunction two() {\n  return 2;\n}\n";
const FIRST: &str = "src/a.js\n```diff\n@@\n function one() {\n-  return 1;\n+  return 11;\n }\n```\n\n";
const HUNK: &str = "@@\n function two() {\n-  return 2;\n+  return 22;\n }\n";
const BLOCK: &str = "<<<<<<< SEARCH\n  return 2;\n=======\n  return 22;\n>>>>>>> REPLACE\n";

fn files(paths: &[&str]) -> MemoryFiles {
    let file = |path: &&str| (RelativePath::parse(path).expect("a path"), BODY.as_bytes().to_vec());
    paths.iter().map(file).collect()
}

#[derive(Debug, PartialEq)]
enum Came {
    /// To each file what was for it.
    Right,
    Refused,
    Wrong(Vec<String>),
}

/// What a change of `name` comes to that `answer` has below one of the first file.
fn came(answer: &str, name: &str, there: &[&str]) -> Came {
    let before = files(there);
    let mut after = before.clone();
    let Ok(outcome) = apply(answer.as_bytes(), &before, &Options::default());
    let applied = outcome.report.is_applied();
    perform(&mut after, outcome.edits);
    if !applied && after == before {
        return Came::Refused;
    }
    let expected = |path: &RelativePath| match path.as_str() {
        "src/a.js" => BODY.replace("return 1", "return 11"),
        path if path == name => BODY.replace("return 2", "return 22"),
        _ => BODY.to_owned(),
    };
    let wrong = |(path, content): &(&RelativePath, &Vec<u8>)| content.as_slice() != expected(path).as_bytes();
    let wrong: Vec<String> = after.iter().filter(wrong).map(|(path, _)| path.to_string()).collect();
    let is_right = applied && wrong.is_empty() && there.contains(&name) && after.len() == before.len();
    if is_right { Came::Right } else { Came::Wrong(wrong) }
}

/// The lines that name a file. An attribute cannot have quotes or brackets of its own.
fn lines(name: &str) -> impl Iterator<Item = String> {
    let fits = |frame: &&&str| !frame.contains("href") || !name.contains(['"', '<']);
    FRAMES.iter().filter(fits).map(|frame| frame.replace("{}", name))
}

/// The second change below a line that names its file, in a fence or around one.
fn answers(line: &str) -> [String; 4] {
    [
        format!("{FIRST}{line}\n\n```js\n{BLOCK}```\nDone.\n"),
        format!("{FIRST}{line}\n```diff\n{HUNK}```\nDone.\n"),
        format!("{FIRST}Then:\n\n```js\n{line}\n{BLOCK}```\n"),
        format!("{FIRST}Then:\n\n```diff\n{line}\n{HUNK}```\n"),
    ]
}

/// Lines that name each of `names`, which they are followed by, and one of two answers for each.
fn all<'n>(names: impl Iterator<Item = &'n &'n str>) -> impl Iterator<Item = (String, &'n str, String)> {
    let of_name = |(at, name): (usize, &'n &'n str)| {
        let each = lines(name).enumerate().flat_map(move |(frame, line)| {
            let answers = answers(&line).into_iter().enumerate();
            let some = answers.filter(move |(kind, _)| (kind + frame + at) % 2 == 0);
            some.map(|(_, answer)| answer)
                .map(move |answer| (line.clone(), *name, answer))
                .collect::<Vec<_>>()
        });
        each.collect::<Vec<_>>()
    };
    names.enumerate().flat_map(of_name)
}

#[test]
fn a_name_behind_the_language_is_used_or_the_patch_refused() {
    let (mut right, mut wrong) = (0, Vec::new());
    let names = NAMES.iter().filter(|name| !name.contains([' ', '`', '"']));
    for (name, info) in names.flat_map(|name| INFOS.iter().map(move |info| (name, info))) {
        let info = info.replacen("{}", name, 1);
        let language = info.split(' ').next().unwrap_or_default();
        let body = if language == "js" { BLOCK } else { HUNK };
        let answer = format!("{FIRST}Then:\n\n```{info}\n{body}```\n");
        right += usize::from(came(&answer, name, &["src/a.js", name]) == Came::Right);
        for there in [vec!["src/a.js", name], vec!["src/a.js"]] {
            if matches!(came(&answer, name, &there), Came::Wrong(_)) {
                wrong.push(format!("{info}, there are {there:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {right}: {wrong:#?}", wrong.len());
    assert!(right > 600, "{right}");
}

#[test]
fn a_language_is_the_file_that_is_called_so_where_no_other_is_named() {
    for info in ["Makefile", "makefile", "js [Makefile]"] {
        let answer = format!("{FIRST}Then:\n\n```{info}\n{HUNK}```\n");
        assert_eq!(came(&answer, "Makefile", &["src/a.js", "Makefile"]), Came::Right, "{info}");
    }
    let answer = format!("{FIRST}lib/Makefile\n```makefile\n{HUNK}```\n");
    assert_eq!(came(&answer, "lib/Makefile", &["src/a.js", "Makefile", "lib/Makefile"]), Came::Right);
}

#[test]
fn an_address_or_another_spelling_of_a_name_is_not_passed_over() {
    let lines = [
        "file:///src/b.js",
        "https://github.com/x/y/blob/main/src/b.js",
        "src\u{ff0f}b\u{ff0e}js",
        "src&sol;b&period;js",
        "src&#47;b.js",
        "src/b.{js}",
        "src/{b}.js",
        "{src/b.js}",
        "src\\/b.js",
        "src\u{2044}b.js",
        "SRC/B.JS",
        "/src/b.js",
        "~/src/b.js",
        "src/b.js\u{200b}",
        "src/b.js\u{3002}",
        "src/b.js\u{2026}",
        "src/b.js@main",
        "src/b.js::two",
        "src/b.js#two",
        "`src/b.js::two`",
        "In src/b.js#two:",
        "@src/b.js",
        "M src/b.js",
        "src/b.js | 2 +-",
        "[2/3] src/b.js",
        "(2/3) `src/b.js`",
        "| File | `src/b.js` |",
        "<a href=\"src/b.js\">b.js</a>",
        "~~src/b.js~~",
        "src/b.js and more",
        "src / b.js",
    ];
    for line in lines {
        for answer in answers(line) {
            for there in [&["src/a.js", "src/b.js"][..], &["src/a.js"]] {
                let came = came(&answer, "src/b.js", there);
                assert!(!matches!(came, Came::Wrong(_)), "{line} {came:?}\n{answer}");
            }
        }
    }
}

#[test]
fn what_is_said_of_the_same_file_is_no_name() {
    let lines = [
        "Then the other function:",
        "### Input/Output",
        "**Explanation:**",
        "1. Raise the value and/or keep it:",
        "### `two`",
        "In `two`:",
        "Use `fs.promises` with `{ a, b }`:",
        "See https://example.org/docs/a.html for more.",
        "It is 2/3 of it:",
        "Run `node src/x.js` to see it.",
        "All `*.test.js` files stay as they are.",
        "Set the type to `application/json`.",
        "[x] tests pass",
        "**Note:** it waits.",
        "Update: it works now.",
        "New: a test.",
        "Step 2: raise it",
        "e.g. this and/or that",
        "The value `items[0]` is kept (see above).",
        "- [ ] check it",
        "`two()` returns 22:",
        "#2 The other one",
        "Now `npm run build`:",
        "The client/server mode stays.",
        "I use `lodash/fp` here and nothing changes.",
        "Fix 2: the value",
        "(see below)",
        "[optional]",
    ];
    for line in lines {
        let answer = format!("{FIRST}{line}\n\n```diff\n{HUNK}```\n");
        let before = files(&["src/a.js"]);
        let mut after = before.clone();
        let Ok(outcome) = apply(answer.as_bytes(), &before, &Options::default());
        perform(&mut after, outcome.edits);
        let both = BODY.replace("return 1", "return 11").replace("return 2", "return 22");
        assert_eq!(after.get("src/a.js"), Some(&both.into_bytes()), "{line}\n{}", outcome.report);
    }
    let shown = "It is used so:\n\n```js\nimport { two } from './none.js';\ntwo(a/b);\n```\n";
    let answer = format!("{FIRST}{shown}\n```diff\n{HUNK}```\n");
    let Ok(outcome) = apply(answer.as_bytes(), &files(&["src/a.js"]), &Options::default());
    assert!(outcome.report.is_applied(), "{}", outcome.report);
}

#[test]
fn a_change_that_is_told_beside_one_that_is_read_refuses_both() {
    let told = [
        "Also replace\n\n```js\n  return 2;\n```\n\nwith\n\n```js\n  return 22;\n```\n",
        "Also in `src/a.js` replace\n\n```js\n  return 2;\n```\n\nwith:\n\n```js\n  return 22;\n```\n",
        "Then change:\n```js\n  return 2;\n```\nto\n```js\n  return 22;\n```\n",
        "Add to package.json:\n\n```json\n\"scripts\": {}\n```\n",
        "And in `src/c.js` change the value:\n\n```js\nlet c;\n```\n",
        "src/c d.js\n```js\nlet c;\nlet d;\n```\n",
        "[c.js]\n```js\nlet c;\n```\n",
        "src/c?.js\n```js\nlet c;\n```\n",
        "```js {src/c.js}\nlet c;\n```\n",
        "```js [src/c.js]\nlet c;\n```\n",
    ];
    for told in told {
        let answer = format!("{FIRST}{told}\nDone.\n");
        let there = ["src/a.js", "src/c.js", "package.json"];
        for there in [&there[..], &there[..1]] {
            assert_eq!(came(&answer, "", there), Came::Refused, "{answer}");
        }
    }
    let shown = [
        "It is called so:\n\n```js\ntwo();\n```\n",
        "To change the value in `src/a.js`, run:\n\n```sh\nnpm run change\n```\n",
        "It may be replaced by another, such as this:\n\n```js\ntwo();\n```\n",
    ];
    for shown in shown {
        let Ok(outcome) =
            apply(format!("{FIRST}{shown}").as_bytes(), &files(&["src/a.js"]), &Options::default());
        assert!(outcome.report.is_applied(), "{shown}{}", outcome.report);
    }
}

#[test]
fn a_file_that_is_named_is_changed_or_the_patch_refused() {
    let (mut right, mut refused, mut wrong) = (0, Vec::new(), Vec::new());
    for (line, name, answer) in all(NAMES.iter().chain(WORDS)) {
        match came(&answer, name, &["src/a.js", name]) {
            Came::Right => right += 1,
            Came::Refused => refused.push(line),
            Came::Wrong(_) => wrong.push(line),
        }
    }
    assert!(wrong.is_empty(), "{} of {right}: {wrong:#?}", wrong.len());
    // Nearly all of them have an `@` before the name, which may be a part of it.
    assert!(refused.len() * 50 < right, "{right} right, {} refused: {refused:#?}", refused.len());
}

#[test]
fn a_file_that_is_named_and_is_not_there_refuses_the_patch() {
    let is_passed_over =
        |(_, name, answer): &(String, &str, String)| came(answer, name, &["src/a.js"]) != Came::Refused;
    let wrong: Vec<String> = all(NAMES.iter()).filter(is_passed_over).map(|(line, ..)| line).collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}
