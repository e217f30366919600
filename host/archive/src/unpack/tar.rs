//! Tar files in gzip.

mod gunzip;
mod title;

use super::Head;
use crate::{
    ArchiveError, Format, Rules, Unpacked,
    collector::{Collector, Entry},
    left::LeftOut,
    names::{Foreign, Names},
};
use gunzip::{Fault, Gunzip, Watch};
use std::io::{Read, Seek};
use tar::{Archive, EntryType};
use title::{AHEAD_MAX, Ahead, Title};

pub(super) fn unpack(
    mut archive: impl Read + Seek,
    head: &Head,
    rules: &Rules<'_>,
) -> Result<Unpacked, ArchiveError> {
    let mut foreign = Foreign::default();
    let mut collector = Collector::new(rules);
    let utf8 = Names::default();
    each(&mut archive, head, rules, |title, entry| {
        foreign.note(&title.name);
        // From the first name that is not UTF-8 on, only the names are read: all of them say how to read each.
        if foreign.is_empty() { take(title, entry, &utf8, &mut collector) } else { Ok(()) }
    })?;
    if foreign.is_empty() {
        return collector.finish(&utf8);
    }
    // What was taken in goes first: it comes again.
    drop(collector);
    archive.rewind().map_err(|error| ArchiveError::Broken(error.to_string()))?;
    let names = foreign.conclude(false);
    let mut collector = Collector::new(rules);
    each(&mut archive, head, rules, |title, entry| take(title, entry, &names, &mut collector))?;
    collector.finish(&names)
}

/// Shows every entry to `visit`, with its name.
fn each<R: Read>(
    archive: R,
    head: &Head,
    rules: &Rules<'_>,
    mut visit: impl FnMut(Title, tar::Entry<'_, Gunzip<R>>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    // The unpacked stream is bounded as well: headers, padding and what is left out count for nothing otherwise.
    let bound = rules.limits.total.saturating_add(rules.limits.entries as u64 * 2048);
    let (stream, watch) = Gunzip::new(archive, bound);
    let mut archive = Archive::new(stream);
    watch.allow(AHEAD_MAX);
    let mut done = entries(&mut archive, &watch, &mut visit);
    if done.is_ok() && watch.is_over() && !watch.beginning().is_empty() {
        let error = "it stops where another file could begin, without the mark of its end";
        done = Err(Stop::Reading(std::io::Error::other(error)));
    }
    if done.is_ok() {
        let (shown, mut rest) = behind(archive.into_inner(), &watch, &mut visit);
        watch.allow_all();
        // The check sum of what was read is at the very end. What is wrong there is noted by the watch.
        done = shown
            .map_err(Stop::Visit)
            .and_then(|()| std::io::copy(&mut rest, &mut std::io::sink()).map(drop).map_err(Stop::Reading));
    }
    let broken = |said: &str| Err(ArchiveError::Broken(head.explain(Format::TarGz, said)));
    match (watch.fault(), done) {
        (Some(Fault::Full), _) => Err(ArchiveError::TooLarge(rules.limits.total)),
        (Some(Fault::Ahead), _) => Err(ArchiveError::Broken(format!(
            "more than {AHEAD_MAX} bytes are said ahead of an entry, where its name belongs: no tool packs that"
        ))),
        (Some(Fault::Damaged(said)), _) => broken(&said),
        (None, Err(Stop::Visit(error))) => Err(error),
        (None, Err(Stop::NoTar)) => {
            Err(ArchiveError::Broken(Head::of_bytes(watch.beginning()).explain_inside()))
        }
        (None, Err(Stop::Reading(error))) => broken(&error.to_string()),
        (None, Ok(())) => Ok(()),
    }
}

/// Why the entries were not all shown.
enum Stop {
    /// Whoever looked at them had enough.
    Visit(ArchiveError),
    /// The first entry is none.
    NoTar,
    Reading(std::io::Error),
}

fn entries<R: Read>(
    archive: &mut Archive<Gunzip<R>>,
    watch: &Watch,
    visit: &mut impl FnMut(Title, tar::Entry<'_, Gunzip<R>>) -> Result<(), ArchiveError>,
) -> Result<(), Stop> {
    let mut ahead = Ahead::default();
    let mut is_first = true;
    for entry in archive.entries().map_err(Stop::Reading)? {
        let mut entry = entry.map_err(|error| if is_first { Stop::NoTar } else { Stop::Reading(error) })?;
        is_first = false;
        watch.allow(room_for(&entry));
        if let Some(title) = ahead.title(&mut entry).map_err(Stop::Reading)? {
            visit(title, entry).map_err(Stop::Visit)?;
        }
    }
    Ok(())
}

/// How much of the stream an entry and what is said ahead of the next one may take.
fn room_for<R: Read>(entry: &tar::Entry<'_, R>) -> u64 {
    let said = entry.header().entry_size().unwrap_or_default();
    // A sparse file is larger than what is packed of it.
    let size = if entry.header().entry_type().is_gnu_sparse() { said } else { entry.size().max(said) };
    size.saturating_add(AHEAD_MAX)
}

/// Bytes behind the end of an archive in which a second one is looked for. Tools fill up to ten kilobytes.
const PADDING_MAX: u64 = 16 << 20;

/// Shows what comes behind the end of an archive, where a second one was put after it. Tools do not read that either, but
/// it must not go missing in silence. What is no archive there is padding, and ends it.
fn behind<R: Read>(
    rest: Gunzip<R>,
    watch: &Watch,
    visit: &mut impl FnMut(Title, tar::Entry<'_, Gunzip<R>>) -> Result<(), ArchiveError>,
) -> (Result<(), ArchiveError>, Gunzip<R>) {
    let mut second = Archive::new(rest);
    second.set_ignore_zeros(true);
    watch.allow(PADDING_MAX);
    let shown = entries(&mut second, watch, &mut |title, entry| {
        visit(Title { fault: Some(LeftOut::AfterTheEnd), ..title }, entry)
    });
    match shown {
        Err(Stop::Visit(error)) => (Err(error), second.into_inner()),
        _ => (Ok(()), second.into_inner()),
    }
}

fn take<R: Read>(
    title: Title,
    entry: tar::Entry<'_, R>,
    names: &Names,
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
        EntryType::Directory => collector.folder(),
        EntryType::Symlink | EntryType::Link => collector.skip(&name.text, LeftOut::Link),
        _ => collector.skip(&name.text, LeftOut::Special),
    }
}
