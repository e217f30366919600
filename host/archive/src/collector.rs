//! The door through which every file comes in: names are checked, sizes counted, and what cannot come in is listed.

use crate::{
    ArchiveError, Held, Rules,
    left::{LeftOut, Listed, Skipped, shown},
    names::Names,
    place::EntryPath,
    unpacked::{Unpacked, UnpackedFile},
    withheld::Withheld,
};
use orchestrator_core::{PathError, RelativePath, path::folded};
use std::{
    collections::{HashMap, HashSet},
    io::Read,
};

/// Most bytes of a name that is looked at: four times what a path may have, so one that is longer stays too long without
/// the folders that are stripped.
const NAME_BYTES: usize = 4096;

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
    rules: &'a Rules<'a>,
    /// None where a later entry of the same name took the place.
    files: Vec<Option<UnpackedFile>>,
    skipped: Listed<Skipped>,
    guessed: Listed<RelativePath>,
    /// Every path and every folder above one, folded to what a system sees that ignores case and form.
    seen: HashMap<String, Seen>,
    /// Folders that are listed as left out.
    folders: HashSet<String>,
    withheld: Withheld,
    held: Held,
    entries: usize,
    folders_seen: usize,
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

impl<'a> Collector<'a> {
    pub(crate) fn new(rules: &'a Rules<'a>) -> Self {
        Self {
            rules,
            files: Vec::new(),
            skipped: Listed::default(),
            guessed: Listed::default(),
            seen: HashMap::new(),
            folders: HashSet::new(),
            withheld: Withheld::default(),
            held: rules.budget.open(),
            entries: 0,
            folders_seen: 0,
            total: 0,
        }
    }

    /// Takes note of a folder. Folders come with their files, so nothing is lost with one whose name cannot be used.
    pub(crate) fn folder(&mut self) -> Result<(), ArchiveError> {
        self.folders_seen += 1;
        self.count()
    }

    /// Leaves an entry out.
    pub(crate) fn skip(&mut self, name: &str, reason: LeftOut) -> Result<(), ArchiveError> {
        self.count()?;
        if reason != LeftOut::Replaced {
            self.withhold(name, reason.may_be_folder());
        }
        if reason.is_of_content()
            && name.len() <= NAME_BYTES
            // Of what is in a folder that is left out, or has no place, that is what there is to say.
            && let EntryPath::Left(name, reason) = EntryPath::of(name.trim_end_matches('/'), self.rules)
        {
            self.list_once(name, reason);
            return Ok(());
        }
        self.list_once(name.to_owned(), reason);
        Ok(())
    }

    /// Takes a file in, or leaves it out.
    pub(crate) fn file(&mut self, entry: Entry<'_>, content: impl Read) -> Result<(), ArchiveError> {
        let Entry { name, guessed, executable, size } = entry;
        if name.ends_with('/') {
            return if size == 0 { self.folder() } else { self.skip(name, LeftOut::FolderWithContent) };
        }
        self.count()?;
        if name.len() > NAME_BYTES {
            self.list(name, LeftOut::Path(PathError::TooLong(name.len())));
            return Ok(());
        }
        let path = match EntryPath::of(name, self.rules) {
            EntryPath::Here(path) => path,
            EntryPath::Left(listed, reason) => {
                self.withhold(name, false);
                self.list_once(listed, reason);
                return Ok(());
            }
        };
        let too_large = LeftOut::TooLarge(self.rules.limits.file);
        if size > self.rules.limits.file {
            self.withhold(name, false);
            self.list(name, too_large);
            return Ok(());
        }
        let at = match self.claim(&path, name) {
            Ok(at) => at,
            Err(reason) => {
                self.withhold(name, false);
                self.list(name, reason);
                return Ok(());
            }
        };
        let Some(content) = self.read(name, size, content)? else {
            self.withhold(name, false);
            self.list(name, too_large);
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

    pub(crate) fn finish(self, names: &Names) -> Result<Unpacked, ArchiveError> {
        let files: Vec<_> = self.files.into_iter().flatten().collect();
        if files.is_empty() {
            return Err(ArchiveError::Empty { left: self.skipped, folders: self.folders_seen });
        }
        if files.len() > self.rules.limits.files {
            return Err(ArchiveError::TooManyFiles(self.rules.limits.files));
        }
        let guess = names.guess().filter(|_| !self.guessed.is_empty());
        Ok(Unpacked {
            files,
            skipped: self.skipped,
            guessed: self.guessed,
            guess,
            withheld: self.withheld,
            held: self.held,
        })
    }

    fn count(&mut self) -> Result<(), ArchiveError> {
        self.entries += 1;
        let most = self.rules.limits.entries;
        match self.entries > most {
            true => Err(ArchiveError::TooManyEntries(most)),
            false => Ok(()),
        }
    }

    /// What is at the place of an entry that is left out is not to be taken away for it.
    fn withhold(&mut self, name: &str, may_be_folder: bool) {
        if name.len() <= NAME_BYTES {
            self.withheld.note(name, self.rules.strip, may_be_folder);
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

    /// The place of a file among the files, unless something that came before has its path or a folder above it.
    fn claim(&mut self, path: &RelativePath, name: &str) -> Result<usize, LeftOut> {
        for folder in path.folders() {
            match self.seen.get(&folded(folder)) {
                Some(Seen::File { name, .. }) => {
                    return Err(LeftOut::InTheWay { first: shown(name), is_file: true });
                }
                Some(Seen::Folder(first)) if first != folder => {
                    return Err(LeftOut::Twin { first: shown(first) });
                }
                Some(Seen::Folder(_)) | None => {}
            }
        }
        let at = match self.seen.get(&folded(path.as_str())) {
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
            self.seen.entry(folded(folder)).or_insert_with(|| Seen::Folder(folder.to_owned()));
        }
        let file = Seen::File { path: path.to_string(), name: name.to_owned(), at };
        self.seen.insert(folded(path.as_str()), file);
        Ok(at)
    }

    /// The bytes of a file, whatever its header says of their number; none where they are too many. All that was
    /// unpacked counts, since unpacking is the work.
    fn read(&mut self, name: &str, size: u64, content: impl Read) -> Result<Option<Vec<u8>>, ArchiveError> {
        let limits = &self.rules.limits;
        // A byte more, which tells that nothing comes behind them.
        let expected = size.min(limits.file).saturating_add(1);
        let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
        content
            .take(limits.file.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| ArchiveError::Broken(format!("the entry {:?}: {error}", shown(name))))?;
        bytes.shrink_to_fit();
        let size = bytes.len() as u64;
        self.total = self.total.saturating_add(size);
        if self.total > limits.total {
            return Err(ArchiveError::TooLarge(limits.total));
        }
        if size > limits.file {
            return Ok(None);
        }
        match self.held.take(size) {
            true => Ok(Some(bytes)),
            false => Err(ArchiveError::Crowded),
        }
    }
}
