//! Archives on their way in.

mod sniff;
mod tar;
mod zip;

use crate::{ArchiveError, Format, Rules, Unpacked};
use sniff::Head;
use std::io::{Read, Seek};

/// Reads an archive.
///
/// What cannot come in is left out and listed: links, devices, names that no path of a project can have, files over the
/// limit, what desktops keep beside files, all but the first of names that differ in case alone. Where one name comes
/// twice, the last is the file.
///
/// # Errors
/// What is wrong with the archive as a whole: it is none, is damaged or cut off, is over a limit, or holds nothing that can
/// be used. [`ArchiveError::Crowded`] has to do with the moment.
pub fn unpack(
    format: Format,
    mut archive: impl Read + Seek,
    rules: &Rules<'_>,
) -> Result<Unpacked, ArchiveError> {
    let head = Head::of(&mut archive).map_err(|error| ArchiveError::Broken(error.to_string()))?;
    match format {
        Format::Zip => zip::unpack(archive, &head, rules),
        Format::TarGz => tar::unpack(archive, &head, rules),
    }
}

impl Format {
    /// The format that a file is in, by how it begins; it is left where it was rewound to.
    ///
    /// # Errors
    /// [`ArchiveError::Broken`] for what is neither, with what it seems to be.
    pub fn of_content(mut file: impl Read + Seek) -> Result<Self, ArchiveError> {
        let head = Head::of(&mut file).map_err(|error| ArchiveError::Broken(error.to_string()))?;
        head.format().ok_or_else(|| ArchiveError::Broken(head.explain_unknown()))
    }
}
