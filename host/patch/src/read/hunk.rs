//! The `@@` line of a hunk, and its lines.
//!
//! A hunk ends where the next hunk, block or file begins, where its code fence ends, where a line names another file,
//! or where after a blank line something stands that is no line of a diff, and nothing that changes follows.
//!
//! A line without a sign cannot be judged here. It is kept as what it is, and whoever has the file decides: the file
//! has such a line, then it is context, or it has not, and then what follows must not change anything.

use super::{Reader, account::Role, owner::names_a_file, sections, signs};
use crate::{
    hunk::{Fault, Hunk, HunkLine, Kind},
    text::{End, Line},
};
use orchestrator_answer::{fence::Fence, name};
use orchestrator_core::RelativePath;

/// Endings of files that have no sentences but in comments and strings.
const CODE: [&str; 26] = [
    "c", "cc", "cpp", "cs", "css", "dart", "go", "h", "hpp", "java", "js", "json", "jsx", "kt", "mjs", "php",
    "py", "rb", "rs", "scss", "sh", "sql", "swift", "toml", "ts", "tsx",
];

impl<'t> Reader<'t, '_> {
    /// Reads hunks as long as there are any, into the last file.
    pub(super) fn hunks(&mut self) {
        while self.line(0) == Some(b"") && self.hunk_after_blanks() {
            self.take(Role::Header);
        }
        let mut headless = self.is_headless_hunk();
        while self.starts(0, b"@@") || headless {
            let mut hunk = Hunk::new(1);
            // Names that stand above one another lead to the same hunk, each within the one before.
            while !headless && self.starts(0, b"@@") {
                let named = hunk.read_header(self.line(0).unwrap_or_default());
                self.take(Role::Hunk);
                if hunk.claimed.is_some() || !named {
                    break;
                }
            }
            self.hunk_lines(&mut hunk);
            if self.line(0).is_some_and(sections::is_end_of_file) {
                hunk.at_end = true;
                self.take(Role::Header);
            }
            headless = false;
            self.judge_end(&mut hunk);
            self.push(hunk);
        }
    }

    /// Whether a `@@` line comes after one blank line or two.
    fn hunk_after_blanks(&self) -> bool {
        let next = if self.line(1) == Some(b"") { 2 } else { 1 };
        self.starts(next, b"@@")
    }

    /// Whether the lines of a hunk follow at once, without a `@@` line.
    pub(super) fn is_headless_hunk(&self) -> bool {
        self.line(0).is_some_and(|line| matches!(line.first(), Some(b' ' | b'+' | b'-')))
            && !self.starts(0, b"--- ")
            && !self.starts(0, b"-- ")
            && !self.line(0).is_some_and(signs::is_block_marker)
    }

    /// Reads the lines of a hunk, up to what is not its any more.
    fn hunk_lines(&mut self, hunk: &mut Hunk<'t>) {
        let mut count = Count::of(hunk);
        // Blank lines are the hunk's only if more of it follows, or if it says that it has more.
        let (mut blanks, mut before_prose) = (Vec::new(), false);
        while let Some(line) = self.lines.get(self.at).copied() {
            let text = line.text;
            if self.begins_part(&count) || self.is_at_end_of_fence(&count) || self.is_signature() {
                break;
            }
            if text.is_empty() {
                blanks.push((self.at, line));
                self.at += 1;
                continue;
            }
            if text.starts_with(b"\\") {
                hunk.mark_unended();
                self.account_blanks(&blanks, Role::Hunk);
                self.take(Role::Hunk);
                continue;
            }
            let signed = signed(line);
            if self.may_end(signed.is_some(), text, &count, blanks.len()) && !self.changes_follow() {
                before_prose = true;
                break;
            }
            self.account_blanks(&blanks, Role::Hunk);
            for (_, blank) in blanks.drain(..) {
                count.push(hunk, bare(Kind::Context, blank));
            }
            self.take(Role::Hunk);
            count.push(hunk, signed.unwrap_or_else(|| bare(Kind::Bare, line)));
        }
        for (at, blank) in blanks {
            let own = count.is_short() && !before_prose;
            self.account.set(at, if own { Role::Hunk } else { Role::Prose });
            if own {
                count.push(hunk, bare(Kind::Context, blank));
            }
        }
    }

    /// Accounts for the blank lines that were passed over; what was said of one before stays.
    fn account_blanks(&mut self, blanks: &[(usize, Line<'t>)], role: Role) {
        let from = blanks.partition_point(|(at, _)| *at < self.account.accounted());
        for (at, _) in blanks.get(from..).unwrap_or_default() {
            self.account.set(*at, role);
        }
    }

    /// Whether a line, by itself, could come after the hunk. It does if nothing that changes follows.
    fn may_end(&self, is_signed: bool, text: &[u8], count: &Count, blanks: usize) -> bool {
        let aside = blanks > 0 && self.fence.is_none();
        match is_signed {
            false => {
                let named = || self.ends_below_name() && names_a_file(text);
                count.is_complete()
                    || (aside && (!count.is_short() || self.is_prose_beside_code(text)))
                    || named()
            }
            // An item of a list, or a line drawn across.
            true => {
                let rule = text.len() >= 3 && text.iter().all(|byte| *byte == b'-');
                let last = self.line(1).is_none_or(<[u8]>::is_empty);
                aside && (rule && last && !count.is_short() || text.starts_with(b"- ") && count.is_complete())
            }
        }
    }

    /// Whether a line is a sentence, and the hunk's file one that has none at its margin: then it is no line of it, whatever
    /// the header counts.
    fn is_prose_beside_code(&self, text: &[u8]) -> bool {
        let sentence = text.first().is_some_and(u8::is_ascii_uppercase)
            && text.last().is_some_and(|last| b".:!?".contains(last))
            && text.iter().filter(|byte| **byte == b' ').count() > 1;
        let is_code = |path: &RelativePath| {
            let ending = path.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
            CODE.contains(&ending)
        };
        let file =
            self.parts.last().and_then(|part| part.as_ref().ok()).and_then(|part| part.intent.names().next());
        sentence && !self.starts(1, b" ") && file.is_some_and(is_code)
    }

    /// Whether what comes after the line at the cursor is no line of the hunk, so that the line could be the name of
    /// another file: that is followed by a blank line or by what belongs to it.
    fn ends_below_name(&self) -> bool {
        let header = |line: &[u8]| line.starts_with(b"--- ") || line.starts_with(b"+++ ");
        let may_follow =
            |line: &[u8]| header(line) || line.first().is_none_or(|first| b"@=`~<*>".contains(first));
        let signed = |line: &[u8]| line.first().is_some_and(|first| b" +-".contains(first)) && !header(line);
        let next = (1..4).filter_map(|ahead| self.line(ahead)).find(|line| !line.is_empty());
        self.line(1).is_none_or(may_follow) && !next.is_some_and(signed)
    }

    /// Whether another hunk, file or block begins at the cursor, which is within a hunk.
    fn begins_part(&self, count: &Count) -> bool {
        let Some(line) = self.line(0) else { return true };
        line.starts_with(b"@@")
            || line.starts_with(b"diff --git ")
            || line.starts_with(b"diff --cc ")
            || sections::is_marker(line)
            || super::blocks::opens(line)
            || self.begins_file(count)
    }

    /// Whether a file's header begins at the cursor, which is within a hunk: a removed line can look like `--- x` and
    /// an added one like `+++ x`, so what comes after it must go with it. It could be the hunk's own all the same, if the
    /// hunk says that it has more.
    fn begins_file(&self, count: &Count) -> bool {
        let (old, new) = (self.starts(0, b"--- "), self.starts(0, b"+++ "));
        if !old && !new {
            return false;
        }
        let Some((line, next)) = self.line(0).zip(self.line(1)) else { return false };
        let pair = if old { next.starts_with(b"+++ ") } else { next.starts_with(b"--- ") };
        if pair && self.line(2).is_none_or(follows_header) {
            let names = if old { (line, next) } else { (next, line) };
            return match old {
                true => !count.is_short() || super::names::look_like_names(names.0, names.1),
                false => super::names::look_like_names(names.0, names.1),
            };
        }
        // A single name, and then the lines of its file.
        let own = if old { count.lacks_one_removed() } else { count.lacks_one_added() };
        let after = if next.is_empty() { self.line(2).unwrap_or_default() } else { next };
        after.starts_with(b"@@") && !own && is_name(line.get(4..).unwrap_or_default())
    }

    /// Whether the line at the cursor ends the code block that the hunk is in. A fence that is one of the file's own lines
    /// and lost its blank does not: the hunk lacks lines, and lines that change come right after it.
    fn is_at_end_of_fence(&mut self, count: &Count) -> bool {
        if !self.is_at_end_of_block() {
            return false;
        }
        // Nor does one with context right below it.
        if self.starts(1, b" ") {
            return false;
        }
        if !count.is_short() || self.fence.is_none() {
            return true;
        }
        let next = self.lines.iter().skip(self.at + 1).map(|line| line.text);
        let next = next.into_iter().find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
        !signs::is_change(next, self.line(2).unwrap_or_default())
    }

    /// Whether git's signature comes, which ends every mail that it makes: two hyphens, and then its version.
    fn is_signature(&self) -> bool {
        let hyphens = matches!(self.line(0), Some(b"--" | b"-- "));
        hyphens && self.line(1).is_some_and(|line| line.first().is_some_and(u8::is_ascii_digit))
    }

    /// At the end of the text: whether the hunk is all there.
    fn judge_end(&self, hunk: &mut Hunk<'t>) {
        if self.at < self.lines.len() || hunk.fault.is_some() {
            return;
        }
        let ended = self.lines.last().is_none_or(|line| line.end != End::None);
        let short =
            hunk.claimed.is_some_and(|(old, new)| hunk.old().count() < old || hunk.new_lines().count() < new);
        let cut = match self.fence {
            // Whatever else came, the end of the block did not.
            Some(_) => true,
            None if hunk.claimed.is_some() => short && !ended,
            None => !ended && hunk.lines.last().is_some_and(|line| line.kind == Kind::Added),
        };
        if cut {
            hunk.fault = Some(Fault::Cut);
        } else if short {
            hunk.is_short = true;
        }
    }
}

/// What may come after the `+++` line of a header.
fn follows_header(line: &[u8]) -> bool {
    line.starts_with(b"@@") || line.trim_ascii().is_empty() || Fence::opened_by(line).is_some()
}

/// Whether what stands behind `---` or `+++` is a name rather than a line of a file.
fn is_name(text: &[u8]) -> bool {
    let text = super::names::name(text);
    let dashes = text.trim_end_matches(['-', '+', ' ']);
    text == "/dev/null" || text.starts_with("a/") || text.starts_with("b/") || name::looks_like_path(dashes)
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

    fn lacks_one_added(&self) -> bool {
        self.left == Some((0, 1))
    }

    fn lacks_one_removed(&self) -> bool {
        self.left == Some((1, 0))
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
    HunkLine { kind, text: line.text, carriage_return: line.end == End::CrLf, signless: true }
}

fn signed(line: Line<'_>) -> Option<HunkLine<'_>> {
    let (sign, text) = line.text.split_first()?;
    let kind = match sign {
        b' ' => Kind::Context,
        b'+' => Kind::Added,
        b'-' => Kind::Removed,
        _ => return None,
    };
    Some(HunkLine { kind, text, carriage_return: line.end == End::CrLf, signless: false })
}

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
