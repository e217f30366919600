use super::*;
use proptest::prelude::*;

fn there(paths: &'static [&str]) -> impl Fn(&RelativePath) -> bool {
    move |path| paths.contains(&path.as_str())
}

fn resolved(line: &str, paths: &'static [&str]) -> String {
    match read(line) {
        Named::Nothing => "-".into(),
        Named::Unusable(Unusable { text, .. }) => format!("bad {text}"),
        Named::Name(name) => match name.resolve(there(paths)) {
            Resolved::File(path) => path.to_string(),
            Resolved::New(path) => format!("new {path}"),
            Resolved::Unclear(Unusable { text, .. }) => format!("unclear {text}"),
            Resolved::Nothing => "-".into(),
        },
    }
}

/// Lines that name `lib/net.py` and nothing else, with and without that file.
const FORMS: &[&str] = &[
    "lib/net.py",
    "lib/net.py:",
    "./lib/net.py",
    "`lib/net.py`",
    "`lib/net.py`:",
    "**lib/net.py**",
    "**lib/net.py**:",
    "**lib/net.py:**",
    "***lib/net.py***",
    "**`lib/net.py`**",
    "__lib/net.py__",
    "*lib/net.py*",
    "\"lib/net.py\"",
    "'lib/net.py'",
    "\u{201c}lib/net.py\u{201d}",
    "# lib/net.py",
    "### lib/net.py",
    "### `lib/net.py` ###",
    "#### 2. lib/net.py",
    "// lib/net.py",
    "/* lib/net.py */",
    "/** lib/net.py */",
    "<!-- lib/net.py -->",
    "-- lib/net.py",
    "; lib/net.py",
    "--- lib/net.py",
    "--- lib/net.py ---",
    "=== lib/net.py ===",
    "+++ b/lib/net.py",
    "--- a/lib/net.py\t2024-03-04 05:06:07.000000000 +0000",
    "--- lib/net.py (revision 12)",
    "*** lib/net.py ***",
    "*** Update File: lib/net.py",
    "> lib/net.py",
    "> `lib/net.py`",
    "- lib/net.py",
    "1. lib/net.py",
    "2) **lib/net.py** (new file)",
    "`lib/net.py` (new file):",
    "lib/net.py (updated)",
    "lib/net.py - opens the sockets",
    "lib/net.py \u{2014} opens the sockets:",
    "**`lib/net.py`** - opens the sockets:",
    "lib/net.py: opens the sockets",
    "lib/net.py:12",
    "lib/net.py:12:3",
    "lib/net.py (lines 3-9)",
    "lib/net.py 2024-03-04 05:06",
    "lib/net.py\tMon Mar  4 05:06:07 2024",
    "File: lib/net.py",
    "**File:** `lib/net.py`",
    "**File**: lib/net.py",
    "**File: lib/net.py**",
    "File name: lib/net.py",
    "Filename: lib/net.py",
    "### File: `lib/net.py`",
    "// File: lib/net.py",
    "<!-- File: lib/net.py -->",
    "Path: lib/net.py",
    "Index: lib/net.py",
    "Step 2: lib/net.py",
    "Change 3: `lib/net.py`",
    "diff -r 0123abc -r 4567def lib/net.py",
    "[lib/net.py](lib/net.py)",
    "[`lib/net.py`](./lib/net.py):",
    "lib\\net.py",
    "In `lib/net.py`:",
    "In lib/net.py:",
    "And in **lib/net.py**:",
    "Now create lib/net.py:",
    "Then update `lib/net.py` (the sockets):",
    "\u{1f4c4} lib/net.py",
];

#[test]
fn every_form_of_a_name_is_that_name() {
    for line in FORMS {
        assert_eq!(resolved(line, &["lib/net.py"]), "lib/net.py", "{line:?}");
        assert_eq!(resolved(line, &[]), "new lib/net.py", "{line:?}");
    }
}

#[test]
fn a_sentence_that_only_mentions_a_file_is_it_only_if_it_is_there() {
    for line in [
        "The sockets are opened by `lib/net.py` at once.",
        "As you see lib/net.py is the one that fails:",
        "\u{5728} `lib/net.py` \u{4e2d}:",
        "a/lib/net.py",
        "<path>lib/net.py</path>",
        "<file path=\"lib/net.py\">",
        "(lib/net.py)",
        "Note: lib/net.py",
    ] {
        assert_eq!(resolved(line, &["lib/net.py"]), "lib/net.py", "{line:?}");
        assert!(resolved(line, &[]).starts_with("unclear "), "{line:?} {}", resolved(line, &[]));
    }
}

#[test]
fn several_names_and_names_out_of_the_project_cannot_be_used() {
    for line in [
        "Move it from `a.js` to `b.js`:",
        "../up.js",
        "**/etc/shop.conf**",
        "File: C:\\work\\a.js",
        "In `../up.js`:",
        "File: /etc/passwd",
    ] {
        assert!(resolved(line, &["a.js", "b.js"]).starts_with("bad "), "{line:?} {}", resolved(line, &[]));
    }
}

#[test]
fn prose_names_nothing() {
    for line in [
        "",
        "Here is the fix:",
        "```",
        "=======",
        "The fix raises `timeout` to 30 and calls `load()`.",
        "We use Node.js and Vue.js here:",
        "See https://example.org/a.js for more.",
        "Version 1.2.3 is out.",
        "e.g. this and/or that",
        "**Explanation:**",
        "### Input/Output",
        "### Node.js",
        "1. First, the timeout.",
        "Done.",
        "php",
        "- [x] tests pass",
    ] {
        assert_eq!(resolved(line, &[]), "-", "{line:?}");
    }
}

#[test]
fn names_may_have_blanks_where_something_says_so() {
    assert_eq!(resolved("Main Page.html", &["Main Page.html"]), "Main Page.html");
    assert_eq!(resolved("Main Page.html", &["Page.html"]), "Page.html");
    assert_eq!(resolved("Main Page.html", &[]), "unclear Main Page.html");
    assert_eq!(resolved("`Main Page.html`", &[]), "new Main Page.html");
    assert_eq!(resolved("File: Main Page.html", &[]), "new Main Page.html");
    assert_eq!(resolved("**Main Page.html**", &["Main Page.html"]), "Main Page.html");
    assert_eq!(resolved("In `Main Page.html`:", &["Main Page.html"]), "Main Page.html");
    assert_eq!(resolved("Notes - old.md", &["Notes - old.md"]), "Notes - old.md");
    assert_eq!(resolved("Notes (old).md", &["Notes (old).md"]), "Notes (old).md");
}

#[test]
fn names_without_an_ending_have_to_be_there_or_be_announced() {
    assert_eq!(resolved("f", &["f"]), "f");
    assert_eq!(resolved("**run**", &["run"]), "run");
    assert_eq!(resolved("File: run", &[]), "new run");
    assert_eq!(resolved("bin/run", &[]), "new bin/run");
    assert_eq!(resolved("**bin/run.prod**", &[]), "new bin/run.prod");
    assert_eq!(resolved("Makefile", &[]), "new Makefile");
    assert_eq!(resolved("__init__.py", &[]), "new __init__.py");
    assert_eq!(resolved("_a.scss", &[]), "new _a.scss");
    assert_eq!(resolved("app/[id]/page.tsx", &[]), "new app/[id]/page.tsx");
    assert_eq!(resolved("b/x", &["b/x", "x"]), "b/x");
    assert_eq!(resolved("b/x.js", &["x.js"]), "x.js");
    assert_eq!(resolved("+++ b/x", &["b/x", "x"]), "x");
}

proptest! {
    #[test]
    fn no_sentence_becomes_the_path_of_a_new_file(words in prop::collection::vec("[a-zA-Z]{1,8}", 2..8), at in any::<prop::sample::Index>(), end in "[:.]?") {
        let mut with = words.clone();
        with.insert(at.index(words.len()), "lib/net.py".into());
        for line in [words.join(" "), with.join(" ")] {
            if let Named::Name(name) = read(&format!("{line}{end}")) {
                prop_assert!(name.new_file().is_none_or(|path| path.as_str() == "lib/net.py"), "{line}: {name:?}");
            }
        }
    }

    #[test]
    fn any_line_is_read_and_what_it_names_is_in_it(line in "\\PC{0,60}|[-a/.`*#: '\"\\[\\](){}<>b1\\t]{0,30}") {
        if let Named::Name(name) = read(&line) {
            let slashes = line.replace('\\', "/");
            prop_assert!(!name.candidates().is_empty());
            prop_assert!(name.candidates().iter().all(|path| slashes.contains(path.as_str())));
        }
    }
}
