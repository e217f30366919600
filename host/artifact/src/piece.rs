//! What the parser finds, and what it is told about limits and ends.

use orchestrator_core::{RelativePath, path::PathError};

/// What a model's answer may hold. What goes beyond is refused, never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Bytes of one file. Default 1 MiB.
    pub file: u64,
    /// Files, deletions and renames together. Default 500.
    pub operations: usize,
    /// Bytes of all files. Default 16 MiB.
    pub total: u64,
}

impl Default for AnswerLimits {
    fn default() -> Self {
        Self { file: 1024 * 1024, operations: 500, total: 16 * 1024 * 1024 }
    }
}

/// Something that the parser found, in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text outside of files. Bytes that are no UTF-8 are shown as U+FFFD.
    Prose(&'a str),
    /// A file begins. [`Piece::Closed`], [`Piece::Incomplete`] or [`Piece::Refused`] ends it.
    Opened {
        /// Where it belongs.
        path: &'a RelativePath,
        /// Whether no tag said so: a fenced block was taken for a file, because a path stood with it.
        inferred: bool,
        /// Whether the answer had a whole file at this path before. This one takes its place.
        again: bool,
    },
    /// More of the open file's content; never anything twice.
    Content(&'a str),
    /// The open file is whole.
    Closed(&'a RelativePath),
    /// The open file has no end, and what came of it is void.
    Incomplete {
        /// Where it belongs.
        path: &'a RelativePath,
        /// Why there is no end.
        cause: Cause,
    },
    /// A file is to be deleted.
    Delete(&'a RelativePath),
    /// A file is to be renamed.
    Rename {
        /// Where it is.
        from: &'a RelativePath,
        /// Where it shall be.
        to: &'a RelativePath,
    },
    /// A block that cannot be used; when a file is open, it is this one, and what came of it is void.
    Refused {
        /// The path as it was given; empty when there was none.
        path: &'a str,
        /// Why.
        reason: &'a Refused,
    },
    /// A fenced block begins that is no file and is not refused: commands to be typed, what something prints, an
    /// illustration. What is in it is prose.
    Shown {
        /// Its language, in small letters; empty without one.
        language: &'a str,
        /// Whether it is there to be typed.
        is_typed: bool,
        /// The file that it has to do with, where a heading names one.
        about: Option<&'a RelativePath>,
        /// The line right above it, or the beginning of that; empty without one.
        below: &'a str,
    },
}

/// How an answer ended, as far as whoever received it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The model said all that it wanted to say.
    Whole,
    /// The model's limit of tokens cut it.
    Limit,
    /// The answer broke off: a lost connection, a cancelled run.
    Broken,
}

/// Why a file has no end. The text says so to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// Another block began.
    #[error("its end is missing: another block began before it")]
    Interrupted,
    /// The answer ended, and the model meant it to.
    #[error("its end is missing: the answer was over before it")]
    Unclosed,
    /// The answer was cut by the limit of tokens.
    #[error("its end is missing: the answer reached its limit of tokens")]
    Limit,
    /// The answer broke off.
    #[error("its end is missing: the answer broke off")]
    Broken,
}

impl From<Ending> for Cause {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Whole => Self::Unclosed,
            Ending::Limit => Self::Limit,
            Ending::Broken => Self::Broken,
        }
    }
}

/// Why a block cannot be used, in words that a model can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A tag without what it needs.
    #[error("the tag has no attribute '{0}'")]
    Attribute(&'static str),
    /// The path is none that a project can have.
    #[error("the path cannot be used: {0}")]
    Path(PathError),
    /// The path, or the file, holds bytes that are no UTF-8.
    #[error("it holds bytes that are no text; files are written in UTF-8")]
    NotText,
    /// More than [`AnswerLimits::file`].
    #[error("it has more than {0} bytes: split it into several files")]
    FileTooLong(u64),
    /// More than [`AnswerLimits::total`].
    #[error("the files of this answer have more than {0} bytes together")]
    TooMuch(u64),
    /// More than [`AnswerLimits::operations`]. Said once.
    #[error("the answer asks for more than {0} changes")]
    TooMany(usize),
    /// A fenced block that was taken for a file has another in it, or may have, and where it ends cannot be told.
    #[error(
        "the code block has another in it that is fenced alike, or may have, so its end cannot be told: write the file \
         between tags"
    )]
    NestedFence,
    /// A fenced block that comes after one whose end cannot be told.
    #[error(
        "a code block before it is fenced like a block within, so where this one begins cannot be told: write the file \
         between tags"
    )]
    AfterNestedFence,
    /// A fenced block with a name in a list.
    #[error(
        "the code block is indented, so how far its lines are cannot be told: write the file between tags"
    )]
    InList,
    /// The name of a fenced block cannot be used.
    #[error("{0}")]
    Name(String),
    /// A diff where files are read.
    #[error("it is a diff, and diffs are not applied here: write the whole file between tags")]
    Diff,
    /// A command that would write a file.
    #[error(
        "a command in a code block would write it, and commands of an answer are not run: write the whole file between tags"
    )]
    Command,
    /// A block that is a part of a file, by the line before it.
    #[error(
        "a code block shows a part of it that changes, and parts are not put in: write the whole file between tags"
    )]
    Part,
    /// A block below a line about a file, or below a heading with its name and a line about something else.
    #[error(
        "whether a code block below a line about it is the file cannot be told: write the whole file between tags, or leave it \
         as it is"
    )]
    Unsure,
    /// A block with the name of one file above it and that of another in its first line.
    #[error(
        "a code block has the name of the one above it and that of the other in it: write each file between tags"
    )]
    TwoNames,
    /// What looks like a tag and is none.
    #[error(
        "it is in a tag that is not read as one: a tag stands on a line of its own, begins with '<', and its name ends in the mark of this run"
    )]
    Stray,
    /// A tag that the answer ends in.
    #[error("the answer ends within a tag")]
    CutTag,
    /// An end tag without a file.
    #[error("an end tag ends no file: the tag that begins the file has to stand on a line of its own")]
    EndOfNothing,
    /// A file that begins as a section of character data and does not end as one.
    #[error(
        "it begins with '<![CDATA[' and does not end with ']]>': write the file between tags and nothing around it"
    )]
    OpenSection,
    /// A file that begins with a code fence which ends before the file does.
    #[error(
        "it begins with a code fence, and more comes behind the end of that: write the file alone between its tags, without a \
         fence and without words about it"
    )]
    BehindFence,
    /// A tag that says that its file is empty, with a code block behind it.
    #[error(
        "its tag ends in '/>', so it would be empty, and a code block comes behind it: write the file between a tag that \
         begins it and one that ends it"
    )]
    BehindEmpty,
}
