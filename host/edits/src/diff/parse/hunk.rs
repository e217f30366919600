//! The lines of one hunk.

use super::{Hunk, Kind, Line, Reader, is_fence_at_margin};

impl Reader<'_> {
    /// Reads the hunk whose `@@` line the cursor is on.
    ///
    /// # Errors
    /// Says which line belongs to no hunk, or that the hunk was cut off.
    pub(super) fn hunk(&mut self, number: u32) -> Result<Hunk, String> {
        let header = self.line(0).unwrap_or_default();
        let (start, claimed) = ranges(header).unzip();
        let mut hunk =
            Hunk { number, start, claimed, lines: Vec::new(), old_unended: false, new_unended: false };
        self.at += 1;
        // Blank lines are the hunk's only if more of it follows.
        let mut blanks = 0;
        while let Some(line) = self.line(0) {
            if line.starts_with("@@") || self.begins_file(0) || is_fence_at_margin(line) {
                return Ok(hunk);
            }
            self.at += 1;
            if line.is_empty() {
                blanks += 1;
                continue;
            }
            let Some((kind, text)) = signed(line) else {
                if line.starts_with('\\') {
                    hunk.mark_unended();
                    continue;
                }
                if blanks > 0 && !self.fenced {
                    return Ok(hunk);
                }
                return Err(format!(
                    "the line {line:?} of the diff begins with neither ' ', '+' nor '-': write the hunk again, every line with its sign"
                ));
            };
            for _ in 0..std::mem::take(&mut blanks) {
                hunk.lines.push(Line { kind: Kind::Context, text: String::new() });
            }
            hunk.lines.push(Line { kind, text: text.to_owned() });
        }
        match self.fenced || hunk.is_short() {
            true => Err("the diff breaks off in this hunk: send it again as a whole".into()),
            false => Ok(hunk),
        }
    }
}

impl Hunk {
    /// `\ No newline at end of file` is about the line before it.
    fn mark_unended(&mut self) {
        let kind = self.lines.last().map(|line| line.kind);
        self.old_unended |= kind.is_some_and(|kind| kind != Kind::Added);
        self.new_unended |= kind.is_some_and(|kind| kind != Kind::Removed);
    }

    /// Whether it has fewer lines than it says, of both files. At the very end of an answer that means that the
    /// answer was cut off; anywhere else, that the model cannot count.
    fn is_short(&self) -> bool {
        self.claimed.is_some_and(|(old, new)| self.old_lines().len() < old && self.new_lines().len() < new)
    }
}

fn signed(line: &str) -> Option<(Kind, &str)> {
    let kinds = [(' ', Kind::Context), ('+', Kind::Added), ('-', Kind::Removed)];
    kinds.into_iter().find_map(|(sign, kind)| Some((kind, line.strip_prefix(sign)?)))
}

/// First line in the old file, and the lines claimed of both files, of `@@ -3,7 +3,8 @@`.
fn ranges(header: &str) -> Option<(usize, (usize, usize))> {
    let mut words = header.strip_prefix("@@")?.split_whitespace();
    let (start, old) = range(words.next()?.strip_prefix('-')?)?;
    let (_, new) = range(words.next()?.strip_prefix('+')?)?;
    Some((start, (old, new)))
}

fn range(text: &str) -> Option<(usize, usize)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.parse().ok()?, count.parse().ok()?))
}
