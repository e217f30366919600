//! What is left out of an archive, and why.

use orchestrator_core::PathError;
use std::fmt;

/// Most entries of a list that is shown to somebody.
pub const LISTED_MAX: usize = 500;
/// Most characters of a name that are shown.
pub const NAME_MAX: usize = 160;

/// An entry that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its name as it was given, shortened where it is long. A folder, with `/` at its end, stands for all that is in it.
    pub name: String,
    /// Why.
    pub reason: LeftOut,
}

/// Why an entry was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeftOut {
    /// What a link leads to is decided when it is followed, not when it is checked.
    #[error("links are not brought in")]
    Link,
    /// A device, a pipe, a socket.
    #[error("neither a file nor a folder")]
    Special,
    /// Version control or a package manager keeps it.
    #[error("in a folder that projects leave out")]
    Folder,
    /// The desktop of a system keeps it.
    #[error("macOS or Windows keeps it for itself; it is no file of a project")]
    Desktop,
    /// Its name can be no path of a project.
    #[error("its name cannot be used: {0}")]
    Path(PathError),
    /// An earlier entry has the name, or a folder above it, in other case or in another form of the same characters.
    #[error("some systems cannot tell its name from that of {first:?}, which came first")]
    Twin {
        /// The earlier name.
        first: String,
    },
    /// A file is where it needs a folder, or the reverse.
    #[error("{first:?}, which came first, is {}", if *.is_file { "a file and no folder" } else { "a folder" })]
    InTheWay {
        /// The earlier name.
        first: String,
        /// Whether that is a file.
        is_file: bool,
    },
    /// A file of the project is there, or where a folder above it would be, and stays.
    #[error("{first:?}, which the project keeps, has its place")]
    Kept {
        /// The project's file.
        first: String,
    },
    /// An entry under another name has its place already.
    #[error("{first:?}, which came first, has the same place")]
    SamePlace {
        /// The earlier name.
        first: String,
    },
    /// A later entry has the same name.
    #[error("a later entry has the same name, and that one counts")]
    Replaced,
    /// It unpacks to more than one file may have.
    #[error("the file is larger than {0} bytes, which is the limit")]
    TooLarge(u64),
    /// Only a password opens it.
    #[error("it is encrypted: pack it without a password")]
    Encrypted,
    /// It is compressed by a method that is not supported.
    #[error("it is compressed with {0}, which is not supported: pack it with deflate, the default of zip")]
    Method(&'static str),
    /// The orchestrator gives such names to files of its own, and removes what has them.
    #[error("the orchestrator keeps names that begin so for itself: rename it")]
    Reserved,
    /// A file in the place of version control's folder, which says where that is.
    #[error("it leads to a repository that does not come along")]
    RepositoryLink,
    /// The two headers that a zip file has for each entry name it differently.
    #[error("the archive has two names for it, so it is damaged or made to deceive: pack it again")]
    TwoNames,
    /// It could not be read where it was found.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// Its name is not UTF-8, and no other encoding is certain.
    #[error("its name is not UTF-8, and its encoding cannot be told: rename it, or pack it with UTF-8 names")]
    Encoding,
    /// No part of its name is left.
    #[error("it is above the folders that are stripped")]
    Stripped,
    /// Its name is a folder's, and yet it has content.
    #[error("it is named as a folder, but has content")]
    FolderWithContent,
    /// Its mode is a folder's, and its name is not.
    #[error("its mode is that of a folder, and its name has no '/' at its end as that of a folder has")]
    FolderWithoutSlash,
    /// Tools do not agree on how its header is read, and so on where it belongs.
    #[error(
        "its header has a format that tools read differently, so its name is not certain: pack it with another tool"
    )]
    Header,
    /// Its holes are described in front of its content.
    #[error("it was packed as a sparse file: pack it without --sparse")]
    Sparse,
    /// It is part of a second archive.
    #[error("it comes after the end of the archive: pack all files into one")]
    AfterTheEnd,
}

impl LeftOut {
    /// Whether files may be below it: where a link leads cannot be told, nor what could not be read.
    pub(crate) fn may_be_folder(&self) -> bool {
        matches!(self, Self::Link | Self::Special | Self::Unreadable(_) | Self::FolderWithoutSlash)
    }

    /// Whether it stayed out for what it is, not for where it belongs.
    pub(crate) fn is_of_content(&self) -> bool {
        match self {
            Self::Link
            | Self::Special
            | Self::TooLarge(_)
            | Self::Encrypted
            | Self::Method(_)
            | Self::Sparse
            | Self::AfterTheEnd
            | Self::TwoNames
            | Self::Unreadable(_)
            | Self::FolderWithContent
            | Self::FolderWithoutSlash => true,
            Self::Folder
            | Self::Desktop
            | Self::Path(_)
            | Self::Twin { .. }
            | Self::InTheWay { .. }
            | Self::SamePlace { .. }
            | Self::Kept { .. }
            | Self::Replaced
            | Self::Reserved
            | Self::RepositoryLink
            | Self::Encoding
            | Self::Stripped
            | Self::Header => false,
        }
    }
}

/// A list that ends after [`LISTED_MAX`] entries, and the number of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The first of them.
    pub first: Vec<T>,
    /// How many there are.
    pub total: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { first: Vec::new(), total: 0 }
    }
}

impl<T> Listed<T> {
    /// Adds one.
    pub fn push(&mut self, entry: T) {
        if self.first.len() < LISTED_MAX {
            self.first.push(entry);
        }
        self.total += 1;
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// The first few, for a sentence; nothing where there is none.
impl fmt::Display for Listed<Skipped> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 3;
        for (at, Skipped { name, reason }) in self.first.iter().take(SHOWN).enumerate() {
            write!(f, "{}{name:?} ({reason})", if at == 0 { "; left out: " } else { ", " })?;
        }
        match self.total.saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// A name as it is shown: its beginning and its end where it is long.
pub(crate) fn shown(name: &str) -> String {
    let characters = name.chars().count();
    if characters <= NAME_MAX {
        return name.to_owned();
    }
    let half = NAME_MAX / 2 - 1;
    let begin = name.chars().take(half);
    begin.chain(['…']).chain(name.chars().skip(characters - half)).collect()
}

/// Folders that macOS and Windows put beside what people pack.
const DESKTOP_FOLDERS: [&str; 8] = [
    "__macosx",
    ".appledouble",
    ".fseventsd",
    ".spotlight-v100",
    ".temporaryitems",
    ".trashes",
    "$recycle.bin",
    "system volume information",
];
/// Files that they put among them.
const DESKTOP_FILES: [&str; 4] = [".ds_store", "desktop.ini", "ehthumbs.db", "thumbs.db"];

pub(crate) fn is_desktop_folder(name: &str) -> bool {
    DESKTOP_FOLDERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Files whose names begin with `._` are what macOS keeps of a file's attributes where the file system has no place for
/// them; `._app.test.js` would be run as a test.
pub(crate) fn is_desktop_file(name: &str) -> bool {
    name.starts_with("._") || DESKTOP_FILES.contains(&name.to_ascii_lowercase().as_str())
}
