//! A table of answers on which parsers of this kind are known to fail, and what comes of them here, chunk by chunk.

use crate::{Folded, fold, parser};
use orchestrator_artifact::{Ending, Piece};
use std::fmt::Write;

/// Name, chunks and ending of each.
const CASES: [(&str, &[&str], Ending); 22] = [
    (
        "a chunk ends inside an end tag",
        &["<file-k3x9 path=\"a.js\">\nlet a;\n</fi", "le-k3x9>\n"],
        Ending::Whole,
    ),
    (
        "an end tag of another mark inside of a file",
        &["<file-k3x9 path=\"a.md\">\nEnd with `</file>` or `</file-abcd>`.\n</boltAction>\n</file-k3x9>"],
        Ending::Whole,
    ),
    (
        "entities in a file",
        &["<file-k3x9 path=\"a.html\">\n<b>&lt;i&gt; &amp;amp;</b>\n</file-k3x9>"],
        Ending::Whole,
    ),
    ("entities in a path", &["<file-k3x9 path=\"a&amp;b.txt\">\n1\n</file-k3x9>"], Ending::Whole),
    (
        "an indented first line",
        &["<file-k3x9 path=\"a.yaml\">\n  - b: 1\n  - c\n</file-k3x9>"],
        Ending::Whole,
    ),
    ("blank lines at both ends", &["<file-k3x9 path=\"a.txt\">\n\n\nb\n\n\n</file-k3x9>"], Ending::Whole),
    ("attributes in single quotes", &["<file-k3x9 path='a.js'>\n1\n</file-k3x9>"], Ending::Whole),
    ("attributes without quotes, in another order", &["<rename-k3x9 to=b.js from=a.js/>\n"], Ending::Whole),
    (
        "a greater-than sign in an attribute",
        &["<file-k3x9 title=\"a > b\" path=\"a.js\">\n1\n</file-k3x9>"],
        Ending::Whole,
    ),
    (
        "a missing end tag before the next file",
        &["<file-k3x9 path=\"a.js\">\n1\n", "<file-k3x9 path=\"b.js\">\n2\n</file-k3x9>"],
        Ending::Whole,
    ),
    ("an answer that breaks off in a file", &["<file-k3x9 path=\"a.js\">\nlet a", " = [<"], Ending::Broken),
    ("an answer cut in a file by the limit of tokens", &["<file-k3x9 path=\"a.js\">\nlet a"], Ending::Limit),
    ("an answer that ends in what may be a tag", &["1 <", " 2 <"], Ending::Whole),
    (
        "a fence around the file",
        &["<file-k3x9 path=\"a.js\">\n``", "`js\nlet a;\n", "```", "\n</file-k3x9>"],
        Ending::Whole,
    ),
    (
        "a longer fence inside of a fence",
        &["<file-k3x9 path=\"a.txt\">\n````\n```\nb\n```\n````\n</file-k3x9>"],
        Ending::Whole,
    ),
    (
        "prose before a fence between the tags",
        &["<file-k3x9 path=\"a.js\">\nHere it is:\n```js\n1\n```\n</file-k3x9>"],
        Ending::Whole,
    ),
    (
        "small chunks are handed on as they come",
        &["<file-k3x9 path=\"a.js\">\n", "let", " a ", "= 1", " < ", "2;\n", "</file-k3x9>"],
        Ending::Whole,
    ),
    ("a character cut by the network", &[], Ending::Whole),
    (
        "paths that lead out",
        &[
            "<file-k3x9 path=\"../a\">\n1\n</file-k3x9>\n<delete-k3x9 path=\"/etc/passwd\"/>\n<rename-k3x9 from=\"a\" to=\"C:/a\"/>",
        ],
        Ending::Whole,
    ),
    (
        "the same file twice",
        &["<file-k3x9 path=\"a\">\n1\n</file-k3x9>\n<file-k3x9 path=\"a\">\n2\n</file-k3x9>"],
        Ending::Whole,
    ),
    (
        "code in chat without a tag",
        &["Here is `src/a.js`:\n\n`src/a.js`:\n```js\nlet a;\n", "```\nDone.\n"],
        Ending::Whole,
    ),
    ("commands in chat without a tag", &["In `src/a.js`:\n\n```sh\nnpm test\n```\n"], Ending::Whole),
];

#[test]
fn each_case_comes_to_what_the_table_says() {
    let mut table = String::new();
    for (name, chunks, ending) in CASES {
        let split: &[&[u8]] = &[b"<file-k3x9 path=\"a.txt\">\n\xe2\x82", b"\xac\n</file-k3x9>"];
        let chunks: Vec<&[u8]> = if chunks.is_empty() {
            split.to_vec()
        } else {
            chunks.iter().map(|chunk| chunk.as_bytes()).collect()
        };
        writeln!(table, "# {name}").expect("room");
        let mut parser_at_work = parser();
        for chunk in &chunks {
            writeln!(table, "> {}", chunk.escape_ascii()).expect("room");
            parser_at_work.push(chunk, |piece| show(&mut table, piece));
        }
        writeln!(table, "> end: {ending:?}").expect("room");
        parser_at_work.finish(ending, |piece| show(&mut table, piece));
        table.push('\n');

        let bytes = chunks.concat();
        let whole: Folded = fold(parser(), [&bytes], ending);
        assert_eq!(fold(parser(), bytes.chunks(1), ending), whole, "{name}, byte by byte");
        assert_eq!(fold(parser(), chunks, ending), whole, "{name}, in its chunks");
    }
    insta::assert_snapshot!(table);
}

fn show(table: &mut String, piece: Piece<'_>) {
    match piece {
        Piece::Prose(text) => writeln!(table, "    prose {text:?}"),
        Piece::Content(text) => writeln!(table, "    content {text:?}"),
        Piece::Opened { path, inferred, again } => {
            writeln!(table, "    opened {path}, inferred: {inferred}, again: {again}")
        }
        Piece::Closed(path) => writeln!(table, "    closed {path}"),
        Piece::Incomplete { path, cause } => writeln!(table, "    incomplete {path}: {cause}"),
        Piece::Delete(path) => writeln!(table, "    delete {path}"),
        Piece::Rename { from, to } => writeln!(table, "    rename {from} to {to}"),
        Piece::Refused { path, reason } => writeln!(table, "    refused {path:?}: {reason}"),
        Piece::Shown { language, is_typed, below, .. } => {
            writeln!(table, "    shown in {language:?} below {below:?}, to be typed: {is_typed}")
        }
    }
    .expect("a string takes anything");
}
