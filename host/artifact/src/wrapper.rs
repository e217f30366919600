//! What models put around a whole file within its tags: a code fence, a section of character data as XML has it, or both.
//!
//! Either is taken off only if it begins in the first line that is not blank. Its end is looked for when the closing tag
//! has come, so the last [`HELD_MAX`] bytes of such a file are held back until then; everything before them passes
//! untouched.

use crate::{behind::Behind, guess, piece::Refused};
use orchestrator_answer::{
    fence::{Fence, is_mark},
    kind::Kind,
};
use orchestrator_core::RelativePath;

/// Longest line that is looked at as an opening fence.
const FENCE_LINE_MAX: usize = 100;
/// Most bytes that are held back. Nobody writes more blanks around the ends of what encloses a file.
const HELD_MAX: usize = 512;

const SECTION_START: &[u8] = b"<![CDATA[";
const SECTION_END: &[u8] = b"]]>";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapper {
    Fence(Fence),
    Section,
}

/// What fences in a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fences {
    /// The file's own, as in Markdown, unless one says that it is around the file.
    Own,
    /// Around the file where it begins with one, and perhaps its own within.
    Perhaps,
    /// None of the file's: its language has no line like that.
    Never,
}

impl Fences {
    pub(crate) fn of(path: &RelativePath) -> Self {
        match Kind::of(path.as_str(), false) {
            _ if guess::is_markdown(path) => Self::Own,
            Kind::Code => Self::Never,
            Kind::Text | Kind::Markup => Self::Perhaps,
        }
    }
}

/// What a line begins.
pub(crate) enum Opened {
    /// More bytes will tell.
    Undecided,
    Nothing,
    /// This, and the file goes on after so many bytes of the line.
    Wrapper(Wrapper, usize),
}

impl Wrapper {
    /// What the line begins that `bytes` begin with, after its blanks.
    pub(crate) fn opened_by(bytes: &[u8], markdown: bool) -> Opened {
        if bytes.len() < SECTION_START.len() && SECTION_START.starts_with(bytes) {
            return Opened::Undecided;
        }
        if let Some(rest) = bytes.strip_prefix(SECTION_START) {
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
            return match rest.get(blanks) {
                Some(b'\n') => Opened::Wrapper(Self::Section, SECTION_START.len() + blanks + 1),
                None if blanks < FENCE_LINE_MAX => Opened::Undecided,
                _ => Opened::Wrapper(Self::Section, SECTION_START.len()),
            };
        }
        if !bytes.first().is_some_and(|first| is_mark(*first)) {
            return Opened::Nothing;
        }
        let reach = bytes.get(..FENCE_LINE_MAX).unwrap_or(bytes);
        let Some(end) = memchr::memchr(b'\n', reach) else {
            return if bytes.len() < FENCE_LINE_MAX { Opened::Undecided } else { Opened::Nothing };
        };
        match Fence::opened_by(bytes.get(..end).unwrap_or_default()) {
            Some((fence, info)) if !markdown || guess::says_markdown(info) => {
                Opened::Wrapper(Self::Fence(fence), end + 1)
            }
            _ => Opened::Nothing,
        }
    }

    pub(crate) fn is_fence(self) -> bool {
        matches!(self, Self::Fence(_))
    }
}

/// The end of a file that is enclosed in something.
#[derive(Debug)]
pub(crate) struct Enclosed {
    /// Outermost first.
    wrappers: Vec<Wrapper>,
    held: Vec<u8>,
    /// Whether anything was let go.
    passed: bool,
    /// Follows the fence that is right around the file; none for a Markdown file, which has fences of its own.
    behind: Option<Behind>,
    /// Whether a line that is a fence may well be one of the file's.
    may_have_fences: bool,
}

impl Enclosed {
    pub(crate) fn new(wrappers: Vec<Wrapper>, fences: Fences) -> Self {
        let behind = match wrappers.last() {
            Some(Wrapper::Fence(fence)) if fences != Fences::Own => Some(Behind::new(*fence)),
            _ => None,
        };
        let may_have_fences = fences != Fences::Never;
        Self { wrappers, held: Vec::new(), passed: false, behind, may_have_fences }
    }

    /// Reads more text; what is certain to be the file's goes `out`.
    pub(crate) fn push(&mut self, text: &[u8], out: &mut impl FnMut(&[u8])) {
        if let Some(behind) = &mut self.behind {
            behind.push(text);
        }
        let most = self.held.len() + text.len();
        let sure = most.saturating_sub(HELD_MAX);
        if sure == 0 {
            return self.held.extend_from_slice(text);
        }
        self.passed = true;
        let of_held = sure.min(self.held.len());
        if of_held > 0 {
            out(self.held.get(..of_held).unwrap_or_default());
            self.held.drain(..of_held);
        }
        let (sure, held) = text.split_at(sure - of_held);
        if !sure.is_empty() {
            out(sure);
        }
        self.held.extend_from_slice(held);
    }

    /// The closing tag is here: returns what of the held bytes is the file's, and whether what enclosed it has its end.
    ///
    /// A file may end without its fence, since that shows where it ends anyway; what a section encloses may not. Where
    /// the fence ends before the file does, which of them is the end cannot be told.
    pub(crate) fn close(&self) -> (Rest<'_>, Result<(), Refused>) {
        let mut rest = Rest { bytes: &self.held, is_closed: false };
        let (mut ended, mut has_open_fence) = (Ok(()), false);
        for wrapper in &self.wrappers {
            match (wrapper, self.without_end(rest.bytes, *wrapper)) {
                (_, Some(bytes)) => rest = Rest { bytes, is_closed: true },
                (Wrapper::Fence(_), None) => has_open_fence = true,
                (Wrapper::Section, None) => ended = Err(Refused::OpenSection),
            }
        }
        let is_more = match self.behind.as_ref().and_then(Behind::found) {
            None => false,
            Some(_) if has_open_fence => true,
            Some(found) => !self.may_have_fences && !self.encloses(found),
        };
        (rest, if is_more { ended.and(Err(Refused::BehindFence)) } else { ended })
    }

    /// Whether `found`, which has no blanks, is the end of what encloses the fence.
    fn encloses(&self, found: &[u8]) -> bool {
        found.is_empty() || found == SECTION_END && self.wrappers.contains(&Wrapper::Section)
    }

    fn without_end<'a>(&self, bytes: &'a [u8], wrapper: Wrapper) -> Option<&'a [u8]> {
        let text = bytes.trim_ascii_end();
        match wrapper {
            Wrapper::Fence(fence) => {
                let start = match memchr::memrchr(b'\n', text) {
                    Some(at) => at + 1,
                    None if self.passed => return None,
                    None => 0,
                };
                let (before, line) = text.split_at_checked(start)?;
                fence.is_closed_by(line).then_some(before)
            }
            Wrapper::Section => {
                let before = text.strip_suffix(SECTION_END)?;
                // On a line of its own, the blanks before it are its own as well.
                let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
                let is_alone = before.get(line..).is_some_and(|line| line.trim_ascii().is_empty());
                if is_alone && (line > 0 || !self.passed) { before.get(..line) } else { Some(before) }
            }
        }
    }
}

/// What of the held bytes is the file's.
pub(crate) struct Rest<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether an end was taken off behind it: what is before that is the file's to the last byte.
    pub(crate) is_closed: bool,
}
