//! Words that stand where the name of a file would, before hunks that name none.
//!
//! Such a word may be the name of a file that is not there, or of something in the file that was named before. It is the
//! latter where that file has it, or the hunks have; otherwise the hunks may as well be about another file.

use crate::hunk::FilePatch;
use memchr::memmem::find_iter;
use orchestrator_core::RelativePath;

/// Why the hunks of a patch are not about the file at `path`, if a word before them is of nothing in it.
pub(super) fn of_nothing(patch: &FilePatch<'_>, path: &RelativePath, content: &[u8]) -> Option<String> {
    let lines = || patch.hunks.iter().flat_map(|hunk| &hunk.lines);
    // Any file has numbers, and none of them is what something is called.
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_here = |word: &String| {
        is_word_of(path.as_str().as_bytes(), word)
            || !is_number(word) && is_word_of(content, word)
            || !is_number(word) && lines().any(|line| is_word_of(line.text, word))
    };
    let word = patch.words.iter().find(|word| !is_here(word))?;
    Some(format!(
        "a hunk that names no file comes after '{word}', and there is neither a file called so nor such a word in '{path}': \
         write '--- a/path' and '+++ b/path' above the hunk, or its path alone on the line before"
    ))
}

/// Whether a text has a word that is no part of a longer one.
fn is_word_of(text: &[u8], word: &str) -> bool {
    let is_of_word = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii())
    };
    find_iter(text, word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        !is_of_word(before) && !is_of_word(text.get(at + word.len()))
    })
}
