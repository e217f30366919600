//! The patch engine on bytes that nobody wrote: the input is a file and a patch, parted by the first zero byte.
//!
//! Whatever comes, nothing panics, what is refused changes nothing, and a diff that was made of two contents leads from the
//! one to the other or is refused, never to a third.

#![no_main]

use libfuzzer_sys::fuzz_target;
use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply, make, perform};

fuzz_target!(|input: &[u8]| {
    let at = input.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (file, patch) = input.split_at(at);
    let patch = patch.get(1..).unwrap_or_default();
    let path = RelativePath::parse("f").expect("a good path");
    let files = MemoryFiles::from([(path.clone(), file.to_vec())]);
    let options = Options { target: Some(path.clone()), ..Options::default() };

    let Ok(outcome) = apply(patch, &files, &options);
    assert!(outcome.report.is_applied() || outcome.edits.is_empty());
    assert!(!outcome.report.text().is_empty());

    // The patch as the file's next content.
    if is_text(file) && is_text(patch) {
        let diff = make(&path, Some(file), Some(patch));
        let Ok(outcome) = apply(&diff, &files, &Options::default());
        if !diff.is_empty() && outcome.report.is_applied() && !has_mark_inside(file) && !has_mark_inside(patch) {
            let mut after = files;
            perform(&mut after, outcome.edits);
            let found = after.get(&path).map(Vec::as_slice);
            assert!(found == Some(patch), "{}", String::from_utf8_lossy(&diff));
        }
    }
});

/// Whether there is no zero byte, which would make the file binary.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0)
}

/// A byte order mark is one at the beginning only.
fn has_mark_inside(bytes: &[u8]) -> bool {
    bytes.windows(3).skip(1).any(|window| window == b"\xef\xbb\xbf")
}
