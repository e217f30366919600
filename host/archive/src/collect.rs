//! The door through which every file comes in: names are checked, sizes counted, and what cannot come in is listed.

use crate::{
    ArchiveError,
    left::{LeftOut, Listed, Skipped, is_desktop_file, is_desktop_folder, shown},
};
use orchestrator_core::{PathError, RelativePath};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    io::Read,
};

/// What an archive may hold. Over `file` a single file is left out; over the others the archive is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries, those that are left out included. Default 40,000.
    pub entries: usize,
    /// Files that come in. Default 20,000.
    pub files: usize,
    /// Bytes of one file. Default 4 MiB.
    pub file: u64,
    /// Bytes of all files. Default 512 MiB.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 40_000, files: 20_000, file: 4 << 20, total: 512 << 20 }
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

/// What an archive holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The files, in the order of the archive.
    pub files: Vec<UnpackedFile>,
    /// What was left out.
    pub skipped: Listed<Skipped>,
    /// Files whose names are not UTF-8, as their names were read.
    pub guessed: Listed<RelativePath>,
    /// The encoding that their names were read in; none where there are none.
    pub encoding: Option<&'static str>,
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
    /// Something that cannot come in.
    Left(LeftOut),
}

/// Checks files that come from somewhere else than an archive, a folder for example, by the same rules.
///
/// # Errors
/// As [`crate::unpack`], and those of `files`.
pub fn collect<E: From<ArchiveError>>(
    files: impl IntoIterator<Item = Result<Found, E>>,
    limits: &Limits,
    is_left_out: impl Fn(&str) -> bool,
) -> Result<Unpacked, E> {
    let mut collector = Collector::new(0, limits, &is_left_out);
    for found in files {
        let Found { name, kind } = found?;
        match kind {
            FoundKind::File { content, executable } => {
                let size = content.len() as u64;
                collector
                    .file(Entry { name: &name, guessed: false, executable, size }, content.as_slice())?;
            }
            FoundKind::Left(reason) => collector.skip(&name, reason)?,
        }
    }
    Ok(collector.finish(None)?)
}

/// What an archive says of a file.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'n> {
    pub(crate) name: &'n str,
    /// Whether the name was read in an encoding that the archive does not state.
    pub(crate) guessed: bool,
    pub(crate) executable: bool,
    /// How many bytes it says that it has, which need not be true.
    pub(crate) size: u64,
}

/// Checks entries one by one.
pub(crate) struct Collector<'a> {
    strip: usize,
    pub(crate) limits: &'a Limits,
    is_left_out: &'a dyn Fn(&str) -> bool,
    /// None where a later entry of the same name took the place.
    files: Vec<Option<UnpackedFile>>,
    skipped: Listed<Skipped>,
    guessed: Listed<RelativePath>,
    /// Every path and every folder above one, folded to what a system that ignores case sees.
    seen: HashMap<String, Seen>,
    /// Folders that are listed as left out.
    folders: HashSet<String>,
    entries: usize,
    total: u64,
}

/// What has a path.
enum Seen {
    Folder(String),
    File {
        path: String,
        /// The name that the archive has for it.
        name: String,
        /// Its place among the files.
        at: usize,
    },
}

/// Where a name leads.
enum Place {
    Here(RelativePath),
    /// Nowhere. A folder's name stands for all that is in it.
    Left(String, LeftOut),
}

impl<'a> Collector<'a> {
    pub(crate) fn new(strip: usize, limits: &'a Limits, is_left_out: &'a dyn Fn(&str) -> bool) -> Self {
        Self {
            strip,
            limits,
            is_left_out,
            files: Vec::new(),
            skipped: Listed::default(),
            guessed: Listed::default(),
            seen: HashMap::new(),
            folders: HashSet::new(),
            entries: 0,
            total: 0,
        }
    }

    /// Takes note of a folder. Folders come with their files, so nothing is lost with one whose name cannot be used.
    pub(crate) fn folder(&mut self, name: &str) -> Result<(), ArchiveError> {
        self.count()?;
        check_within(name.trim_end_matches('/'))
    }

    /// Leaves an entry out.
    pub(crate) fn skip(&mut self, name: &str, reason: LeftOut) -> Result<(), ArchiveError> {
        self.count()?;
        check_within(name)?;
        self.list(name, reason);
        Ok(())
    }

    /// Takes a file in, or leaves it out.
    pub(crate) fn file(&mut self, entry: Entry<'_>, content: impl Read) -> Result<(), ArchiveError> {
        let Entry { name, guessed, executable, size } = entry;
        if name.ends_with('/') {
            return if size == 0 { self.folder(name) } else { self.skip(name, LeftOut::FolderWithContent) };
        }
        self.count()?;
        check_within(name)?;
        let path = match self.place(name) {
            Place::Here(path) => path,
            Place::Left(name, reason) => {
                self.list_once(name, reason);
                return Ok(());
            }
        };
        if size > self.limits.file {
            self.list(name, LeftOut::TooLarge(self.limits.file));
            return Ok(());
        }
        let at = match self.claim(&path, name) {
            Ok(at) => at,
            Err(reason) => {
                self.list(name, reason);
                return Ok(());
            }
        };
        let Some(content) = self.read(name, content)? else {
            self.list(name, LeftOut::TooLarge(self.limits.file));
            return Ok(());
        };
        if guessed {
            self.guessed.push(path.clone());
        }
        if let Some(place) = self.files.get_mut(at) {
            *place = Some(UnpackedFile { path, content, executable });
        }
        Ok(())
    }

    pub(crate) fn finish(self, encoding: Option<&'static str>) -> Result<Unpacked, ArchiveError> {
        let files: Vec<_> = self.files.into_iter().flatten().collect();
        if files.is_empty() {
            return Err(ArchiveError::Empty(self.skipped));
        }
        if files.len() > self.limits.files {
            return Err(ArchiveError::TooManyFiles(self.limits.files));
        }
        let encoding = encoding.filter(|_| !self.guessed.is_empty());
        Ok(Unpacked { files, skipped: self.skipped, guessed: self.guessed, encoding })
    }

    fn count(&mut self) -> Result<(), ArchiveError> {
        self.entries += 1;
        match self.entries > self.limits.entries {
            true => Err(ArchiveError::TooManyEntries(self.limits.entries)),
            false => Ok(()),
        }
    }

    fn list(&mut self, name: &str, reason: LeftOut) {
        self.skipped.push(Skipped { name: shown(name), reason });
    }

    /// As [`Self::list`], but a folder is listed once, whatever is in it.
    fn list_once(&mut self, name: String, reason: LeftOut) {
        if !name.ends_with('/') || self.folders.insert(name.clone()) {
            self.list(&name, reason);
        }
    }

    fn place(&self, name: &str) -> Place {
        let name = plain(name);
        let name = name.as_ref();
        if let Some(folder) = folder_named(name, is_desktop_folder) {
            return Place::Left(folder.to_owned(), LeftOut::Desktop);
        }
        if is_desktop_file(name.rsplit('/').next().unwrap_or(name)) {
            return Place::Left(name.to_owned(), LeftOut::Desktop);
        }
        let mut rest = name;
        for _ in 0..self.strip {
            match rest.split_once('/') {
                Some((_, below)) => rest = below,
                None => return Place::Left(name.to_owned(), LeftOut::Stripped),
            }
        }
        if let Some(folder) = folder_named(rest, self.is_left_out) {
            let stripped = name.get(..name.len() - rest.len()).unwrap_or_default();
            return Place::Left(format!("{stripped}{folder}"), LeftOut::Folder);
        }
        // The whole name as well, so that what is stripped hides nothing.
        match RelativePath::parse(name).and_then(|_| RelativePath::parse(rest)) {
            Ok(path) => Place::Here(path),
            Err(reason) => Place::Left(name.to_owned(), LeftOut::Path(reason)),
        }
    }

    /// The place of a file among the files, unless something that came before has its path or a folder above it.
    fn claim(&mut self, path: &RelativePath, name: &str) -> Result<usize, LeftOut> {
        for folder in path.folders() {
            match self.seen.get(&folder.to_lowercase()) {
                Some(Seen::File { name, .. }) => {
                    return Err(LeftOut::InTheWay { first: shown(name), is_file: true });
                }
                Some(Seen::Folder(first)) if first != folder => {
                    return Err(LeftOut::Twin { first: shown(first) });
                }
                Some(Seen::Folder(_)) | None => {}
            }
        }
        let at = match self.seen.get(&path.as_str().to_lowercase()) {
            None => self.files.len(),
            Some(Seen::Folder(first)) => {
                return Err(LeftOut::InTheWay { first: shown(first), is_file: false });
            }
            Some(Seen::File { path: first, .. }) if first != path.as_str() => {
                return Err(LeftOut::Twin { first: shown(first) });
            }
            Some(Seen::File { name: first, .. }) if first != name => {
                return Err(LeftOut::SamePlace { first: shown(first) });
            }
            Some(Seen::File { at, .. }) => *at,
        };
        if at < self.files.len() {
            self.list(name, LeftOut::Replaced);
            self.files.get_mut(at).map(Option::take);
            return Ok(at);
        }
        self.files.push(None);
        for folder in path.folders() {
            self.seen.entry(folder.to_lowercase()).or_insert_with(|| Seen::Folder(folder.to_owned()));
        }
        let file = Seen::File { path: path.to_string(), name: name.to_owned(), at };
        self.seen.insert(path.as_str().to_lowercase(), file);
        Ok(at)
    }

    /// The bytes of a file, whatever its header says of their number; none where they are too many. All that was
    /// unpacked counts, since unpacking is the work.
    fn read(&mut self, name: &str, content: impl Read) -> Result<Option<Vec<u8>>, ArchiveError> {
        let mut bytes = Vec::new();
        content
            .take(self.limits.file.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| ArchiveError::Broken(format!("the entry {:?}: {error}", shown(name))))?;
        let size = bytes.len() as u64;
        self.total = self.total.saturating_add(size);
        match self.total > self.limits.total {
            true => Err(ArchiveError::TooLarge(self.limits.total)),
            false => Ok((size <= self.limits.file).then_some(bytes)),
        }
    }
}

/// Refuses a name that leads out of the project, whatever it is the name of.
fn check_within(name: &str) -> Result<(), ArchiveError> {
    let reason = match name {
        rooted if rooted.starts_with('/') => PathError::Absolute,
        rest if rest.split('/').any(|component| component == "..") => PathError::Parent,
        _ => return Ok(()),
    };
    Err(ArchiveError::Path { name: shown(name), reason })
}

/// A name without what every system passes over in it: slashes in a row, and `.` between them.
fn plain(name: &str) -> Cow<'_, str> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let is_nothing = |component: &&str| matches!(*component, "" | ".");
    // At its end either says that it is a folder.
    let is_folder = name.rsplit('/').next().as_ref().is_none_or(is_nothing);
    if is_folder || !name.split('/').any(|component| is_nothing(&component)) {
        return Cow::Borrowed(name);
    }
    let components: Vec<&str> = name.split('/').filter(|component| !is_nothing(component)).collect();
    Cow::Owned(components.join("/"))
}

/// The outermost folder above a file of which `is` holds, with all that is above it and a `/` at its end.
fn folder_named(name: &str, is: impl Fn(&str) -> bool) -> Option<&str> {
    let mut from = 0;
    for (at, _) in name.match_indices('/') {
        if name.get(from..at).is_some_and(&is) {
            return name.get(..=at);
        }
        from = at + 1;
    }
    None
}
