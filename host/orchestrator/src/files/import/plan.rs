//! What an import does to the files that are there.

use super::left::Left;
use crate::files::error::ProjectError;
use orchestrator_archive::{LeftOut, Listed, Skipped, UnpackedFile, Withheld};
use orchestrator_core::{Digest, RelativePath, path::folded};
use orchestrator_workspace::{FILE_MAX, FILES_MAX, FileEdit, Survey, WorkspaceError};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What an import does to the files that are there.
pub(super) struct Plan {
    /// Files that go.
    pub(super) gone: Vec<RelativePath>,
    pub(super) writes: Vec<FileEdit>,
    /// Files that stay although nothing came in for them.
    pub(super) kept: Listed<Left>,
    /// What cannot come in because of those.
    pub(super) in_the_way: Vec<Skipped>,
}

impl Plan {
    /// What makes `now` into `files`. `withheld` are the places of what was left out of these.
    pub(super) fn new(
        now: &Survey,
        mut files: Vec<UnpackedFile>,
        mut withheld: Withheld,
    ) -> Result<Self, ProjectError> {
        let mut in_the_way = Vec::new();
        let folders: HashSet<&str> = now.files().flat_map(|(path, _)| path.folders()).collect();
        // What cannot come in because of a file that stays has a place as well, at which another file may be.
        let (gone, staying) = loop {
            let (gone, staying) = divide(now, &files, &withheld);
            let taken = Taken::by(&staying);
            let is_there = |name: &str| now.file(name).is_some() || folders.contains(name);
            let before = in_the_way.len();
            files.retain(|UnpackedFile { path, .. }| match taken.in_the_way(path, is_there) {
                None => true,
                Some(first) => {
                    withheld.add(path);
                    in_the_way.push(Skipped { name: path.to_string(), reason: LeftOut::Kept { first } });
                    false
                }
            });
            if in_the_way.len() == before {
                break (gone, staying);
            }
        };
        if files.len() + staying.len() > FILES_MAX {
            return Err(WorkspaceError::TooManyFiles.into());
        }
        let mut kept = Listed::default();
        for (path, reason) in staying {
            kept.push(Left { name: path.to_string(), reason });
        }
        let changed = files.into_iter().filter(|file| !is_there(now, file));
        let writes = changed.map(|UnpackedFile { path, content, executable }| FileEdit::Write {
            path,
            content,
            executable: Some(executable),
        });
        Ok(Self { gone, writes: writes.collect(), kept, in_the_way })
    }
}

/// The files for which nothing came in: those that go, and those that stay, with the reason.
fn divide(
    now: &Survey,
    files: &[UnpackedFile],
    withheld: &Withheld,
) -> (Vec<RelativePath>, BTreeMap<RelativePath, String>) {
    let names: HashSet<_> = files.iter().map(|file| &file.path).collect();
    let (mut gone, mut staying) = (Vec::new(), BTreeMap::new());
    for (path, there) in now.files().filter(|(path, _)| !names.contains(path)) {
        match reason_to_stay(path, there.size(), withheld) {
            Some(reason) => drop(staying.insert(path.clone(), reason)),
            None => gone.push(path.clone()),
        }
    }
    (gone, staying)
}

/// Why a file stays for which nothing came in.
fn reason_to_stay(path: &RelativePath, size: u64, withheld: &Withheld) -> Option<String> {
    if withheld.holds(path) {
        return Some("what came for its place was left out, so what is there stays".to_owned());
    }
    let is_lost = size > FILE_MAX;
    is_lost.then(|| {
        format!(
            "it is larger than {FILE_MAX} bytes, so no snapshot holds it and nothing could bring it back: delete it \
             yourself if it is to go"
        )
    })
}

/// The places of the files that stay and of the folders above them, as a system sees them that ignores case and form.
struct Taken<'s> {
    files: HashMap<String, &'s str>,
    folders: HashMap<String, (&'s str, &'s RelativePath)>,
}

impl<'s> Taken<'s> {
    fn by(staying: &'s BTreeMap<RelativePath, String>) -> Self {
        let (mut files, mut folders) = (HashMap::new(), HashMap::new());
        for path in staying.keys() {
            files.insert(folded(path.as_str()), path.as_str());
            for folder in path.folders() {
                folders.entry(folded(folder)).or_insert((folder, path));
            }
        }
        Self { files, folders }
    }

    /// The file that stays and keeps `path` out: it has its place, would need a folder where `path` is a file, or the
    /// reverse, or would be one with it on some system. What `is_there` already lies beside it as it is.
    fn in_the_way(&self, path: &RelativePath, is_there: impl Fn(&str) -> bool) -> Option<String> {
        let own = folded(path.as_str());
        let twin = self.files.get(&own).filter(|_| !is_there(path.as_str())).copied();
        let below = self.folders.get(&own).map(|(_, file)| file.as_str());
        let mut above = path.folders().filter_map(|folder| {
            let key = folded(folder);
            let twin = |(first, file): &(&str, &'s RelativePath)| {
                (*first != folder && !is_there(folder)).then_some(file.as_str())
            };
            self.files.get(&key).copied().or_else(|| self.folders.get(&key).and_then(twin))
        });
        twin.or(below).or_else(|| above.next()).map(str::to_owned)
    }
}

/// Whether a project holds the file as it is.
fn is_there(now: &Survey, file: &UnpackedFile) -> bool {
    now.file(file.path.as_str()).is_some_and(|there| {
        there.is_executable() == file.executable && there.digest == Digest::of(&file.content)
    })
}
