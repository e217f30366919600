//! What holds for any answer, and for any file.

use crate::{NONCE, fold, parser};
use orchestrator_artifact::{ArtifactParser, Ending, Limits};
use proptest::{prelude::*, sample::Index};

/// Bytes made of the parts that a parser can stumble over.
fn any_answer() -> impl Strategy<Value = Vec<u8>> {
    let part = prop::sample::select(vec![
        "<file-k3x9 path=\"a.js\">",
        "<file-k3x9 path='README.md'>",
        "<file-k3x9",
        "<file-k3x9 x=\"",
        "</file-k3x9>",
        "</file-k3x9",
        "<delete-k3x9 path=b/>",
        "<rename-k3x9 from='a' to='b'>",
        "\n```js\n",
        "```js a.js\n",
        "**a.py**\n",
        "```",
        "````",
        "~~~",
        "```markdown\n",
        "--- a/b\n",
        "\n",
        "\r\n",
        "\r",
        "  ",
        "<",
        ">",
        "-k3x9",
        "\"",
        "é text",
        "a line that is longer than thirty-two bytes\n",
        "../x",
    ]);
    let any = prop_oneof![
        12 => part.prop_map(|part| part.as_bytes().to_vec()),
        2 => "\\PC{0,8}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..4),
        1 => (prop::sample::select(vec![b' ', b'\n', b'`', b'a']), 1..700_usize).prop_map(|(byte, times)| vec![byte; times]),
    ];
    prop::collection::vec(any, 0..40).prop_map(|parts| parts.concat())
}

fn chunks<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn any_ending() -> impl Strategy<Value = Ending> {
    prop::sample::select(vec![Ending::Whole, Ending::Limit, Ending::Broken])
}

/// Any text in which no tag of this run is, as a file has it: with a line break at its end, or empty.
fn any_file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[a-z<>/`~&\"'é \\t\\r-]{0,12}",
        "\\PC{0,20}",
        Just("```js".to_owned()),
        Just("```".to_owned()),
        Just("</file-zzzz>".to_owned()),
        Just("<file-k3x path=\"a\">".to_owned()),
    ];
    prop::collection::vec(line, 0..12)
        .prop_map(|lines| lines.iter().map(|line| format!("{line}\n")).collect::<String>())
        .prop_filter("a tag of this run", |file| !file.contains(NONCE))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes_in_any_pieces_come_to_the_same(
        bytes in any_answer(),
        cuts in prop::collection::vec(any::<Index>(), 0..20),
        ending in any_ending(),
        limit in prop_oneof![Just(u64::MAX), 0..200_u64],
    ) {
        let limits = Limits { file: limit, total: limit.saturating_mul(2), ..Limits::default() };
        let parser = || ArtifactParser::with_limits(NONCE, limits);
        let whole = fold(parser(), [&bytes], ending);
        prop_assert_eq!(&fold(parser(), chunks(&bytes, &cuts), ending), &whole);
        prop_assert_eq!(&fold(parser(), bytes.chunks(1), ending), &whole);
        prop_assert!(whole.bytes_out <= bytes.len());
        if std::str::from_utf8(&bytes).is_ok() {
            prop_assert!(whole.bytes_out + whole.prose.len() <= bytes.len());
        }
    }

    #[test]
    fn any_file_written_as_the_format_says_comes_back_unchanged(
        file in any_file(),
        fence in prop::sample::select(vec!["", "````markdown"]),
        cuts in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        // In a Markdown file, a fence is the file's unless it says otherwise.
        prop_assume!(!fence.is_empty() || !file.trim_start().starts_with("```m"));
        let (open, close) = if fence.is_empty() { (String::new(), "") } else { (format!("{fence}\n"), "````\n") };
        let text = format!("<file-k3x9 path=\"a.md\">\n{open}{file}{close}\n</file-k3x9>");
        let folded = fold(parser(), chunks(text.as_bytes(), &cuts), Ending::Whole);
        prop_assert_eq!(folded.done, vec!["open a.md".to_owned(), format!("a.md = {file}")]);
        prop_assert_eq!(folded.prose, "");
    }
}
