//! Zip files.

mod directory;

use super::Head;
use crate::{
    ArchiveError, Format, Rules, Unpacked,
    collector::{Collector, Entry},
    left::{LeftOut, shown},
    names::{Foreign, Name, Names},
};
use directory::Directory;
use std::io::{Read, Seek};
use zip::{CompressionMethod, System, ZipArchive, result::ZipError};

pub(super) fn unpack(
    mut archive: impl Read + Seek,
    head: &Head,
    rules: &Rules<'_>,
) -> Result<Unpacked, ArchiveError> {
    let broken = |said: &str| ArchiveError::Broken(head.explain(Format::Zip, said));
    let parsed = |error: ZipError| broken(&error.to_string());
    let reader = ZipArchive::new(&mut archive).map_err(parsed)?;
    let (entries, start, offset) = (reader.len(), reader.central_directory_start(), reader.offset());
    drop(reader);
    if entries > rules.limits.entries {
        return Err(ArchiveError::TooManyEntries(rules.limits.entries));
    }
    // What is in front of a directory may be a program that unpacks it. An archive is none: then the directory is that of
    // an archive within, or of the second of two.
    if offset > 0 && head.format() == Some(Format::Zip) {
        return Err(broken("the directory at its end is not its own"));
    }
    let directory =
        Directory::read(&mut archive, start, offset).map_err(|error| broken(&error.to_string()))?;
    let mut archive = ZipArchive::new(archive).map_err(parsed)?;
    let mut foreign = Foreign::default();
    archive.file_names_raw().for_each(|name| foreign.note(name));
    let names = foreign.conclude(true);
    let mut collector = Collector::new(rules);
    for index in 0..archive.len() {
        take(&mut archive, index, &names, &directory, &mut collector)?;
    }
    for raw in directory.replaced() {
        let name = names.read(raw).map_or_else(|spelled| spelled, |name| name.text);
        collector.skip(&name, LeftOut::Replaced)?;
    }
    collector.finish(&names)
}

fn take<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    names: &Names,
    directory: &Directory,
    collector: &mut Collector<'_>,
) -> Result<(), ArchiveError> {
    // Its directory alone, so that an entry which cannot be read can still be named.
    let broken =
        |name: &str, error: ZipError| ArchiveError::Broken(format!("the entry {:?}: {error}", shown(name)));
    let facts = archive.by_index_data(index).map_err(|error| broken("", error))?;
    let Name { mut text, guessed } = match names.read(facts.name_raw()) {
        Ok(name) => name,
        Err(spelled) => return collector.skip(&spelled, LeftOut::Encoding),
    };
    // In the text, not in its bytes: half of a character can be the byte of a backslash.
    if has_backslashes(facts.system()) {
        text = text.replace('\\', "/");
    }
    let (mode, size, method) = (facts.unix_mode().unwrap_or_default(), facts.size(), facts.compression());
    let executable = mode & 0o100 != 0;
    if directory.has_two_names(facts.header_start()) {
        return collector.skip(&text, LeftOut::TwoNames);
    }
    if facts.encrypted() {
        return collector.skip(&text, LeftOut::Encrypted);
    }
    match mode & 0o170_000 {
        0o120_000 => return collector.skip(&text, LeftOut::Link),
        0o040_000 if size == 0 && text.ends_with('/') => return collector.folder(),
        // The mode of a folder; the name is a file's.
        0o040_000 if size == 0 => return collector.skip(&text, LeftOut::FolderWithoutSlash),
        0 | 0o040_000 | 0o100_000 => {}
        _ => return collector.skip(&text, LeftOut::Special),
    }
    if size > 0 && !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
        return collector.skip(&text, LeftOut::Method(named(method)));
    }
    let content = archive.by_index(index).map_err(|error| broken(&text, error))?;
    collector.file(Entry { name: &text, guessed, executable, size }, content)
}

/// Whether tools of a system write a backslash between folders. Zip's own rule is a slash on every system, and most keep
/// to it; but there a backslash is nothing else. On Unix it is a character like others.
fn has_backslashes(system: System) -> bool {
    matches!(system, System::Dos | System::Os2 | System::WindowsNTFS | System::VFAT)
}

fn named(method: CompressionMethod) -> &'static str {
    const NAMES: [(CompressionMethod, &str); 9] = [
        (CompressionMethod::SHRINK, "shrink"),
        (CompressionMethod::IMPLODE, "implode"),
        (CompressionMethod::DEFLATE64, "deflate64"),
        (CompressionMethod::BZIP2, "bzip2"),
        (CompressionMethod::LZMA, "LZMA"),
        (CompressionMethod::ZSTD, "Zstandard"),
        (CompressionMethod::XZ, "xz"),
        (CompressionMethod::PPMD, "PPMd"),
        (CompressionMethod::AES, "AES"),
    ];
    NAMES.iter().find(|(known, _)| *known == method).map_or("a method of its own", |(_, name)| name)
}
