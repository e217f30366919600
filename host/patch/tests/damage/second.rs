//! A second file, which is as the first was, changed as the first is, and named in all the ways that models have. Hunks
//! that go to the wrong one of two such files fit there just as well.

use super::{Sample, edit::without_headers};
use orchestrator_core::RelativePath;

/// The ways in which a line, or several, name the second file.
pub(crate) const FORMS: &[&str] = &[
    "lib/second.js",
    "lib/second.js:",
    "`lib/second.js`",
    "`lib/second.js`:",
    "**lib/second.js**",
    "**lib/second.js:**",
    "**`lib/second.js`** - the same:",
    "### lib/second.js",
    "### `lib/second.js`",
    "## 2. lib/second.js",
    "2. **lib/second.js** (as well)",
    "- lib/second.js",
    "> lib/second.js",
    "File: lib/second.js",
    "**File:** `lib/second.js`",
    "Filename: lib/second.js",
    "Path: lib/second.js",
    "Step 2: `lib/second.js`",
    "Index: lib/second.js\n===================================================================",
    "diff -r 0123456789ab -r ba9876543210 lib/second.js",
    "diff -u a/lib/second.js b/lib/second.js",
    "*** Update File: lib/second.js",
    "// lib/second.js",
    "# lib/second.js",
    "/* lib/second.js */",
    "<!-- lib/second.js -->",
    "-- lib/second.js",
    "--- lib/second.js ---",
    "=== lib/second.js ===",
    "--- a/lib/second.js",
    "+++ b/lib/second.js",
    "+++ lib/second.js\t2024-05-06 07:08:09",
    "+++ b/lib/second.js (working copy)",
    "+++ b/lib/second.js\n--- a/lib/second.js",
    "And in `lib/second.js`:",
    "Now update lib/second.js:",
    "Then the same in `lib/second.js`, as said.",
    "The same is wrong in lib/second.js and has to be mended there.",
    "lib\\second.js",
    "'lib/second.js'",
    "[lib/second.js](lib/second.js)",
    "lib/second.js:12",
];

pub(crate) fn path() -> RelativePath {
    RelativePath::parse("lib/second.js").expect("a good path")
}

/// The hunks of a sample, without any name.
pub(super) fn hunks(sample: &Sample) -> String {
    without_headers(&sample.diff)
}

/// How the name and the hunks of the second file come after the diff of the first.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Frame {
    /// Right below one another.
    Close,
    /// With a blank line before and after the name.
    Apart,
    /// With bare `@@`.
    Bare,
    /// Each in its fence, with the name between.
    Fences,
    /// All in one fence.
    Fence,
}

pub(crate) const FRAMES: [Frame; 5] = [Frame::Close, Frame::Apart, Frame::Bare, Frame::Fences, Frame::Fence];

/// The diff of the first file, and that of the second below `form`.
pub(crate) fn named(sample: &Sample, form: &str, frame: Frame) -> String {
    let (first, second) = (&sample.diff, hunks(sample));
    match frame {
        Frame::Close => format!("{first}{form}\n{second}"),
        Frame::Apart => format!("{first}\n{form}\n\n{second}"),
        Frame::Bare => {
            let bare = |diff: &str| super::headers(diff, |_| "@@".into());
            format!("{}{form}\n{}", bare(first), bare(&second))
        }
        Frame::Fences => format!("`````diff\n{first}`````\n\n{form}\n\n`````diff\n{second}`````\n"),
        Frame::Fence => format!("`````diff\n{first}\n{form}\n{second}`````\n"),
    }
}

/// The change in the format of the `apply_patch` tool.
pub(super) fn as_section(sample: &Sample, path: &RelativePath) -> String {
    let hunks = super::headers(&hunks(sample), |_| "@@".into());
    format!("*** Begin Patch\n*** Update File: {path}\n{hunks}*** End Patch\n")
}

/// The change as search/replace blocks, if its lines allow it.
pub(super) fn as_blocks(sample: &Sample, path: &str) -> Option<String> {
    let hunks = hunks(sample);
    if hunks.contains("\n\\")
        || hunks.contains("=====")
        || hunks.contains("SEARCH")
        || hunks.contains("REPLACE")
    {
        return None;
    }
    let mut found = String::new();
    // At the beginning of a line alone: documents have `@@ -1 +1 @@` within theirs.
    for hunk in format!("\n{hunks}").split("\n@@ -").skip(1) {
        let half = |without: char| -> String {
            let lines = hunk.lines().skip(1).filter(|line| !line.starts_with(without));
            lines.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect()
        };
        found += &format!("{path}\n<<<<<<< SEARCH\n{}=======\n{}>>>>>>> REPLACE\n", half('+'), half('-'));
    }
    Some(found)
}
