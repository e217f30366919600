//! Answers as models write them, whole and in the worst pieces.

use super::*;
use proptest::prelude::*;

/// What an answer comes to, whatever pieces it came in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Folded {
    done: Vec<String>,
    prose: String,
    bytes_out: usize,
}

fn fold(mut parser: ArtifactParser, chunks: impl IntoIterator<Item = impl AsRef<str>>) -> Folded {
    let mut folded = Folded::default();
    let mut streamed = String::new();
    let mut pieces: Vec<Piece> = chunks.into_iter().flat_map(|chunk| parser.push(chunk.as_ref())).collect();
    pieces.extend(parser.finish());
    for piece in pieces {
        match piece {
            Piece::Opened(path) => {
                streamed.clear();
                folded.done.push(format!("open {path}"));
            }
            Piece::Content(text) => {
                folded.bytes_out += text.len();
                streamed.push_str(&text);
            }
            Piece::Closed { path, content } => {
                assert_eq!(content, streamed, "the pieces of {path} make up its content");
                folded.done.push(format!("{path} = {content}"));
            }
            Piece::Incomplete(path) => folded.done.push(format!("incomplete {path}")),
            Piece::Delete(path) => folded.done.push(format!("delete {path}")),
            Piece::Rename { from, to } => folded.done.push(format!("rename {from} to {to}")),
            Piece::Refused { path, reason } => folded.done.push(format!("refused {path}: {reason}")),
        }
    }
    folded.prose = parser.into_prose();
    folded
}

fn parse(text: &str) -> Folded {
    fold(ArtifactParser::new("k3x9"), [text])
}

fn letter_by_letter(text: &str) -> Folded {
    fold(ArtifactParser::new("k3x9"), text.chars().map(String::from))
}

#[track_caller]
fn expect(text: &str, done: &[&str], prose: &str) {
    let folded = parse(text);
    assert_eq!(folded.done, done);
    assert_eq!(folded.prose, prose);
    assert_eq!(letter_by_letter(text), folded);
}

#[test]
fn the_example_of_the_format_is_read_as_it_is_meant() {
    let folded = parse(&artifact_format("k3x9"));
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
        "<file-k3x9 title=\"a > b\"\n  path='x &amp; y.js'>\n1\n</file-k3x9><rename-k3x9 to=\"b\" from=\"a\" />",
        &["open x & y.js", "x & y.js = 1\n", "rename a to b"],
        "",
    );
}

#[test]
fn tags_without_the_mark_and_code_about_tags_are_content() {
    let code = "a < b; '</file>' + \"</file-k3x\" + '<file-' + `<file-k3x9z path=\"q\">`; x = '<file-k3x9 path=\"q\">';\n";
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
fn a_file_that_another_interrupts_is_incomplete() {
    expect(
        "<file-k3x9 path=\"a\">\n1\n<file-k3x9 path=\"b\">\n2\n</file-k3x9>\n</file-k3x9>",
        &["open a", "incomplete a", "open b", "b = 2\n"],
        "\n",
    );
    expect(
        "<file-k3x9 path=\"a\">\n1\n<delete-k3x9 path=\"b\">",
        &["open a", "incomplete a", "delete b"],
        "",
    );
}

#[test]
fn an_answer_cut_anywhere_yields_whole_files_or_none() {
    let whole = "Yes.\n<file-k3x9 path=\"a\">\né1\n</file-k3x9>\n<file-k3x9 path=\"b\">\n2\n</file-k3x9>";
    for (cut, _) in whole.char_indices() {
        for line in parse(&whole[..cut]).done {
            assert!(
                ["open a", "a = é1\n", "open b", "incomplete a", "incomplete b"].contains(&line.as_str()),
                "cut at {cut}: {line}"
            );
        }
    }
}

#[test]
fn the_same_path_twice_is_written_twice() {
    expect(
        "<file-k3x9 path=\"a\">1</file-k3x9>\n<file-k3x9 path=\"a\">2</file-k3x9>",
        &["open a", "a = 1\n", "open a", "a = 2\n"],
        "\n",
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
fn zip_slip_and_absolute_paths_are_refused_and_their_content_is_not_prose() {
    let text = "<file-k3x9 path=\"../../etc/passwd\">\nroot\n</file-k3x9>\n<file-k3x9 path=\"/etc/x\">\ny\n</file-k3x9>\n\
                <file-k3x9 name=\"a\">\nz\n</file-k3x9>ok<delete-k3x9 path=\"b\"/>";
    expect(
        text,
        &[
            "refused ../../etc/passwd: the path cannot be used: '..' is not allowed; nothing outside of the project can be named",
            "refused /etc/x: the path cannot be used: it is absolute; give it relative to the project's root",
            "refused : the tag has no attribute 'path'",
        ],
        "\n\nok<delete-k3x9 path=\"b\"/>",
    );
}

#[test]
fn limits_refuse_and_do_not_cut() {
    let limits = Limits { file: 10, operations: 3, total: 15, prose: 4 };
    let file = |name: &str, content: &str| format!("<file-k3x9 path=\"{name}\">{content}</file-k3x9>");
    let text = [
        "prose é",
        "\n",
        &file("a", "0123456789"),
        &file("b", "0123456789a"),
        &file("c", "0123456"),
        &file("d", "0"),
        &file("e", "0"),
    ];
    let folded = fold(ArtifactParser::with_limits("k3x9", limits), text);
    assert_eq!(
        folded.done,
        [
            "open a",
            "a = 0123456789\n",
            "open b",
            "refused b: it has more than 10 bytes: split it into several files",
            "open c",
            "refused c: the files of this answer have more than 15 bytes together",
            "refused d: the answer asks for more than 3 changes",
        ]
    );
    assert_eq!(folded.prose, "pros");
}

#[test]
fn a_tag_that_never_ends_is_text_in_the_end() {
    let endless = format!("<file-k3x9 path=\"{}", "a".repeat(5000));
    assert_eq!(parse(&endless).prose, endless);
    assert_eq!(letter_by_letter(&endless).prose, endless);
}

#[test]
fn a_megabyte_in_small_pieces_is_handed_on_once() {
    let content = "const answer = 42; // <b>\n".repeat(30_000);
    let text = format!("<file-k3x9 path=\"a.js\">\n{content}</file-k3x9>");
    let chunks = text.as_bytes().chunks(4).map(|chunk| String::from_utf8_lossy(chunk));
    let folded = fold(ArtifactParser::new("k3x9"), chunks);
    assert_eq!(folded.bytes_out, content.len());
}

/// Text made of the parts that a parser can stumble over.
fn any_answer() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<file-k3x9 path=\"a.js\">"),
        Just("<file-k3x9 path='README.md'>"),
        Just("<file-k3x9"),
        Just("</file-k3x9>"),
        Just("<delete-k3x9 path=\"b\"/>"),
        Just("<rename-k3x9 from='a' to='b'>"),
        Just("\n```js\n"),
        Just("```"),
        Just("```markdown\n"),
        Just("\n"),
        Just("\r\n"),
        Just("  "),
        Just("<"),
        Just("\""),
        Just("é text"),
        Just("../x"),
    ];
    let any = prop_oneof![4 => part.prop_map(String::from), 1 => "\\PC{0,8}"];
    prop::collection::vec(any, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_in_any_pieces_comes_to_the_same(text in any_answer(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| text.floor_char_boundary(cut.index(text.len() + 1))).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]);
        let whole = parse(&text);
        prop_assert_eq!(&fold(ArtifactParser::new("k3x9"), chunks), &whole);
        prop_assert!(whole.bytes_out + whole.prose.len() <= text.len());
    }

    #[test]
    fn any_file_written_as_the_format_says_comes_back_unchanged(lines in prop::collection::vec("[a-z<>/`~&\"'é \\t-]{0,12}", 1..12)) {
        let content = lines.join("\n") + "\n";
        prop_assume!(!content.trim_start().starts_with("```") && !content.trim_start().starts_with("~~~"));
        prop_assume!(!content.trim().is_empty() && !content.ends_with("\n\n"));
        prop_assume!(!content.lines().last().is_some_and(|line| line.trim().is_empty()));
        let text = format!("<file-k3x9 path=\"a.txt\">\n{content}</file-k3x9>");
        prop_assert_eq!(parse(&text).done, vec!["open a.txt".to_owned(), format!("a.txt = {content}")]);
    }
}
