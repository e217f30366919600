//! What a hunk's `@@` line says, and other lines that are about it.

use crate::hunk::{Fault, Hunk, Kind};

impl<'t> Hunk<'t> {
    /// Takes what `@@ -3,7 +3,8 @@ heading` says, or as much of it as is there; says whether that is a name.
    pub(super) fn read_header(&mut self, header: &'t [u8]) -> bool {
        let rest = header.strip_prefix(b"@@").unwrap_or(header);
        let inner = match find(rest, b"@@") {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 2..).unwrap_or_default()),
            None => (rest, &b""[..]),
        };
        let (numbers, heading) = (inner.0.trim_ascii(), inner.1.trim_ascii());
        let names = match ranges(numbers) {
            Some((start, claimed)) => {
                self.start = Some(start);
                self.claimed = claimed;
                [&b""[..], heading]
            }
            None => [numbers, heading],
        };
        // Dots are not a name: they stand for lines left out.
        let is_name = |name: &&[u8]| !name.is_empty() && !matches!(*name, b"..." | b"\xe2\x80\xa6");
        let before = self.headings.len();
        self.headings.extend(names.into_iter().filter(is_name));
        self.headings.len() > before
    }

    /// `\ No newline at end of file` is about the line before it.
    pub(super) fn mark_unended(&mut self) {
        let kind = self.lines.last().map(|line| line.kind);
        self.old_unended |= kind.is_some_and(|kind| kind != Kind::Added);
        self.new_unended |= kind.is_some_and(|kind| kind != Kind::Removed);
    }

    /// Marks it as one that cannot be read.
    pub(crate) fn spoil(&mut self, line: &[u8]) {
        self.fault = Some(Fault::Malformed(String::from_utf8_lossy(line).into_owned()));
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, what)
}

/// First line in the old file, and the lines claimed of both files, of `-3,7 +3,8`.
fn ranges(text: &[u8]) -> Option<(u32, Option<(usize, usize)>)> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split_whitespace();
    let (start, old) = range(words.next()?.strip_prefix('-')?)?;
    let new = words.next().and_then(|word| range(word.strip_prefix('+')?)).map(|(_, new)| new);
    Some((start, new.map(|new| (old, new))))
}

fn range(text: &str) -> Option<(u32, usize)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.parse().ok()?, count.parse().ok()?))
}
