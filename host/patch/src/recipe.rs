//! Lines of a makefile's recipes, which begin with a tab. With blanks in its place, as chats and models write them, `make`
//! stops at the line with `missing separator`, and the whole makefile is useless.

use crate::{
    base::{Base, shown},
    keys::is_blank,
    report::{Rejection, RejectionKind},
    weave::Splice,
};

/// The hunk that adds a recipe with blanks to a makefile whose recipes have tabs, and its refusal.
pub(crate) fn check(name: &str, base: &Base<'_>, splices: &[Splice<'_>]) -> Option<(usize, Rejection)> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let is_makefile = matches!(file, "Makefile" | "makefile" | "GNUmakefile") || file.ends_with(".mk");
    let starts = |line: &[u8], with: u8| line.first() == Some(&with) && !is_blank(line);
    let file_has = |with: u8| base.text.lines.iter().any(|line| starts(line.text, with));
    // A file that has both, or its own sign for recipes, is written by somebody who knows.
    if !is_makefile || !file_has(b'\t') || file_has(b' ') {
        return None;
    }
    for splice in splices {
        let mut before = splice.at.checked_sub(1).map_or(&b""[..], |at| base.line_text(at));
        for line in splice.adds.iter().map(|line| line.text.as_ref()) {
            if starts(line, b' ') && (is_rule(before) || starts(before, b'\t')) {
                return Some((splice.hunk, with_blanks(line)));
            }
            before = line;
        }
    }
    None
}

/// Whether a line is the head of a rule, `name: what it needs`.
fn is_rule(line: &[u8]) -> bool {
    let at = line.iter().position(|byte| matches!(byte, b':' | b'='));
    let is_continued = line.trim_ascii_end().ends_with(b"\\");
    let is_head = |at: usize| line.get(at) == Some(&b':') && !matches!(line.get(at + 1), Some(b'=' | b':'));
    !line.first().is_none_or(|first| matches!(first, b' ' | b'\t' | b'#'))
        && !is_continued
        && at.is_some_and(is_head)
}

fn with_blanks(line: &[u8]) -> Rejection {
    let reason = format!(
        "the added line {:?} is one of a recipe and begins with blanks, where all recipes of the makefile begin with a tab: \
         write the tab",
        shown(line)
    );
    Rejection::new(RejectionKind::Unclear, reason)
}
