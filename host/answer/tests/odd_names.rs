//! Names with characters that prose puts around names, in everything that models put around them: each is used or
//! refused, and none is passed over or taken for a part of itself.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use orchestrator_answer::name::{self, Named, Resolved};
use orchestrator_core::RelativePath;

const NAMES: &[&str] = &[
    "src/routes/$id.tsx",
    "$slug.tsx",
    "[slug]/page.tsx",
    "app/[...all]/page.tsx",
    "[[lang]]/index.astro",
    "(group)/page.tsx",
    "app/(shop)/[id]/page.tsx",
    "app/@modal/(.)photo/page.tsx",
    "+page.svelte",
    "src/routes/+layout.svelte",
    "user=1.js",
    "data/user=1.js",
    "{id}.json",
    "api/{id}.json",
    "data/a;b.js",
    "data/a,b.js",
    "@scope/x.js",
    "lib/a+b/c++.md",
    "docs/~x.md",
    "x~y.js",
    "docs/wow!.md",
    "docs/it's.md",
    "R&D.md",
    "docs/100%.md",
    "docs/C#.md",
    "a^b.js",
    "\u{6587}\u{6863}/\u{8bf4}\u{660e}.md",
    "caf\u{e9}.js",
];

/// What stands around a name, as `P`.
const FRAMES: &[&str] = &[
    "P",
    "P:",
    "`P`",
    "`P`:",
    "**P**",
    "**`P`**",
    "**`P`**:",
    "*P*",
    "### P",
    "### `P`",
    "### 2. `P`",
    "1. P",
    "1. **P**",
    "// P",
    "<!-- P -->",
    "\"P\"",
    "\u{201c}P\u{201d}",
    "(`P`)",
    "In P:",
    "In `P`:",
    "In (P):",
    "Now update P:",
    "And in **P**:",
    "Then update `P` (the loader):",
    "Then update P (the loader):",
    "The loader is in `P`.",
    "As you see P is the one that fails:",
    "The one that fails is P, as you see.",
    "File: P",
    "File:P",
    "**File:** `P`",
    "Update [P](P):",
    "[P](P)",
    "[`P`](./P):",
    "<code>P</code>",
    "### <code>P</code>",
    "<h3>P</h3>",
    "<summary><strong>P</strong></summary>",
    "In <code>P</code>:",
    "~~P~~",
    "In ~~P~~:",
    "\u{300c}P\u{300d}",
    "\u{3010}P\u{3011}",
    "\u{ff08}P\u{ff09}",
    "\u{300a}P\u{300b}",
    "\u{6587}\u{4ef6}\u{ff1a}P",
    "\u{4fee}\u{6539} P\u{ff1a}",
    "\u{4fee}\u{6539}`P`\u{ff1a}",
    "\u{5728} `P` \u{4e2d}\u{ff1a}",
    "\u{5728}\u{3010}P\u{3011}\u{4e2d}\u{ff1a}",
    "\u{30d5}\u{30a1}\u{30a4}\u{30eb}\u{300c}P\u{300d}\u{3092}\u{5909}\u{66f4}\u{3002}",
    "&quot;P&quot;",
    "&#96;P&#96;:",
    "In &quot;P&quot;:",
    "`P:2`",
    "`P`:2",
    "P:2",
    "P#L2",
    "In `P:2`:",
    "In P:12:",
    "In `P#L2-L4`:",
    "In `P::load`:",
    "P (line 3)",
    "`P` (line 3):",
    "In `P` (line 3):",
    "In P (lines 3-5):",
    "In `P`, line 3:",
];

fn resolved(line: &str, exists: impl Fn(&str) -> bool) -> String {
    match name::read(line) {
        Named::Nothing => "nothing".into(),
        Named::Unusable(_) => "refused".into(),
        Named::Name(name) => match name.resolve(|path: &RelativePath| exists(path.as_str())) {
            Resolved::File(path) => path.to_string(),
            Resolved::New(path) => format!("new {path}"),
            Resolved::Unclear(_) => "refused".into(),
            Resolved::Nothing => "nothing".into(),
        },
    }
}

/// Every end of a name that may be taken for it.
fn ends(name: &str) -> Vec<&str> {
    let marks = |c: char| !c.is_ascii_alphanumeric();
    name.match_indices(marks)
        .filter_map(|(at, mark)| {
            [name.get(at..), name.get(at + mark.len()..)].into_iter().flatten().next_back()
        })
        .chain(name.rsplit('/').next())
        .filter(|end| *end != name && end.contains('.'))
        .collect()
}

#[test]
fn a_name_in_any_frame_is_used_or_refused() {
    let (mut used, mut refused) = (0, Vec::new());
    for name in NAMES {
        for frame in FRAMES {
            let line = frame.replace('P', name);
            match resolved(&line, |path| path == *name) {
                found if found == *name => used += 1,
                found if found == "refused" => refused.push(line),
                found => panic!("{line:?} is taken for {found:?}"),
            }
        }
    }
    assert!(used >= 1750, "{used} used, refused: {refused:#?}");
}

#[test]
fn a_name_that_no_file_has_is_a_new_one_or_refused_and_no_end_of_it_is_meant() {
    for name in NAMES {
        let ends = ends(name);
        for frame in FRAMES {
            let line = frame.replace('P', name);
            let found = resolved(&line, |path| ends.contains(&path));
            assert!(found == "refused" || found == format!("new {name}"), "{line:?} is taken for {found:?}");
        }
    }
}

#[test]
fn names_of_products_are_those_of_files_that_are_there() {
    for line in [
        "In node.js:",
        "In Node.js:",
        "We use Node.js here:",
        "Now update node.js:",
        "**Node.js**",
        "### node.js",
    ] {
        let name = if line.contains("Node") { "Node.js" } else { "node.js" };
        assert_eq!(resolved(line, |path| path == name), name, "{line}");
        assert_eq!(resolved(line, |_| false), "nothing", "{line}");
    }
    assert_eq!(resolved("As Node.js does, in `src/a.js`:", |path| path == "src/a.js"), "src/a.js");
    assert_eq!(resolved("In node.js and `src/a.js`:", |_| true), "refused");
}

#[test]
fn a_word_in_backticks_that_is_a_file_beside_another_is_no_less_a_name() {
    let there = |path: &str| ["bin/run", "src/a.js", "src"].contains(&path);
    assert_eq!(resolved("Change `bin/run` like `src/a.js`:", there), "refused");
    assert_eq!(resolved("In `bin/run` and/or elsewhere:", there), "bin/run");
    assert_eq!(resolved("Below `src`, change `src/a.js`:", there), "src/a.js");
    assert_eq!(resolved("As `bin/go` does, change `src/a.js`:", there), "src/a.js");
}

#[test]
fn code_and_words_of_a_sentence_are_no_names() {
    for line in [
        "Set `timeout = 3` and call `load(a, b)`:",
        "It calls `fs.promises`, and `user.name` is kept.",
        "Add `$HOME` to the list, and/or `PATH`:",
        "Use `items[0]` and `{ a, b }`:",
        "Raise it by 1.5 (+20%), e.g. to 3;",
        "In `load`:",
        "In `items.map`, and so on, it waits.",
    ] {
        assert_eq!(resolved(line, |_| false), "nothing", "{line}");
    }
}

#[test]
fn what_stands_for_a_folder_or_for_several_names_makes_no_file() {
    for name in ["@/components/a.tsx", "~/a.md", "$HOME/.npmrc", "${src}/a.js", "src/{a,b}.js"] {
        for frame in ["P", "`P`", "In P:", "In `P`:", "File: P"] {
            let line = frame.replace('P', name);
            assert_eq!(resolved(&line, |_| false), "refused", "{line}");
        }
        assert!(name::given(name, true).is_err(), "{name}");
    }
}

#[test]
fn words_written_on_to_a_path_are_no_part_of_it() {
    let there = |path: &str| path == "src/b.js";
    for line in [
        "\u{4fee}\u{6539}src/b.js\u{ff1a}",
        "\u{5728}src/b.js\u{4e2d}\u{ff1a}",
        "src/b.js\u{b97c} \u{c218}\u{c815}:",
    ] {
        assert_eq!(resolved(line, there), "src/b.js", "{line}");
        assert_eq!(resolved(line, |_| false), "refused", "{line}");
    }
    assert_eq!(resolved("\u{4fee}\u{6539}b.js\u{ff1a}", |path| path == "b.js"), "refused");
}

#[test]
fn names_with_blanks_are_used_or_refused() {
    for frame in [
        "`P`",
        "`P:2`",
        "`P`:2",
        "`P#L2`",
        "File: P:2",
        "File: P (line 3)",
        "`P` (line 3):",
        "In `P`:",
        "In `P:2`:",
    ] {
        let line = frame.replace('P', "docs/My Page.html");
        assert_eq!(resolved(&line, |path| path == "docs/My Page.html"), "docs/My Page.html", "{line}");
        let found = resolved(&line, |path| ["Page.html", "My Page.html"].contains(&path));
        assert!(found == "refused" || found == "new docs/My Page.html", "{line}: {found}");
    }
}

#[test]
fn what_is_given_at_a_place_for_a_path_keeps_nothing_of_other_notations() {
    let given = |text: &str| name::given(text, false).map(String::from).ok();
    for text in [
        "\u{3010}src/b.js\u{3011}",
        "\u{300c}src/b.js\u{300d}",
        "\u{6587}\u{4ef6}\u{ff1a}src/b.js",
        "&quot;src/b.js&quot;",
        "&#96;src/b.js&#96;",
        "<code>src/b.js</code>",
        "\u{ff08}src/b.js\u{ff09}",
    ] {
        assert_eq!(given(text).as_deref(), Some("src/b.js"), "{text}");
    }
    assert_eq!(given("R&amp;D.md").as_deref(), Some("R&D.md"));
    for kept in ["\u{62a5}\u{544a}\u{ff08}\u{7ec8}\u{ff09}.md", "\u{95ee}\u{ff1a}\u{7b54}.md"] {
        assert_eq!(given(kept).as_deref(), Some(kept));
    }
}

#[test]
fn the_name_behind_a_language_is_whole() {
    let info = |info: &str, there: &str| match name::in_info(info) {
        Named::Nothing => "nothing".to_owned(),
        Named::Unusable(_) => "refused".into(),
        Named::Name(name) => match name.resolve(|path| path.as_str() == there) {
            Resolved::File(path) => path.to_string(),
            Resolved::New(path) => format!("new {path}"),
            Resolved::Unclear(_) => "refused".into(),
            Resolved::Nothing => "nothing".into(),
        },
    };
    for name in NAMES {
        let part = name.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.').next().expect("a part");
        for frame in ["tsx P", "tsx:P", "tsx title=\"P\"", "jsx filename='P' {1,3}", "{.js file=\"P\"}"] {
            let line = frame.replace('P', name);
            let found = info(&line, name);
            assert!(found == *name || found == "refused", "{line} is taken for {found}");
            if part != *name {
                let found = info(&line, part);
                assert!(found == format!("new {name}") || found == "refused", "{line} is taken for {found}");
            }
        }
    }
    assert_eq!(info("html title=\"My Page.html\"", "Page.html"), "new My Page.html");
    assert_eq!(info("main.py", ""), "new main.py");
    for other in [
        "js",
        "js {1,3}",
        "Makefile",
        "js title=\"An example\"",
        "c++",
        "vb.net",
        "js startLine=3",
        "{.js #x}",
    ] {
        assert_eq!(info(other, ""), "nothing", "{other}");
    }
    assert_eq!(info("js a.js b.js", "a.js"), "refused");
}
