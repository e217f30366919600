//! What holds for any answer, and for any file.

use crate::{NONCE, fold, parser};
use orchestrator_artifact::{AnswerLimits, ArtifactParser, Ending};
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
        "<file path=\"src/a.js\">\n",
        "<![CDATA[",
        "]]>",
        "--- a/src/a.js\n",
        "+++ b/src/a.js\n",
        "<<<<<<< SEARCH\n",
        "- ```js src/a.js\n",
        "```md README.md\n",
        "Now create `src/a.js`:\n",
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

/// A way to write about the file `path`, right or wrong.
fn mention(form: usize, path: &str) -> String {
    let name = path.trim_end_matches(".js");
    match form {
        0 => format!("<file-k3x9 path=\"{path}\">\n1\n</file-k3x9>\n"),
        1 => format!("<delete-k3x9 path=\"{path}\"/>\n"),
        2 => format!("<file path=\"{path}\">\n1\n</file>\n"),
        3 => format!("<file-zzzz path='{path}'>\n1\n</file-zzzz>\n"),
        4 => format!("Gone: <delete-k3x9 path=\"{path}\"/>\n"),
        5 => format!("**{path}**\n```js\n1\n```\n"),
        6 => format!("```js {path}\n1\n```\n"),
        7 => format!("Now create `{path}`:\n\n```js\n1\n```\n"),
        8 => format!("```diff\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-1\n+2\n```\n"),
        9 => format!("--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-1\n+2\n"),
        10 => format!("- `{path}`:\n\n  ```js\n  1\n  ```\n"),
        11 => format!("**{path}**\n```js\nhelp(`\n```sh\nnpm start\n```\n`)\n```\n"),
        12 => format!("**../{path}**\n```js\n1\n```\n"),
        13 => format!("**{name}.md**\n```md\n# A\n\n```\nnpm start\n```\n```\n"),
        14 => format!("{path}\n<<<<<<< SEARCH\n1\n=======\n2\n>>>>>>> REPLACE\n"),
        15 => format!("<file-k3x9 path=\"{path}\">\n<![CDATA[\n1\n</file-k3x9>\n"),
        17 => format!("< file-k3x9 path=\"{path}\">\n1\n</ file-k3x9>\n"),
        18 => format!("[delete-k3x9 path=\"{path}\"]\n"),
        19 => format!("<file-k3x9 path=\"{path}\"/>\n```js\n1\n```\n"),
        20 => format!("<file-k3x9 path=\"{path}\">\n```js\n1\n```\n\nThat is it.\n</file-k3x9>\n"),
        _ => format!("```\n<file-k3x9 path=\"{path}\">\n1\n</file-k3x9>\n```\n"),
    }
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
        let limits = AnswerLimits { file: limit, total: limit.saturating_mul(2), ..AnswerLimits::default() };
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

    #[test]
    fn whatever_names_a_file_is_written_or_refused_and_never_passed_over(
        forms in prop::collection::vec(0..21_usize, 1..8),
        cuts in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        let paths: Vec<_> = (0..forms.len()).map(|index| format!("src/f{index}.js")).collect();
        let parts = forms.iter().zip(&paths).map(|(form, path)| mention(*form, path));
        let text = parts.collect::<Vec<_>>().join("\nSome words.\n\n");
        let folded = fold(parser(), chunks(text.as_bytes(), &cuts), Ending::Whole);
        for (form, path) in forms.iter().zip(&paths) {
            let name = path.trim_end_matches(".js");
            let said: Vec<_> = folded.done.iter().filter(|done| done.contains(name)).collect();
            prop_assert!(!said.is_empty(), "{form} {path} in\n{text}\n{:?}", folded.done);
            // What was written is what was meant.
            let written = said.iter().filter_map(|done| done.split_once(" = ")).all(|(_, content)| content == "1\n");
            prop_assert!(written, "{form} {path}: {said:?}");
            if matches!(form, 0 | 16) {
                prop_assert!(said.iter().any(|done| done.ends_with(" = 1\n")), "{form} {path}: {:?}", folded.done);
            }
        }
    }
}
