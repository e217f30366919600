//! A patch as it was read: files, hunks and lines, from whichever format.

use orchestrator_core::RelativePath;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Context,
    Removed,
    Added,
    /// It has no sign. Context whose blank was lost, if the file has it; otherwise what follows the hunk.
    Bare,
}

/// A line of a hunk, without its sign and its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HunkLine<'t> {
    pub(crate) kind: Kind,
    pub(crate) text: &'t [u8],
    /// Whether a carriage return came before the line feed.
    pub(crate) carriage_return: bool,
    /// Whether it came without a sign, so that it is context by what the file has.
    pub(crate) signless: bool,
}

/// A place in a file and what changes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk<'t> {
    /// Its place in the file's patch, from 1.
    pub(crate) number: u32,
    /// The line of the old file at which it says it begins, from 1; none in a bare `@@`.
    pub(crate) start: Option<u32>,
    /// How many lines of the old and the new file it says it has.
    pub(crate) claimed: Option<(usize, usize)>,
    /// What the header says after its second `@@`, or in place of numbers; and what those above it say, before that.
    pub(crate) headings: Vec<&'t [u8]>,
    /// Whether it says that the file ends after it.
    pub(crate) at_end: bool,
    pub(crate) lines: Vec<HunkLine<'t>>,
    /// Whether it says that the old file, or the new one, has no line end after its last line.
    pub(crate) old_unended: bool,
    pub(crate) new_unended: bool,
    /// What is wrong with it already, before any file was looked at.
    pub(crate) fault: Option<Fault>,
    /// Whether it ends the answer and has fewer lines than its header counts: it breaks off, unless the file says
    /// otherwise.
    pub(crate) is_short: bool,
    /// Whether it was sent as a search/replace block.
    pub(crate) is_block: bool,
}

/// Why a hunk cannot be applied to any file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It breaks off.
    Cut,
    /// The answer stops in it, and the patch that it is in lacks its end.
    Open,
    /// This line is no line of a hunk.
    Malformed(String),
    /// This line of a search/replace block cannot be told from its markers.
    Marker(String),
}

impl<'t> Hunk<'t> {
    pub(crate) fn new(number: u32) -> Self {
        Self {
            number,
            start: None,
            claimed: None,
            headings: Vec::new(),
            at_end: false,
            lines: Vec::new(),
            old_unended: false,
            new_unended: false,
            fault: None,
            is_short: false,
            is_block: false,
        }
    }

    /// The lines that the old file has here.
    pub(crate) fn old(&self) -> impl Iterator<Item = &HunkLine<'t>> {
        self.lines.iter().filter(|line| line.kind != Kind::Added)
    }

    /// The lines that the new file has here.
    pub(crate) fn new_lines(&self) -> impl Iterator<Item = &HunkLine<'t>> {
        self.lines.iter().filter(|line| line.kind != Kind::Removed)
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.lines.iter().any(|line| line.kind == kind)
    }

    /// The line that its header names, from 0.
    pub(crate) fn named_line(&self) -> Option<usize> {
        self.start.and_then(|line| usize::try_from(line).ok()?.checked_sub(1))
    }

    /// Whether it shows lines of the file, signs and counts right, and changes none: models send such hunks to say where the
    /// next is. A block whose halves are the same lost its change.
    pub(crate) fn only_shows(&self) -> bool {
        let is_shown = |line: &HunkLine<'_>| line.kind == Kind::Context && !line.signless;
        let is_whole =
            self.fault.is_none() && !self.is_short && (self.claimed.is_none() || self.is_complete());
        is_whole && !self.is_block && !self.lines.is_empty() && self.lines.iter().all(is_shown)
    }

    /// Whether it says that the file is empty before and after it, or is a block both of whose halves are.
    pub(crate) fn says_empty(&self) -> bool {
        self.lines.is_empty() && self.fault.is_none() && (self.is_block || self.claimed == Some((0, 0)))
    }

    /// Whether it has as many lines as it says, of both files.
    pub(crate) fn is_complete(&self) -> bool {
        self.claimed.is_some_and(|(old, new)| self.old().count() == old && self.new_lines().count() == new)
    }
}

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Intent {
    Create(RelativePath),
    /// One of these names; the first that there is, which tells what was a prefix and what is a folder.
    Modify(Vec<RelativePath>),
    Delete(Vec<RelativePath>),
    Rename {
        from: RelativePath,
        to: RelativePath,
    },
}

impl Intent {
    /// The files that it may be about.
    pub(crate) fn names(&self) -> impl Iterator<Item = &RelativePath> {
        let (many, one, other) = match self {
            Self::Create(path) => (&[][..], Some(path), None),
            Self::Modify(names) | Self::Delete(names) => (names.as_slice(), None, None),
            Self::Rename { from, to } => (&[][..], Some(from), Some(to)),
        };
        many.iter().chain(one).chain(other)
    }
}

/// The part of a patch that is about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilePatch<'t> {
    pub(crate) intent: Intent,
    pub(crate) hunks: Vec<Hunk<'t>>,
    /// Whether the patch was sent with CR LF throughout, which then says nothing about the file.
    pub(crate) carriage_returns: bool,
    /// Whether a file that it creates can be executed.
    pub(crate) executable: bool,
    /// Whether a file of which it leaves no line may be meant to go.
    pub(crate) may_delete: bool,
    /// Whether a file that it creates without a line is meant to be empty.
    pub(crate) may_be_empty: bool,
    /// Words that stand where a name would before hunks of it that name no file.
    pub(crate) words: Vec<String>,
}

impl FilePatch<'_> {
    /// A part about this, without hunks so far.
    pub(crate) fn new(intent: Intent) -> Self {
        Self {
            intent,
            hunks: Vec::new(),
            carriage_returns: false,
            executable: false,
            may_delete: false,
            may_be_empty: false,
            words: Vec::new(),
        }
    }

    /// A part that changes the file.
    pub(crate) fn modify(path: RelativePath) -> Self {
        Self::new(Intent::Modify(vec![path]))
    }
}

/// The part of a patch that is about no file that could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// What a patch is made of, in its order.
pub(crate) type Parts<'t> = Vec<Result<FilePatch<'t>, Unusable>>;
