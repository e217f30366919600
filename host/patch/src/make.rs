//! Makes a unified diff of two contents, with git's headers, such as this engine and `git apply` take.

use crate::{
    difference::{PairBudget, lines_diff},
    text::{Line, lines},
};
use imara_diff::Hunk as Change;
use orchestrator_core::RelativePath;

/// Lines of context around a change.
const CONTEXT: u32 = 3;

/// The diff that turns `old` into `new`; either is none where there is no file. Empty where nothing differs.
#[must_use]
pub fn make(path: &RelativePath, old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<u8> {
    make_within(path, old, new, &mut PairBudget::files(1))
}

/// As [`make()`], of one of several files that share a budget. Where it is used up, what differs is told as replaced.
#[must_use]
pub fn make_within(
    path: &RelativePath,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
    budget: &mut PairBudget,
) -> Vec<u8> {
    let mut diff = Vec::new();
    if old == new {
        return diff;
    }
    let (a, b) = (quoted("a/", path), quoted("b/", path));
    diff.extend_from_slice(format!("diff --git {a} {b}\n").as_bytes());
    let mode = match (old, new) {
        (None, _) => "new file mode 100644\n",
        (_, None) => "deleted file mode 100644\n",
        _ => "",
    };
    diff.extend_from_slice(mode.as_bytes());
    let (before, after) = (lines(old.unwrap_or_default()), lines(new.unwrap_or_default()));
    let changes = lines_diff(&before, &after, budget);
    if changes.is_empty() {
        return diff;
    }
    let a = if old.is_some() { a } else { "/dev/null".into() };
    let b = if new.is_some() { b } else { "/dev/null".into() };
    diff.extend_from_slice(format!("--- {a}\n+++ {b}\n").as_bytes());
    for group in changes.chunk_by(|one, other| other.before.start - one.before.end <= 2 * CONTEXT) {
        hunk(&mut diff, &before, &after, group);
    }
    diff
}

/// The diff of a file that is not compared, as git has it of binary files: it says which, and cannot be applied.
#[must_use]
pub fn make_opaque(path: &RelativePath, was: bool, is: bool) -> Vec<u8> {
    let (a, b) = (quoted("a/", path), quoted("b/", path));
    let side = |there: bool, name: &str| if there { name.to_owned() } else { "/dev/null".to_owned() };
    format!("diff --git {a} {b}\nBinary files {} and {} differ\n", side(was, &a), side(is, &b)).into_bytes()
}

/// A name as git writes it: in quotes if it has characters that would be misread.
fn quoted(prefix: &str, path: &RelativePath) -> String {
    let name = format!("{prefix}{path}");
    match name.contains(['"', '\\']) {
        true => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
        false => name,
    }
}

fn hunk(diff: &mut Vec<u8>, before: &[Line<'_>], after: &[Line<'_>], group: &[Change]) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let lead = first.before.start.min(CONTEXT);
    let trail = (length(before) - last.before.end).min(CONTEXT);
    let old = first.before.start - lead..last.before.end + trail;
    let new = first.after.start - lead..last.after.end + trail;
    diff.extend_from_slice(format!("@@ -{} +{} @@\n", range(&old), range(&new)).as_bytes());
    let mut at = old.start;
    for change in group {
        write(diff, b' ', before, at..change.before.start);
        write(diff, b'-', before, change.before.clone());
        write(diff, b'+', after, change.after.clone());
        at = change.before.end;
    }
    write(diff, b' ', before, at..old.end);
}

fn length(lines: &[Line<'_>]) -> u32 {
    u32::try_from(lines.len()).unwrap_or(u32::MAX)
}

/// A range as a hunk's header has it. Of no lines, the number is that of the line before.
fn range(lines: &std::ops::Range<u32>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn write(diff: &mut Vec<u8>, sign: u8, lines: &[Line<'_>], range: std::ops::Range<u32>) {
    for line in lines.get(range.start as usize..range.end as usize).unwrap_or_default() {
        diff.push(sign);
        diff.extend_from_slice(line.text);
        match line.end.bytes() {
            b"" => diff.extend_from_slice(b"\n\\ No newline at end of file\n"),
            end => diff.extend_from_slice(end),
        }
    }
}
