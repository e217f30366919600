//! What a model is asked for.

const FORMAT: &str = "\
Answer with search/replace blocks, and nothing else in code fences. Each block has the file's path alone on the line before it:

path/to/file.js
<<<<<<< SEARCH
the lines to replace, copied from the file with their indentation
=======
the lines to put there
>>>>>>> REPLACE

Rules:
- SEARCH holds whole lines exactly as the file has them now, and enough of them that they occur only once in the file.
- Keep blocks small: the lines that change and two or three around them. One block for each place.
- An empty SEARCH creates the file. An empty REPLACE deletes the lines.
- Never shorten: no \"...\" and no \"rest unchanged\" in either half.";

/// The passage of a prompt that asks a model for search/replace blocks.
#[must_use]
pub fn replacement_format() -> &'static str {
    FORMAT
}
