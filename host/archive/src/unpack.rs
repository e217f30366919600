//! Archives on their way in.

mod sniff;
mod tar;
mod zip;

use crate::{ArchiveError, Format, Limits, Unpacked};
use sniff::Head;
use std::io::{Read, Seek};

/// How an archive is brought in.
#[derive(Clone, Copy)]
struct Rules<'a> {
    strip: usize,
    limits: &'a Limits,
    is_left_out: &'a dyn Fn(&str) -> bool,
}

/// Reads an archive. `strip` folders are taken off the front of each name. `is_left_out` says of a folder's name whether
/// its contents are left out.
///
/// What cannot come in is left out and listed: links, devices, names that no path of a project can have, files over the
/// limit, what desktops keep beside files, all but the first of names that differ in case alone. Where one name comes
/// twice, the last is the file.
///
/// # Errors
/// What is wrong with the archive as a whole: it is none, is damaged or cut off, is over a limit, holds nothing that can be
/// used, or a name in it leads out of the project.
pub fn unpack(
    format: Format,
    mut archive: impl Read + Seek,
    strip: usize,
    limits: &Limits,
    is_left_out: impl Fn(&str) -> bool,
) -> Result<Unpacked, ArchiveError> {
    let head = Head::of(&mut archive).map_err(|error| ArchiveError::Broken(error.to_string()))?;
    let rules = Rules { strip, limits, is_left_out: &is_left_out };
    match format {
        Format::Zip => zip::unpack(archive, &head, rules),
        Format::TarGz => tar::unpack(archive, &head, rules),
    }
}
