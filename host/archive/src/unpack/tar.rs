//! Tar files in gzip.

mod title;

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
use title::{Ahead, Title};

pub(super) fn unpack(
    mut archive: impl Read + Seek,
    head: &Head,
    rules: Rules<'_>,
) -> Result<Unpacked, ArchiveError> {
    let mut foreign = Foreign::default();
    let mut collector = Collector::new(rules.strip, rules.limits, rules.is_left_out);
    each(&mut archive, head, rules, |title, entry| {
        foreign.note(&title.name);
        // From the first name that is not UTF-8 on, only the names are read: all of them say how to read each.
        if foreign.is_empty() { take(title, entry, Names::default(), &mut collector) } else { Ok(()) }
    })?;
    if foreign.is_empty() {
        return collector.finish(None);
    }
    archive.rewind().map_err(|error| ArchiveError::Broken(error.to_string()))?;
    let names = foreign.conclude(false);
    collector = Collector::new(rules.strip, rules.limits, rules.is_left_out);
    each(&mut archive, head, rules, |title, entry| take(title, entry, names, &mut collector))?;
    collector.finish(names.encoding())
}

/// Shows every entry to `visit`, with its name.
fn each<R: Read>(
    archive: R,
    head: &Head,
    rules: Rules<'_>,
    mut visit: impl FnMut(Title, tar::Entry<'_, Bounded<R>>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    // The unpacked stream is bounded as well: headers, padding and what is left out count for nothing otherwise.
    let bound = rules.limits.total.saturating_add(rules.limits.entries as u64 * 2048);
    let mut archive = Archive::new(MultiGzDecoder::new(archive).take(bound));
    let broken =
        |error: std::io::Error| ArchiveError::Broken(head.explain(Format::TarGz, &error.to_string()));
    let mut ahead = Ahead::default();
    let mut entries = || {
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            if let Some(title) = ahead.title(&mut entry).map_err(broken)? {
                visit(title, entry)?;
            }
        }
        Ok(())
    };
    let mut done = entries();
    let mut rest = archive.into_inner();
    if done.is_ok() && rest.limit() > 0 {
        (done, rest) = behind(rest, &mut visit);
    }
    // A stream that was cut off there can look like the end of the archive, and must not pass for it.
    match rest.limit() {
        0 => Err(ArchiveError::TooLarge(rules.limits.total)),
        _ => done,
    }
}

type Bounded<R> = std::io::Take<MultiGzDecoder<R>>;

/// Shows what comes behind the end of an archive, where a second one was put after it. Tools do not read that either, but
/// it must not go missing in silence. What is no archive there is padding, and ends it.
fn behind<R: Read>(
    rest: Bounded<R>,
    visit: &mut impl FnMut(Title, tar::Entry<'_, Bounded<R>>) -> Result<(), ArchiveError>,
) -> (Result<(), ArchiveError>, Bounded<R>) {
    let mut second = Archive::new(rest);
    second.set_ignore_zeros(true);
    let mut ahead = Ahead::default();
    let mut entries = || {
        let Ok(entries) = second.entries() else { return Ok(()) };
        for mut entry in entries.map_while(Result::ok) {
            let Ok(title) = ahead.title(&mut entry) else { return Ok(()) };
            if let Some(title) = title {
                visit(Title { fault: Some(LeftOut::AfterTheEnd), ..title }, entry)?;
            }
        }
        Ok(())
    };
    (entries(), second.into_inner())
}

fn take<R: Read>(
    title: Title,
    entry: tar::Entry<'_, R>,
    names: Names,
    collector: &mut Collector<'_>,
) -> Result<(), ArchiveError> {
    let name = match names.read(&title.name) {
        Ok(name) => name,
        Err(spelled) => return collector.skip(&spelled, title.fault.unwrap_or(LeftOut::Encoding)),
    };
    let executable = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
    let kind = entry.header().entry_type();
    if let Some(fault) = title.fault {
        return collector.skip(&name.text, fault);
    }
    match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
            let size = entry.size();
            collector.file(Entry { name: &name.text, guessed: name.guessed, executable, size }, entry)
        }
        EntryType::Directory => collector.folder(&name.text),
        EntryType::Symlink | EntryType::Link => collector.skip(&name.text, LeftOut::Link),
        _ => collector.skip(&name.text, LeftOut::Special),
    }
}
