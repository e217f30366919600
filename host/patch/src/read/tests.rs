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
        let mut exists = |path: &RelativePath| matches!(path.as_str(), "a.js" | "lib/b.js");
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
        let mut exists = |_: &RelativePath| false;
        let mut reader = Reader::new(text.as_bytes(), None, &mut exists);
        reader.read();
        prop_assert_eq!(reader.at, reader.lines.len());
        prop_assert_eq!(reader.account.accounted(), reader.lines.len(), "{}", text);
    }
}

#[test]
fn lists_tables_numbers_and_options_are_no_changes() {
    let change = |line: &str, next: &str| signs::is_change(line.as_bytes(), next.as_bytes());
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
