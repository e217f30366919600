//! Zip files.

use super::{Head, Rules};
use crate::{
    ArchiveError, Format, Unpacked,
    collect::{Collector, Entry},
    left::{LeftOut, shown},
    names::{Foreign, Name, Names},
};
use std::{
    collections::HashMap,
    io::{Read, Seek, SeekFrom},
};
use zip::{CompressionMethod, System, ZipArchive, result::ZipError};

pub(super) fn unpack(
    archive: impl Read + Seek,
    head: &Head,
    rules: Rules<'_>,
) -> Result<Unpacked, ArchiveError> {
    let broken = |error: ZipError| ArchiveError::Broken(head.explain(Format::Zip, &error.to_string()));
    let mut archive = ZipArchive::new(archive).map_err(broken)?;
    let mut foreign = Foreign::default();
    archive.file_names_raw().for_each(|name| foreign.note(name));
    let names = foreign.conclude(true);
    let mut collector = Collector::new(rules.strip, rules.limits, rules.is_left_out);
    for index in 0..archive.len() {
        take(&mut archive, index, names, &mut collector)?;
    }
    if archive.has_duplicate_names() {
        let start = archive.central_directory_start();
        let twice = replaced(archive.into_inner(), start)
            .map_err(|error| ArchiveError::Broken(format!("reading the names in it: {error}")))?;
        for raw in twice {
            let name = names.read(&raw).map_or_else(|spelled| spelled, |name| name.text);
            collector.skip(&name, LeftOut::Replaced)?;
        }
    }
    collector.finish(names.encoding())
}

fn take<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    names: Names,
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
    if facts.encrypted() {
        return collector.skip(&text, LeftOut::Encrypted);
    }
    match mode & 0o170_000 {
        0o120_000 => return collector.skip(&text, LeftOut::Link),
        0o040_000 if size == 0 => return collector.folder(&text),
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

/// The names of entries that a later one of the same name replaces, one for each, as the directory that begins at `start`
/// has them. The reader of zip files keeps the last of them only.
fn replaced(mut archive: impl Read + Seek, start: u64) -> std::io::Result<Vec<Vec<u8>>> {
    const SIGNATURE: &[u8] = b"PK\x01\x02";
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    archive.seek(SeekFrom::Start(start))?;
    let mut archive = std::io::BufReader::new(archive);
    let mut header = [0; 46];
    while archive.read_exact(&mut header).is_ok() && header.starts_with(SIGNATURE) {
        let length = |at: usize| {
            let bytes = [header.get(at), header.get(at + 1)].map(|byte| byte.copied().unwrap_or_default());
            u64::from(u16::from_le_bytes(bytes))
        };
        let mut name = Vec::new();
        archive.by_ref().take(length(28)).read_to_end(&mut name)?;
        *seen.entry(name).or_default() += 1;
        std::io::copy(&mut archive.by_ref().take(length(30) + length(32)), &mut std::io::sink())?;
    }
    let mut names: Vec<_> =
        seen.into_iter().flat_map(|(name, times)| std::iter::repeat_n(name, times - 1)).collect();
    names.sort_unstable();
    Ok(names)
}
