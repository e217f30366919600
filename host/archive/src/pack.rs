//! Archives on their way out.

use crate::{ArchiveError, Format};
use flate2::{Compression, write::GzEncoder};
use orchestrator_core::RelativePath;
use std::io::{self, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The time of every entry, in seconds since 1970: the earliest that a zip file can say, 1980.
const TIME: u64 = 315_532_800;

/// A file to pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Where it is.
    pub path: RelativePath,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Whether it can be started as a program.
    pub executable: bool,
}

impl Packed {
    fn mode(&self) -> u32 {
        if self.executable { 0o755 } else { 0o644 }
    }
}

/// Writes an archive of `files`, in their order, to `out`, which need not be able to go back.
///
/// # Errors
/// The first error among `files`, or [`ArchiveError::Write`] as one of those.
pub fn pack<E: From<ArchiveError>>(
    format: Format,
    out: impl Write,
    files: impl IntoIterator<Item = Result<Packed, E>>,
) -> Result<(), E> {
    match format {
        Format::Zip => zip(out, files),
        Format::TarGz => tar_gz(out, files),
    }
}

fn zip<E: From<ArchiveError>>(
    out: impl Write,
    files: impl IntoIterator<Item = Result<Packed, E>>,
) -> Result<(), E> {
    let failed = |error: zip::result::ZipError| ArchiveError::Write(io::Error::other(error));
    let mut zip = ZipWriter::new_stream(out);
    for file in files {
        let file = file?;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::DEFAULT)
            .unix_permissions(file.mode());
        zip.start_file(file.path.as_str(), options).map_err(failed)?;
        zip.write_all(&file.content).map_err(ArchiveError::Write)?;
    }
    let mut out = zip.finish().map_err(failed)?;
    out.flush().map_err(ArchiveError::Write)?;
    Ok(())
}

fn tar_gz<E: From<ArchiveError>>(
    out: impl Write,
    files: impl IntoIterator<Item = Result<Packed, E>>,
) -> Result<(), E> {
    let mut tar = tar::Builder::new(GzEncoder::new(out, Compression::default()));
    for file in files {
        let file = file?;
        let mut header = tar::Header::new_gnu();
        header.set_mode(file.mode());
        header.set_mtime(TIME);
        header.set_size(file.content.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, file.path.as_str(), file.content.as_slice())
            .map_err(ArchiveError::Write)?;
    }
    let gzip = tar.into_inner().map_err(ArchiveError::Write)?;
    gzip.finish().and_then(|mut out| out.flush()).map_err(ArchiveError::Write)?;
    Ok(())
}
