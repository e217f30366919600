//! Tar files in gzip.

use super::{Head, Rules};
use crate::{
    ArchiveError, Format, Unpacked,
    collect::{Collector, Entry},
    left::LeftOut,
    names::{Foreign, Names},
};
use flate2::read::MultiGzDecoder;
use std::io::{Read, Seek};
use tar::{Archive, EntryType};

pub(super) fn unpack(
    mut archive: impl Read + Seek,
    head: &Head,
    rules: Rules<'_>,
) -> Result<Unpacked, ArchiveError> {
    let mut foreign = Foreign::default();
    let mut collector = Collector::new(rules.strip, rules.limits, rules.is_left_out);
    let read = each(&mut archive, head, rules, |entry| {
        let raw = entry.path_bytes();
        foreign.note(&raw);
        // From the first name that is not UTF-8 on, only the names are read: all of them say how to read each.
        if foreign.is_empty() { take(entry, Names::default(), &mut collector) } else { Ok(()) }
    });
    read?;
    if foreign.is_empty() {
        return collector.finish(None);
    }
    archive.rewind().map_err(|error| ArchiveError::Broken(error.to_string()))?;
    let names = foreign.conclude(false);
    collector = Collector::new(rules.strip, rules.limits, rules.is_left_out);
    each(&mut archive, head, rules, |entry| take(entry, names, &mut collector))?;
    collector.finish(names.encoding())
}

/// Shows every entry to `visit`.
fn each<R: Read>(
    archive: R,
    head: &Head,
    rules: Rules<'_>,
    mut visit: impl FnMut(tar::Entry<'_, Bounded<R>>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    // The unpacked stream is bounded as well: headers, padding and what is left out count for nothing otherwise.
    let bound = rules.limits.total.saturating_add(rules.limits.entries as u64 * 2048);
    let mut archive = Archive::new(MultiGzDecoder::new(archive).take(bound));
    let broken =
        |error: std::io::Error| ArchiveError::Broken(head.explain(Format::TarGz, &error.to_string()));
    let mut entries = || {
        for entry in archive.entries().map_err(broken)? {
            visit(entry.map_err(broken)?)?;
        }
        Ok(())
    };
    let done = entries();
    // A stream that was cut off there can look like the end of the archive, and must not pass for it.
    match archive.into_inner().limit() {
        0 => Err(ArchiveError::TooLarge(rules.limits.total)),
        _ => done,
    }
}

type Bounded<R> = std::io::Take<MultiGzDecoder<R>>;

fn take<R: Read>(
    entry: tar::Entry<'_, R>,
    names: Names,
    collector: &mut Collector<'_>,
) -> Result<(), ArchiveError> {
    let name = match names.read(&entry.path_bytes()) {
        Ok(name) => name,
        Err(spelled) => return collector.skip(&spelled, LeftOut::Encoding),
    };
    let executable = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
    match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
            let size = entry.size();
            collector.file(Entry { name: &name.text, guessed: name.guessed, executable, size }, entry)
        }
        EntryType::Directory => collector.folder(&name.text),
        EntryType::Symlink | EntryType::Link => collector.skip(&name.text, LeftOut::Link),
        EntryType::XGlobalHeader | EntryType::XHeader => Ok(()),
        _ => collector.skip(&name.text, LeftOut::Special),
    }
}
