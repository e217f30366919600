//! Archives on their way in.

use crate::{ArchiveError, Format};
use flate2::read::GzDecoder;
use orchestrator_core::RelativePath;
use std::{
    collections::HashMap,
    io::{Read, Seek},
};
use zip::ZipArchive;

/// What an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries, those that are passed over included. Default 40,000.
    pub entries: usize,
    /// Bytes of one file. Default 4 MiB.
    pub file: u64,
    /// Bytes of all files. Default 512 MiB.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 40_000, file: 4 << 20, total: 512 << 20 }
    }
}

/// A file that was unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedFile {
    /// Where it belongs.
    pub path: RelativePath,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Whether it can be started as a program.
    pub executable: bool,
}

/// An entry that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its name, as it was given.
    pub name: String,
    /// Why.
    pub reason: &'static str,
}

/// What an archive holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The files, in the order of the archive.
    pub files: Vec<UnpackedFile>,
    /// What is no file of a project: links, devices, what version control and package managers keep.
    pub skipped: Vec<Skipped>,
}

/// Why links are passed over: what a link leads to is decided when it is followed, not when it is checked.
const LINK: &str = "links are not brought in";
const DEVICE: &str = "neither a file nor a folder";
const LEFT_OUT: &str = "in a folder that projects leave out";

/// Reads an archive. `strip` folders are taken off the front of each name; what has no more than that is passed over.
/// `is_left_out` says of a folder's name whether its contents are passed over.
///
/// # Errors
/// What is wrong with the archive, or the first of its entries that cannot be used.
pub fn unpack(
    format: Format,
    archive: impl Read + Seek,
    strip: usize,
    limits: &Limits,
    is_left_out: impl Fn(&str) -> bool,
) -> Result<Unpacked, ArchiveError> {
    let mut collector = Collector::new(strip, limits, is_left_out);
    match format {
        Format::Zip => zip(archive, &mut collector)?,
        Format::TarGz => tar_gz(archive, &mut collector)?,
    }
    collector.finish()
}

/// Checks files that come from somewhere else than an archive, a folder for example, by the same rules.
///
/// # Errors
/// As [`unpack`], and those of `files`.
pub fn collect<E: From<ArchiveError>>(
    files: impl IntoIterator<Item = Result<Found, E>>,
    limits: &Limits,
    is_left_out: impl Fn(&str) -> bool,
) -> Result<Unpacked, E> {
    let mut collector = Collector::new(0, limits, is_left_out);
    for found in files {
        let Found { name, kind } = found?;
        match kind {
            FoundKind::File { content, executable } => {
                collector.file(&name, executable, content.as_slice())?
            }
            FoundKind::Link => collector.skip(&name, LINK)?,
            FoundKind::Other => collector.skip(&name, DEVICE)?,
        }
    }
    Ok(collector.finish()?)
}

/// Something that is to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path, with `/` between folders.
    pub name: String,
    /// What it is.
    pub kind: FoundKind,
}

/// What something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundKind {
    /// A file.
    File {
        /// Its bytes.
        content: Vec<u8>,
        /// Whether it can be started as a program.
        executable: bool,
    },
    /// A link.
    Link,
    /// Neither.
    Other,
}

fn zip(
    archive: impl Read + Seek,
    collector: &mut Collector<impl Fn(&str) -> bool>,
) -> Result<(), ArchiveError> {
    let broken = |error: zip::result::ZipError| ArchiveError::Broken(error.to_string());
    let mut archive = ZipArchive::new(archive).map_err(broken)?;
    for index in 0..archive.len() {
        // Raw, so that an entry in a format that is not known can still be named.
        let raw = archive.by_index_raw(index).map_err(broken)?;
        let name = raw.name().map_err(broken)?.into_owned();
        let (encrypted, folder, link) = (raw.encrypted(), raw.is_dir(), raw.is_symlink());
        let executable = raw.unix_mode().is_some_and(|mode| mode & 0o100 != 0);
        drop(raw);
        if encrypted {
            return Err(ArchiveError::Encrypted(name));
        }
        if folder {
            collector.folder(&name)?;
        } else if link {
            collector.skip(&name, LINK)?;
        } else {
            collector.file(&name, executable, archive.by_index(index).map_err(broken)?)?;
        }
    }
    Ok(())
}

fn tar_gz(archive: impl Read, collector: &mut Collector<impl Fn(&str) -> bool>) -> Result<(), ArchiveError> {
    // The unpacked stream is bounded as well: headers, padding and what is passed over count for nothing otherwise.
    let bound = collector.limits.total.saturating_add(collector.limits.entries as u64 * 2048);
    let mut archive = tar::Archive::new(GzDecoder::new(archive).take(bound));
    let done = tar_entries(&mut archive, collector);
    // A stream that was cut off there can look like the end of the archive, and must not pass for it.
    match archive.into_inner().limit() {
        0 => Err(ArchiveError::TooLarge(collector.limits.total)),
        _ => done,
    }
}

fn tar_entries(
    archive: &mut tar::Archive<impl Read>,
    collector: &mut Collector<impl Fn(&str) -> bool>,
) -> Result<(), ArchiveError> {
    let broken = |error: std::io::Error| ArchiveError::Broken(error.to_string());
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let executable = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
        match entry.header().entry_type() {
            tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
                collector.file(&name, executable, entry)?;
            }
            tar::EntryType::Directory => collector.folder(&name)?,
            tar::EntryType::Symlink | tar::EntryType::Link => collector.skip(&name, LINK)?,
            tar::EntryType::XGlobalHeader | tar::EntryType::XHeader => {}
            _ => collector.skip(&name, DEVICE)?,
        }
    }
    Ok(())
}

/// Checks entries one by one.
struct Collector<'a, F> {
    strip: usize,
    limits: &'a Limits,
    is_left_out: F,
    unpacked: Unpacked,
    /// Every name and every folder above one, folded to what a system that ignores case sees, with the name that it was
    /// first seen in and whether that was a file.
    seen: HashMap<String, (String, bool)>,
    entries: usize,
    total: u64,
}

impl<'a, F: Fn(&str) -> bool> Collector<'a, F> {
    fn new(strip: usize, limits: &'a Limits, is_left_out: F) -> Self {
        let (unpacked, seen) = (Unpacked::default(), HashMap::new());
        Self { strip, limits, is_left_out, unpacked, seen, entries: 0, total: 0 }
    }

    fn count(&mut self) -> Result<(), ArchiveError> {
        self.entries += 1;
        match self.entries > self.limits.entries {
            true => Err(ArchiveError::TooManyEntries(self.limits.entries)),
            false => Ok(()),
        }
    }

    /// The path that a name stands for; none when it is stripped away as a whole.
    fn path(&self, name: &str) -> Result<Option<RelativePath>, ArchiveError> {
        let failed = |reason| ArchiveError::Path { name: name.to_owned(), reason };
        // Checked before anything is stripped, so that what is stripped hides nothing.
        let path = RelativePath::parse(name).map_err(failed)?;
        let mut rest = path.as_str();
        for _ in 0..self.strip {
            match rest.split_once('/') {
                Some((_, below)) => rest = below,
                None => return Ok(None),
            }
        }
        RelativePath::parse(rest).map(Some).map_err(failed)
    }

    fn folder(&mut self, name: &str) -> Result<(), ArchiveError> {
        self.count()?;
        let name = name.trim_end_matches('/');
        // Folders come with their files; the name is checked all the same, and `./` stands for the root.
        if matches!(name, "" | ".") { Ok(()) } else { self.path(name).map(drop) }
    }

    fn skip(&mut self, name: &str, reason: &'static str) -> Result<(), ArchiveError> {
        self.count()?;
        self.unpacked.skipped.push(Skipped { name: name.to_owned(), reason });
        Ok(())
    }

    fn file(&mut self, name: &str, executable: bool, content: impl Read) -> Result<(), ArchiveError> {
        let Some(path) = self.path(name)? else {
            return self.skip(name, "it is above the folders that are stripped");
        };
        if path.folders().any(|folder| (self.is_left_out)(folder.rsplit('/').next().unwrap_or(folder))) {
            return self.skip(name, LEFT_OUT);
        }
        self.count()?;
        self.claim(&path)?;
        let content = self.read(name, content)?;
        self.unpacked.files.push(UnpackedFile { path, content, executable });
        Ok(())
    }

    /// The bytes of a file, whatever its header says of their number.
    fn read(&mut self, name: &str, content: impl Read) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        content
            .take(self.limits.file + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| ArchiveError::Broken(format!("the entry {name:?}: {error}")))?;
        let size = bytes.len() as u64;
        if size > self.limits.file {
            return Err(ArchiveError::FileTooLarge { name: name.to_owned(), limit: self.limits.file });
        }
        self.total += size;
        match self.total > self.limits.total {
            true => Err(ArchiveError::TooLarge(self.limits.total)),
            false => Ok(bytes),
        }
    }

    /// Takes the path and the folders above it, unless something else has one of them.
    fn claim(&mut self, path: &RelativePath) -> Result<(), ArchiveError> {
        let steps = path.folders().map(|folder| (folder, false)).chain([(path.as_str(), true)]);
        for (step, is_file) in steps {
            let folded = step.to_lowercase();
            match self.seen.get(&folded) {
                Some((first, first_is_file)) if is_file || *first_is_file || first != step => {
                    return Err(ArchiveError::Twins { first: first.clone(), second: path.to_string() });
                }
                Some(_) => {}
                None => {
                    self.seen.insert(folded, (step.to_owned(), is_file));
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Unpacked, ArchiveError> {
        match self.unpacked.files.is_empty() {
            true => Err(ArchiveError::Empty),
            false => Ok(self.unpacked),
        }
    }
}
