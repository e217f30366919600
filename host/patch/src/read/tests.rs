use super::*;
use crate::hunk::Kind;
use proptest::prelude::*;

/// Pieces of answers. Lines of a change have `come` or `gone` in them, and nothing else has.
const PIECES: &[&str] = &[
    "Here is the fix:\n",
    "\n",
    "That is all.\n",
    "- one point\n- another\n",
    "---\n",
    "lib/b.js\n",
    "**lib/b.js**\n",
    "And in `lib/b.js`:\n",
    "```\n",
    "```diff\n",
    "````md\n",
    "  ```js\n",
    "--- a/a.js\n+++ b/a.js\n",
    "--- a/a.js\n+++ b/a.js\n@@ -1,2 +1,2 @@\n context\n-gone();\n+come();\n",
    "```diff\n--- a/a.js\n+++ b/a.js\n@@\n-gone();\n+come();\n```\n",
    "```diff\n@@\n-gone();\n+come();\n```\n",
    "--- a/lib/b.js\n",
    "+++ b/lib/b.js\n",
    "diff --git a/a.js b/a.js\nindex 1234567..89abcde 100644\n",
    "Index: lib/b.js\n=======\n",
    "@@\n",
    "@@ -1,3 +1,3 @@\n",
    "@@ -4,2 +4,9 @@ fn name\n",
    " context\n",
    "bare\n",
    "-gone();\n+come();\n",
    "-  gone();\n",
    "+come();\n",
    "-gone\n",
    "\\ No newline at end of file\n",
    "a.js\n<<<<<<< SEARCH\ngone\n=======\ncome\n>>>>>>> REPLACE\n",
    "<<<<<<< SEARCH\n",
    "------- SEARCH\n",
    "gone\n",
    "=======\n",
    "come\n",
    ">>>>>>> REPLACE\n",
    "+++++++ REPLACE\n",
    "*** Begin Patch\n*** Update File: lib/b.js\n",
    "*** Add File: c.js\n+come\n",
    "*** End Patch\n",
    "> @@\n> -gone();\n> +come();\n",
];

fn answer() -> impl Strategy<Value = (String, usize)> {
    let pieces =
        prop::collection::vec(prop::sample::select(PIECES), 0..10).prop_map(|pieces| pieces.concat());
    (pieces, prop_oneof![4 => Just(usize::MAX), 1 => 0..400_usize])
}

fn there(is_file: bool) -> There {
    if is_file { There::File } else { There::Nothing }
}

/// Whether anything of the patch is refused, so that nothing of it can be lost.
fn is_refused(parts: &Parts<'_>) -> bool {
    let spoiled = |part: &FilePatch<'_>| part.hunks.iter().any(|hunk| hunk.fault.is_some());
    parts.is_empty() || parts.iter().any(|part| part.as_ref().map_or(true, spoiled))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4096) })]

    #[test]
    fn nothing_that_changes_is_left_as_prose((mut text, cut) in answer()) {
        text.truncate(cut.min(text.len()));
        let mut exists = |path: &RelativePath| there(matches!(path.as_str(), "a.js" | "lib/b.js"));
        let mut reader = Reader::new(text.as_bytes(), None, &mut exists);
        reader.read();
        if is_refused(&reader.parts) {
            return Ok(());
        }
        let changes = |line: &[u8], sign: &str, word: &str| {
            line.starts_with(sign.as_bytes()) && line.windows(4).any(|part| part == word.as_bytes())
        };
        let mut signed = 0;
        for (at, line) in reader.lines.iter().enumerate() {
            let role = reader.account.role(at);
            let change = changes(line.text, "+", "come") || changes(line.text, "-", "gone");
            prop_assert!(!change || matches!(role, Role::Hunk | Role::Block), "{role:?} {:?}\n{text}", line.text);
            signed += usize::from(role == Role::Hunk && change);
        }
        // What is accounted for as a line of a hunk is in one, and in no second one.
        let told = |text: &[u8]| text.windows(4).any(|part| part == b"gone" || part == b"come");
        let kept = |line: &&crate::hunk::HunkLine<'_>| {
            matches!(line.kind, Kind::Added | Kind::Removed) && told(line.text)
        };
        let blocks = (0..reader.lines.len()).filter(|at| reader.account.role(*at) == Role::Block).count();
        let hunks = reader.parts.iter().flatten().flat_map(|part| &part.hunks);
        let found = hunks.flat_map(|hunk| &hunk.lines).filter(kept).count();
        prop_assert!(found >= signed && found <= signed + blocks, "{found} of {signed}\n{text}");
    }

    #[test]
    fn every_line_is_accounted_for_once((mut text, cut) in answer()) {
        text.truncate(cut.min(text.len()));
        let mut exists = |_: &RelativePath| There::Nothing;
        let mut reader = Reader::new(text.as_bytes(), None, &mut exists);
        reader.read();
        prop_assert_eq!(reader.at, reader.lines.len());
        prop_assert_eq!(reader.account.accounted(), reader.lines.len(), "{}", text);
    }
}

#[test]
fn lists_tables_numbers_and_options_are_no_changes() {
    let change = |line: &str, next: &str| sign::is_change(line.as_bytes(), next.as_bytes());
    for line in [
        "- a point",
        "---",
        "+-----+-----+",
        "-5 degrees",
        "+1",
        "--verbose is new",
        "->",
        "- [ ] to do",
        "+",
        "-",
    ] {
        assert!(!change(line, ""), "{line:?}");
    }
    assert!(!change("- It is gone.", "+ It has come.") && !change("+ It has come.", ""));
    for (line, next) in [
        ("-gone();", ""),
        ("+come();", ""),
        ("- gone", "+ come"),
        ("-    gone();", ""),
        ("-\tgone", ""),
        ("- let gone = 1;", ""),
        ("+ come", ""),
        ("-1", "+2"),
        ("- * @param x", ""),
        ("--gone", "+-come"),
    ] {
        assert!(change(line, next), "{line:?}");
    }
}

/// What `exists` says in these tests.
fn is_refused_with(answer: &str) -> bool {
    let mut exists = |path: &RelativePath| there(matches!(path.as_str(), "a.js" | "lib/b.js"));
    is_refused(&read(answer.as_bytes(), None, &mut exists))
}

/// Whether a change of `a.js` in an answer is read, or the answer refused.
fn is_told(answer: &str) -> bool {
    let mut exists = |path: &RelativePath| there(matches!(path.as_str(), "a.js" | "lib/b.js"));
    let found = read(answer.as_bytes(), None, &mut exists);
    let is_about_it = |patch: &FilePatch<'_>| patch.intent.names().any(|name| name.as_str() == "a.js");
    is_refused(&found) || found.iter().flatten().any(is_about_it)
}

const SOUND: &str = "lib/b.js\n<<<<<<< SEARCH\ngone\n=======\ncome\n>>>>>>> REPLACE\n";

fn beside(part: &str) -> [String; 2] {
    [format!("{SOUND}\n{part}\n"), format!("{part}\n\n{SOUND}")]
}

/// What stands in answers that are sound, and looks like a change from far.
#[test]
fn prose_lists_mail_output_and_comments_are_no_signs() {
    let mut found: Vec<String> = Vec::new();
    for part in [
        "Changes\n=======\n\nNotes\n-----\n\n***\n\n* * *\n\n- - -\n\n___",
        "=== Summary ===\n--- Notes ---\n### Search\nThe search is quicker now.",
        "- first\n  - nested\n  + other\n* star\n  1. one\n  2. two\n1 - first\n2 - second",
        "> On Monday you wrote:\n> > It is slow.\n> >> And wrong.\n> - one point\n> Thanks.",
        "```sh\n$ diff -u a.js lib/b.js\nset -x\ncurl \\\n  -s \\\n  -o out\n```",
        "```text\nFAIL lib/b.test.js\n- Expected\n+ Received\n\n- 3\n+ 4\n```",
        "```console\n2 - use a;\n2 + use b;\n  |\n```",
        "```sql\n-- the old query\n--old\nSELECT 1 - 2;\n```\n",
        "```css\n.a {\n  -webkit-user-select: none;\n  --gap: 1px;\n}\n```",
        "```c\nint x = a\n  - b\n  + c;\n```",
        "```python\n>>> search = find('x')\n>>> replace(search)\n'y'\n```",
        "```html\n<search>\n  <input>\n</search>\n```",
        "```js\nconst x = 1;\n```",
        "```js\n// an example:\nconst x = 1;\n```",
        "| -1 | low |\n| --- | --- |\n| +1 | high |",
        "I write `<<<<<<< SEARCH` before what goes.",
        "`<<<<<<< SEARCH` marks what goes, and `>>>>>>> REPLACE` ends it.",
        "* `@@` begins a hunk\n* @author me",
        "***Note:*** nothing else.\n***Update file structure***\n*** Update of the docs ***",
        "The binary files differ. diff shows that. rename from old to new was left out.",
        "index.html is new.\nrename to something better later",
        "    indented = code\n\tmore;",
        "1. Run `npm test`.\n2. Done.",
        "Search the docs, and replace the words.\nSearch: none. Replace: none.",
        "\u{200b}Thanks\u{a0}for asking! \u{ff1c}3 \u{ab}quoted\u{bb}",
        "-5 degrees\nand +3 degrees",
        "&lt;b&gt; stays escaped.",
        "See <edit-this> and <b>bold</b>.",
        "cat <<< \"search\"",
        "---\ntitle: x\n---",
    ] {
        for answer in beside(part) {
            found.extend(Some(answer).filter(|answer| is_refused_with(answer)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n....\n"));
}

/// Changes in forms that are hardly read, or not at all.
#[test]
fn a_change_in_another_dress_is_read_or_a_sign() {
    let mut found: Vec<String> = Vec::new();
    let block = "a.js\n<<<<<<< SEARCH\nold();\n=======\nnew();\n>>>>>>> REPLACE";
    let diff = "--- a/a.js\n+++ b/a.js\n@@ -4,2 +4,2 @@\n keep();\n-old();\n+new();";
    let section = "*** Begin Patch\n*** Update File: a.js\n@@\n-old();\n+new();\n*** End Patch";
    let deletion = "*** Begin Patch\n*** Delete File: a.js\n*** End Patch";
    let before =
        |mark: &str, part: &str| part.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    let marks = [
        " ", "   ", "\t", "\u{a0} ", "\u{3000}", "\u{200b}", "\u{feff}", "> > ", ">> ", ">>", "* ", "- ",
        "+ ", "7. ", "2) ", "| ", " * ", "  > ", "\u{c}", "\\",
    ];
    for mark in marks {
        for part in [block, diff, section, deletion] {
            for answer in beside(&before(mark, part)) {
                found.extend(Some(answer).filter(|answer| !is_told(answer)));
            }
        }
    }
    for part in [
        "a.js\n<<<< SEARCH\nold();\n====\nnew();\n>>>> REPLACE",
        "a.js\n<<< search\nold();\n===\nnew();\n>>> replace",
        "a.js\n<<<<<<<<<<< SEARCH\nold();\n===========\nnew();\n>>>>>>>>>>> REPLACE",
        "a.js\n<<<<<<<SEARCH\nold();\n=======\nnew();\n>>>>>>>REPLACE",
        "a.js\n< < < < SEARCH\nold();\n= = = =\nnew();\n> > > > REPLACE",
        "a.js\n\u{ff1c}\u{ff1c}\u{ff1c} SEARCH\nold();\n\u{ff1d}\u{ff1d}\u{ff1d}\nnew();\n\u{ff1e}\u{ff1e}\u{ff1e} REPLACE",
        "a.js\n\u{ab}\u{ab}\u{ab} SEARCH\nold();\n===\nnew();\n\u{bb}\u{bb}\u{bb} REPLACE",
        "a.js\n&lt;&lt;&lt;&lt; ORIGINAL\nold();\n====\nnew();\n&gt;&gt;&gt;&gt; UPDATED",
        "a.js\n__<<<<<<< SEARCH__\nold();\n=======\nnew();\n__>>>>>>> REPLACE__",
        "a.js\n`<<<<<<< SEARCH`\nold();\n`>>>>>>> REPLACE`",
        "a.js\n[SEARCH]\nold();\n[REPLACE]\nnew();",
        "a.js\n### SEARCH\nold();\n### REPLACE\nnew();",
        "a.js\nSEARCH:\nold();\nREPLACE:\nnew();",
        "a.js\n=== SEARCH ===\nold();\n=== REPLACE ===\nnew();",
        "<edit>\n<file>a.js</file>\n<find>old();</find>\n<replace>new();</replace>\n</edit>",
        "<search>\nold();\n</search>\n<replace>\nnew();\n</replace>",
        "<str_replace>\n<old_str>old();</old_str>\n<new_str>new();</new_str>\n</str_replace>",
        "*** delete file: a.js",
        "*** Delete File a.js",
        "***** Delete File: a.js",
        "***Delete File: a.js***",
        "*** Remove file a.js",
        "a.js\n 3   keep();\n 4 - old();\n 4 + new();",
        "a.js\n4 | - old();\n4 | + new();",
        "In a.js we do:\n```text\n-old();\n+new();\n```",
        "In a.js we do:\n```bash\n-old = 1\n+new = 1\n```",
        "In a.js we do:\n```js\n  -old();\n  +new();\n```",
        "a.js:\n- `old();`\n+ `new();`",
        "diff a/a.js b/a.js\ndeleted file mode 100644",
        "diff -ru a/a.js b/a.js",
        "rename from a.js\nrename to c.js",
        "Binary files a/a.js and b/a.js differ",
        "Submodule lib 0123abc..4567def:",
        "deleted file mode 100644",
    ] {
        for answer in beside(part) {
            found.extend(Some(answer).filter(|answer| !is_told(answer)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n....\n"));
}

#[test]
fn a_whole_file_is_a_sign_wherever_its_name_stands() {
    let mut found: Vec<String> = Vec::new();
    for part in [
        "`a.js`\n\n```js\nnew();\n```",
        "**a.js**\n```\nnew();\n```",
        "```js a.js\nnew();\n```",
        "```js title=\"a.js\"\nnew();\n```",
        "```js:a.js\nnew();\n```",
        "```js\n// a.js\nnew();\n```",
        "```py\n# lib/c.py\nnew()\n```",
        "<file path=\"a.js\">\nnew();\n</file>",
    ] {
        for answer in beside(part) {
            found.extend(Some(answer).filter(|answer| !is_refused_with(answer)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n....\n"));
}

#[test]
fn the_rest_of_an_answer_is_no_part_of_a_block() {
    for answer in [
        "a.js\n```\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n>>>>>>> REPLACE\n",
        "a.js\n```\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n\nAnd:\n```js\n>>>>>>> REPLACE\n",
        "a.js\n<<<<<<< SEARCH\nold\n=======\nnew\n >>>>>>> REPLACE\n\nDone.\n>>>>>>> REPLACE\n",
        "a.js\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>> REPLACE\n\nlib/b.js\n\t<<<<<<< SEARCH\n>>>>>>> REPLACE\n",
    ] {
        assert!(is_refused_with(answer), "{answer}");
    }
    let fences = "a.js\n<<<<<<< SEARCH\nold\n```\n=======\nnew\n```\n>>>>>>> REPLACE\n";
    let whole = "a.js\n````\n<<<<<<< SEARCH\nold\n=======\n```sh\nnew\n```\n>>>>>>> REPLACE\n````\n";
    assert!(!is_refused_with(fences) && !is_refused_with(whole));
}

#[test]
fn a_patch_that_was_begun_has_to_end() {
    let begun = "*** Begin Patch\n*** Update File: a.js\n@@\n keep\n-old\n";
    for (end, refused) in [
        ("", true),
        ("\n", true),
        ("+new\n", true),
        ("\nThat is all.\n", true),
        ("+new\n\nThat is all.\n", false),
        ("*** End Patch\n", false),
        ("+new\n*** End Patch\n", false),
    ] {
        assert_eq!(is_refused_with(&format!("{begun}{end}")), refused, "{end:?}");
    }
    assert!(is_refused_with(&format!("{begun}*** Begin Patch\n*** Delete File: lib/b.js\n*** End Patch\n")));
}
