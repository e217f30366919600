//! Files between tags: one rule of the format after the other.

use crate::{Folded, NONCE, expect, fold, parse, parser, refused};
use orchestrator_artifact::{AnswerLimits, ArtifactParser, Ending, artifact_format};

#[test]
fn the_example_of_the_format_is_read_as_it_is_meant() {
    let folded = parse(&artifact_format(NONCE));
    assert_eq!(
        folded.done,
        [
            "open src/greet.js",
            "src/greet.js = // Greets whoever is named.\nexport const greet = (name) => `Hello, ${name}!`;\n",
            "delete src/old.js",
            "rename src/hello.js to src/greeting.js",
        ]
    );
}

#[test]
fn files_and_prose_are_told_apart() {
    expect(
        "Here:\n<file-k3x9 path=\"a.js\">\nlet a;\n</file-k3x9>\n<file-k3x9 path='b/c.js' >\nlet b;\n</file-k3x9 >\nDone.",
        &["open a.js", "a.js = let a;\n", "open b/c.js", "b/c.js = let b;\n"],
        "Here:\n\n\nDone.",
    );
}

#[test]
fn attributes_come_in_any_order_and_may_hold_a_greater_than_sign() {
    expect(
        "<file-k3x9 title=\"a > b\"\n  path='x &amp; y.js'>\n1\n</file-k3x9><rename-k3x9 to=\"b\" from=a/><delete-k3x9 path=c>",
        &["open x & y.js", "x & y.js = 1\n", "rename a to b", "delete c"],
        "",
    );
}

#[test]
fn tags_without_the_mark_and_code_about_tags_are_content() {
    let code = "a < b; '</file>' + \"</file-k3x\" + '</file-zzzz>' + '<file-' + `<file-k3x9z path=\"q\">`; x = '<file-k3x9 path=\"q\">';\n";
    expect(
        &format!("<file-k3x9 path=\"a.js\">\n{code}</file-k3x9>"),
        &["open a.js", &format!("a.js = {code}")],
        "",
    );
}

#[test]
fn prose_may_mention_a_tag() {
    let prose = "I use `<file-k3x9 path=\"a\">` and <delete-k3x9 path=\"a\"/> here. 1 < 2, <file-k3x9";
    expect(prose, &[], prose);
}

#[test]
fn a_tag_within_what_looked_like_one_counts() {
    expect(
        "<file-k3x9 x=\"\n<file-k3x9 path=\"a\">\n1\n</file-k3x9 x='\n</file-k3x9>",
        &["open a", "a = 1\n</file-k3x9 x='\n"],
        "<file-k3x9 x=\"\n",
    );
}

#[test]
fn a_file_that_another_interrupts_is_incomplete() {
    let interrupted = "incomplete a: its end is missing: another block began before it";
    expect(
        "<file-k3x9 path=\"a\">\n1\n<file-k3x9 path=\"b\">\n2\n</file-k3x9>\n</file-k3x9>",
        &["open a", interrupted, "open b", "b = 2\n"],
        "\n",
    );
    expect("<file-k3x9 path=\"a\">\n1\n<delete-k3x9 path=\"b\">", &["open a", interrupted, "delete b"], "");
}

#[test]
fn an_answer_cut_anywhere_yields_whole_files_or_none_and_says_why() {
    let whole = "Yes.\n<file-k3x9 path=\"a\">\né1\n</file-k3x9>\n<file-k3x9 path=\"b\">\n2\n</file-k3x9>";
    for cut in 0..whole.len() {
        for (ending, why) in [
            (Ending::Whole, "the answer was over before it"),
            (Ending::Limit, "the answer reached its limit of tokens"),
            (Ending::Broken, "the answer broke off"),
        ] {
            for line in fold(parser(), [&whole.as_bytes()[..cut]], ending).done {
                let incomplete = |path| format!("incomplete {path}: its end is missing: {why}");
                let expected = [
                    "open a".into(),
                    "a = é1\n".into(),
                    "open b".into(),
                    incomplete("a"),
                    incomplete("b"),
                    "refused : the answer ends within a tag".into(),
                ];
                assert!(expected.contains(&line), "cut at {cut}: {line}");
            }
        }
    }
}

#[test]
fn the_same_path_twice_is_written_twice_and_said() {
    expect(
        "<file-k3x9 path=\"a\">1</file-k3x9>\n<file-k3x9 path=\"./a\">2</file-k3x9>\n<delete-k3x9 path=\"a\">\n<file-k3x9 path=\"a\">3</file-k3x9>",
        &["open a", "a = 1\n", "open a again", "a = 2\n", "delete a", "open a", "a = 3\n"],
        "\n\n\n",
    );
}

#[test]
fn an_empty_file_can_be_written_either_way() {
    expect(
        "<file-k3x9 path=\"a\"/>\n<file-k3x9 path=\"b\">\n</file-k3x9>",
        &["open a", "a = ", "open b", "b = "],
        "\n",
    );
}

#[test]
fn an_empty_file_with_a_code_block_behind_its_tag_is_refused() {
    for block in ["```js\nlet a = 1;\n```\n", "~~~\nlet a = 1;\n~~~\n"] {
        let text = format!("<file-k3x9 path=\"a.js\"/>\n\n{block}");
        let whole = fold(parser(), [text.as_bytes()], Ending::Whole);
        assert!(
            whole.done.first().is_some_and(|done| done.contains("a.js") && done.contains("'/>'")),
            "{whole:?}"
        );
        assert!(whole.done.iter().all(|done| !done.contains("a.js = ")), "{whole:?}");
        assert_eq!(fold(parser(), text.as_bytes().chunks(1), Ending::Whole), whole, "byte by byte");
    }
    for (behind, prose) in
        [("", ""), ("\n\nDone.\n", "\n\nDone.\n"), ("``", "``"), ("\n`x` is empty.", "\n`x` is empty.")]
    {
        expect(&format!("<file-k3x9 path=\"a.js\"/>{behind}"), &["open a.js", "a.js = "], prose);
    }
}

#[test]
fn a_broken_tag_of_this_run_is_refused_by_its_path() {
    for tag in [
        "< file-k3x9 path=\"b.js\">",
        "&lt;file-k3x9 path=\"b.js\"&gt;",
        "[file-k3x9 path=\"b.js\"]",
        "{file-k3x9 path=\"b.js\"}",
        "\u{ff1c}file-k3x9 path=\"b.js\"\u{ff1e}",
        "```xml\n&lt;file-k3x9 path=\"b.js\"&gt;\n```",
    ] {
        let good = "<file-k3x9 path=\"a.js\">\n1\n</file-k3x9>\n";
        for text in
            [format!("{good}\n{tag}\nlet b = 1;\n</ file-k3x9>\n"), format!("{tag}\nlet b;\n\n{good}")]
        {
            let whole = fold(parser(), [text.as_bytes()], Ending::Whole);
            assert!(whole.done.iter().any(|done| done == "a.js = 1\n"), "{text} {whole:?}");
            assert!(whole.done.iter().any(|done| done.contains("b.js")), "{text} {whole:?}");
            assert_eq!(fold(parser(), text.as_bytes().chunks(1), Ending::Whole), whole, "byte by byte");
        }
    }
}

#[test]
fn limits_refuse_and_do_not_cut() {
    let limits = AnswerLimits { file: 11, operations: 4, total: 22 };
    let file = |name: &str, content: &str| format!("<file-k3x9 path=\"{name}\">{content}</file-k3x9>");
    let text = [
        file("a", "0123456789"),
        file("b", "0123456789é"),
        file("c", "9876543210"),
        file("d", "0"),
        file("e", "0"),
        file("f", "0"),
    ]
    .concat();
    let read =
        |size| fold(ArtifactParser::with_limits(NONCE, limits), text.as_bytes().chunks(size), Ending::Whole);
    let folded = read(text.len());
    assert_eq!(
        folded.done,
        [
            "open a",
            "a = 0123456789\n",
            "open b",
            "refused b: it has more than 11 bytes: split it into several files",
            "open c",
            "c = 9876543210\n",
            "open d",
            "refused d: the files of this answer have more than 22 bytes together",
            "refused e: the answer asks for more than 4 changes",
        ]
    );
    assert_eq!(read(1), folded);
}

#[test]
fn bytes_that_are_no_text_refuse_their_file_and_show_in_prose() {
    let text = b"a\xff<\n<file-k3x9 path=\"a\">\n1\xe2\x82\n</file-k3x9>\n<file-k3x9 path=\"b\xff\">2</file-k3x9>\n<file-k3x9 path=\"c\">\n\xe2\x82\xac\n</file-k3x9>\xe2";
    let read = |size| fold(parser(), text.chunks(size), Ending::Whole);
    let Folded { done, prose, .. } = read(text.len());
    assert_eq!(
        done,
        [
            "open a",
            "refused a: it holds bytes that are no text; files are written in UTF-8",
            "refused b\u{fffd}: it holds bytes that are no text; files are written in UTF-8",
            "open c",
            "c = €\n",
        ]
    );
    assert_eq!(prose, "a\u{fffd}<\n\n\n\u{fffd}");
    assert_eq!(read(1).done, done);
}

#[test]
fn a_tag_that_never_ends_is_text_in_the_end() {
    let endless = format!("<file-k3x9 path=\"{}", "a".repeat(5000));
    assert!(parse(&endless).prose == endless);
    let closed = format!("<file-k3x9 title=\"{}\" path=\"b\">", "a".repeat(5000));
    assert!(parse(&closed).prose == closed);
}

#[test]
fn a_megabyte_in_small_pieces_is_handed_on_once() {
    let content = "const answer = 42; // <b>\n".repeat(30_000);
    let text = format!("<file-k3x9 path=\"a.js\">\n{content}</file-k3x9>");
    let folded = fold(parser(), text.as_bytes().chunks(4), Ending::Whole);
    assert_eq!(folded.bytes_out, content.len());
}

#[test]
fn what_names_a_file_and_cannot_be_read_as_one_is_refused_and_no_prose_in_silence() {
    for (text, path, reason) in [
        ("```js a.js\n--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-a\n+b\n```\n", "a.js", "it is a diff"),
        ("```diff\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-a\n+b\n```\n", "src/a.js", "it is a diff"),
        ("--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-a\n+b", "src/a.js", "it is a diff"),
        ("*** Begin Patch\n*** Update File: src/a.js\n-a\n", "src/a.js", "it is a diff"),
        ("src/a.js\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n", "src/a.js", "it is a diff"),
        ("- **a.js**\n  ```js\n  1\n  ```\n", "a.js", "the code block is indented"),
        ("```js ../a.js\n1\n```\n", "../a.js", "the path cannot be used"),
        ("**/etc/a.js**\n```js\n1\n```\n", "/etc/a.js", "the path cannot be used"),
        ("```md README.md\n# A\n```\n", "README.md", "the code block has another in it"),
        ("<file path=\"src/a.js\">\n1\n</file>\n", "src/a.js", "it is in a tag that is not read"),
        ("<file-zzzz path=\"src/a.js\">\n1\n</file-zzzz>\n", "src/a.js", "it is in a tag that is not read"),
        ("<delete path=\"src/a.js\"/>", "src/a.js", "it is in a tag that is not read"),
        ("Gone: <delete-k3x9 path=\"src/a.js\"/>\n", "src/a.js", "it is in a tag that is not read"),
        ("<File-k3x9 path=\"src/a.js\">\n1\n", "src/a.js", "it is in a tag that is not read"),
        ("<file-k3x9 path=\"src/a.js", "src/a.js", "it is in a tag that is not read"),
        ("<file-k3x9 path=\"s", "", "the answer ends within a tag"),
        ("1\n</file-k3x9>\n", "", "an end tag ends no file"),
    ] {
        let refused = refused(text);
        assert_eq!(refused.len(), 1, "{text:?}: {refused:?}");
        assert!(refused[0].starts_with(&format!("{path}: {reason}")), "{text:?}: {refused:?}");
    }
    assert_eq!(refused("Here: <file-k3x9 path=\"src/a.js\">\n1\n</file-k3x9>\n").len(), 2);
}

#[test]
fn a_section_of_character_data_is_no_part_of_the_file() {
    expect(
        "<file-k3x9 path=\"a.js\">\n<![CDATA[\n1 < 2\n]]>\n</file-k3x9>",
        &["open a.js", "a.js = 1 < 2\n"],
        "",
    );
    let open = "<file-k3x9 path=\"a.js\">\n<![CDATA[\n1 < 2\n</file-k3x9>";
    assert!(refused(open)[0].starts_with("a.js: it begins with '<![CDATA['"));
}
