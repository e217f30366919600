//! A change of one line, in every dialect, of every kind of file: the line changes and no other byte does, or the patch is
//! refused and none does.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply, perform};

const LINES: [&str; 5] = ["alpha", "beta", "gamma", "delta", "omega"];
const NEW: &str = "changed";

/// Writes the change of line `at` in one dialect.
type Dialect = fn(usize) -> String;

const DIALECTS: [(&str, Dialect); 6] = [
    ("unified diff", |at| format!("--- a/f.txt\n+++ b/f.txt\n@@ -1,5 +1,5 @@\n{}", signed(at))),
    ("unified diff, bare @@", |at| format!("--- a/f.txt\n+++ b/f.txt\n@@\n{}", signed(at))),
    ("unified diff with CR LF", |at| {
        format!("--- a/f.txt\n+++ b/f.txt\n@@ -1,5 +1,5 @@\n{}", signed(at)).replace('\n', "\r\n")
    }),
    ("in a fence", |at| format!("In `f.txt`:\n\n```diff\n@@\n{}```\n", signed(at))),
    ("block", |at| {
        let new = LINES.map(|line| if line == LINES[at] { NEW } else { line }).join("\n");
        format!("f.txt\n<<<<<<< SEARCH\n{}\n=======\n{new}\n>>>>>>> REPLACE\n", LINES.join("\n"))
    }),
    ("section", |at| format!("*** Begin Patch\n*** Update File: f.txt\n@@\n{}*** End Patch\n", signed(at))),
];

fn signed(at: usize) -> String {
    let line = |(number, line): (usize, &&str)| match number == at {
        true => format!("-{line}\n+{NEW}\n"),
        false => format!(" {line}\n"),
    };
    LINES.iter().enumerate().map(line).collect()
}

/// A file of these lines.
type Kind = fn(&[&str]) -> Vec<u8>;

fn joined(lines: &[&str], end: &str) -> String {
    lines.iter().map(|line| format!("{line}{end}")).collect()
}

/// Kinds of text, of which all but one line stays.
const TEXT: [(&str, Kind); 9] = [
    ("LF", |lines| joined(lines, "\n").into()),
    ("CR LF", |lines| joined(lines, "\r\n").into()),
    ("no last line end", |lines| lines.join("\n").into()),
    ("CR LF, no last line end", |lines| lines.join("\r\n").into()),
    ("byte order mark", |lines| format!("\u{feff}{}", joined(lines, "\n")).into()),
    ("byte order mark and CR LF", |lines| format!("\u{feff}{}", joined(lines, "\r\n")).into()),
    ("byte order mark, no last line end", |lines| format!("\u{feff}{}", lines.join("\n")).into()),
    ("both line ends", |lines| {
        let ends = ["\n", "\r\n"].into_iter().cycle();
        lines.iter().zip(ends).map(|(line, end)| format!("{line}{end}")).collect::<String>().into()
    }),
    ("Latin-1", |lines| [b"caf\xe9\n".to_vec(), joined(lines, "\n").into()].concat()),
];

/// Kinds that no patch of lines can be about.
const OTHER: [(&str, Kind); 4] = [
    ("NUL before the lines", |lines| format!("\0{}", joined(lines, "\n")).into()),
    ("NUL after the lines", |lines| format!("{}\0\n", joined(lines, "\n")).into()),
    ("UTF-16", |lines| joined(lines, "\n").encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("CR alone", |lines| joined(lines, "\r").into()),
];

fn patched(patch: &str, before: &[u8]) -> Option<Vec<u8>> {
    let path = RelativePath::parse("f.txt").expect("a path");
    let mut files = MemoryFiles::from([(path.clone(), before.to_vec())]);
    let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
    let is_applied = outcome.report.is_applied();
    assert!(is_applied || outcome.edits.is_empty(), "{}", outcome.report);
    perform(&mut files, outcome.edits);
    let after = files.remove(&path).expect("the file");
    is_applied.then_some(after)
}

#[test]
fn every_kind_of_text_keeps_all_but_the_line_that_changes() {
    for (kind, file) in TEXT {
        for (dialect, patch) in DIALECTS {
            for (at, old) in LINES.into_iter().enumerate() {
                let expected = file(&LINES.map(|line| if line == old { NEW } else { line }));
                let found = patched(&patch(at), &file(&LINES));
                assert_eq!(
                    found.as_deref().map(String::from_utf8_lossy),
                    Some(String::from_utf8_lossy(&expected)),
                    "{kind}, {dialect}, line {at}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_text_in_lines_is_refused_in_every_dialect() {
    for (kind, file) in OTHER {
        for (dialect, patch) in DIALECTS {
            for at in 0..LINES.len() {
                assert_eq!(patched(&patch(at), &file(&LINES)), None, "{kind}, {dialect}, line {at}");
            }
        }
    }
}
