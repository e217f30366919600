//! The `@@` line of a hunk, and its lines.

use super::Reader;
use crate::{
    hunk::{Fault, Hunk, HunkLine, Kind},
    text::{End, Line},
};

impl<'t> Reader<'t> {
    /// Reads the lines of a hunk, up to what is not its any more.
    pub(super) fn hunk_lines(&mut self, hunk: &mut Hunk<'t>) {
        let mut count = Count::of(hunk);
        // Blank lines are the hunk's only if more of it follows, or if it says that it has more.
        let mut blanks = Vec::new();
        while let Some(line) = self.lines.get(self.at).copied() {
            let text = line.text;
            if text.starts_with(b"@@")
                || self.begins_file(count.is_short())
                || self.is_at_end_of_block()
                || self.is_signature()
            {
                break;
            }
            if text.is_empty() {
                blanks.push(line);
                self.at += 1;
                continue;
            }
            if text.starts_with(b"\\") {
                hunk.mark_unended();
                self.at += 1;
                continue;
            }
            let signed = signed(line);
            if signed.is_none()
                && (count.is_complete() || (!blanks.is_empty() && self.fence.is_none() && !count.is_short()))
            {
                return;
            }
            self.at += 1;
            for blank in blanks.drain(..) {
                count.push(hunk, bare(Kind::Context, blank));
            }
            count.push(hunk, signed.unwrap_or_else(|| bare(Kind::Bare, line)));
        }
        for blank in blanks {
            if count.is_short() {
                count.push(hunk, bare(Kind::Context, blank));
            }
        }
    }

    /// Whether git's signature comes, which ends every mail that it makes: two hyphens, and then its version.
    fn is_signature(&self) -> bool {
        let hyphens = matches!(self.line(0), Some(b"--" | b"-- "));
        hyphens && self.line(1).is_some_and(|line| line.first().is_some_and(u8::is_ascii_digit))
    }
}

/// How many lines there still have to be by the hunk's header. Counting as they come keeps a hunk of many lines cheap.
struct Count {
    left: Option<(usize, usize)>,
    over: bool,
}

impl Count {
    fn of(hunk: &Hunk<'_>) -> Self {
        Self { left: hunk.claimed, over: false }
    }

    fn is_complete(&self) -> bool {
        self.left == Some((0, 0)) && !self.over
    }

    fn is_short(&self) -> bool {
        self.left.is_some_and(|(old, new)| old > 0 && new > 0)
    }

    fn push<'t>(&mut self, hunk: &mut Hunk<'t>, line: HunkLine<'t>) {
        hunk.lines.push(line);
        let Some((old, new)) = &mut self.left else { return };
        let in_old = line.kind != Kind::Added;
        let in_new = line.kind != Kind::Removed;
        self.over |= (in_old && *old == 0) || (in_new && *new == 0);
        *old = old.saturating_sub(usize::from(in_old));
        *new = new.saturating_sub(usize::from(in_new));
    }
}

fn bare(kind: Kind, line: Line<'_>) -> HunkLine<'_> {
    HunkLine { kind, text: line.text, carriage_return: line.end == End::CrLf }
}

fn signed(line: Line<'_>) -> Option<HunkLine<'_>> {
    let (sign, text) = line.text.split_first()?;
    let kind = match sign {
        b' ' => Kind::Context,
        b'+' => Kind::Added,
        b'-' => Kind::Removed,
        _ => return None,
    };
    Some(HunkLine { kind, text, carriage_return: line.end == End::CrLf })
}

impl<'t> Hunk<'t> {
    /// Takes what `@@ -3,7 +3,8 @@ heading` says, or as much of it as is there.
    pub(super) fn read_header(&mut self, header: &'t [u8]) {
        let rest = header.strip_prefix(b"@@").unwrap_or(header);
        let inner = match find(rest, b"@@") {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 2..).unwrap_or_default()),
            None => (rest, &b""[..]),
        };
        let (numbers, heading) = (inner.0.trim_ascii(), inner.1.trim_ascii());
        match ranges(numbers) {
            Some((start, claimed)) => {
                self.start = Some(start);
                self.claimed = claimed;
                self.heading = heading;
            }
            None if heading.is_empty() => self.heading = numbers,
            None => self.heading = heading,
        }
        // Not a name: what stands for lines left out.
        if matches!(self.heading, b"..." | b"\xe2\x80\xa6") {
            self.heading = b"";
        }
    }

    /// `\ No newline at end of file` is about the line before it.
    fn mark_unended(&mut self) {
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
