//! A project as one file: zip or tar.gz.
//!
//! On the way out an archive is deterministic, so that equal files give equal bytes: entries in the order they come,
//! modes 644 and 755, one fixed time. On the way in everything about it is an attack until checked: names that climb out
//! or are absolute, names that differ in case alone, links, devices, sizes that lie, a few kilobytes that unpack to
//! gigabytes. So nothing is unpacked to the disk: the entries become checked paths and bytes in memory, bounded, and
//! whoever asked writes them in one transaction.
//!
//! Most odd archives are no attack, though, but what some tool made of an ordinary project. One entry that cannot come in
//! does not keep the others out: it is left out, and listed with the reason, a name that leads out of the project among
//! them. Refused as a whole is what is no archive, is damaged or cut off, or is too large.

mod budget;
mod collect;
mod collector;
mod error;
mod left;
mod names;
mod pack;
mod place;
mod rules;
#[cfg(test)]
mod tests;
mod unpack;
mod unpacked;
mod withheld;

pub use budget::{Budget, Held};
pub use collect::{Found, FoundKind, collect};
pub use error::ArchiveError;
pub use left::{LISTED_MAX, LeftOut, Listed, NAME_MAX, Skipped};
pub use names::Guess;
pub use pack::{Packed, pack};
pub use rules::{ArchiveLimits, Named, Rules};
pub use unpack::unpack;
pub use unpacked::{Unpacked, UnpackedFile};
pub use withheld::Withheld;

/// The kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A zip file, entries deflated.
    #[default]
    Zip,
    /// A tar file in gzip.
    TarGz,
}

impl Format {
    /// The name that people ask for it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::TarGz => "tar.gz",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Zip => "application/zip",
            Self::TarGz => "application/gzip",
        }
    }

    /// The format that a name or a media type stands for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "zip" | "application/zip" | "application/x-zip-compressed" => Some(Self::Zip),
            "tar.gz" | "tgz" | "application/gzip" | "application/x-gzip" | "application/x-gtar"
            | "application/x-tgz" => Some(Self::TarGz),
            _ => None,
        }
    }

    /// The format of a file of this name.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        [(".zip", Self::Zip), (".tar.gz", Self::TarGz), (".tgz", Self::TarGz)]
            .into_iter()
            .find_map(|(ending, format)| name.ends_with(ending).then_some(format))
    }
}
