//! What an import does to the files that are there.

use super::left::Left;
use crate::files::error::ProjectError;
use orchestrator_archive::{LeftOut, Listed, Skipped, UnpackedFile};
use orchestrator_core::{Digest, RelativePath};
use orchestrator_workspace::{FILE_MAX, FILES_MAX, FileEdit, Survey, WorkspaceError};
use std::collections::{BTreeMap, BTreeSet};

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
    /// What makes `now` into `files`. `withheld` are the places of files that were left out of these.
    pub(super) fn new(
        now: &Survey,
        files: Vec<UnpackedFile>,
        withheld: &BTreeSet<RelativePath>,
    ) -> Result<Self, ProjectError> {
        let names: BTreeSet<_> = files.iter().map(|file| &file.path).collect();
        let (mut gone, mut kept, mut stay) = (Vec::new(), Listed::default(), BTreeSet::new());
        for (path, there) in now.files().filter(|(path, _)| !names.contains(path)) {
            match reason_to_stay(path, there.size(), withheld) {
                Some(reason) => {
                    kept.push(Left { name: path.to_string(), reason });
                    stay.insert(path.clone());
                }
                None => gone.push(path.clone()),
            }
        }
        let (files, in_the_way) = split(files, &stay);
        if files.len() + stay.len() > FILES_MAX {
            return Err(WorkspaceError::TooManyFiles.into());
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

/// Why a file stays for which nothing came in.
fn reason_to_stay(path: &RelativePath, size: u64, withheld: &BTreeSet<RelativePath>) -> Option<String> {
    if withheld.contains(path) {
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

/// Sets aside what would need a folder where a file stays, or a file where a folder does.
fn split(files: Vec<UnpackedFile>, stay: &BTreeSet<RelativePath>) -> (Vec<UnpackedFile>, Vec<Skipped>) {
    let above: BTreeMap<&str, &RelativePath> =
        stay.iter().flat_map(|path| path.folders().map(move |folder| (folder, path))).collect();
    let mut in_the_way = Vec::new();
    let fits = |file: &UnpackedFile| {
        let first = match above.get(file.path.as_str()) {
            Some(below) => Some(below.to_string()),
            None => file.path.folders().find(|folder| stay.contains(*folder)).map(str::to_owned),
        };
        first.map(|first| Skipped { name: file.path.to_string(), reason: LeftOut::Kept { first } })
    };
    let files = files.into_iter().filter_map(|file| match fits(&file) {
        None => Some(file),
        Some(skipped) => {
            in_the_way.push(skipped);
            None
        }
    });
    let files = files.collect();
    (files, in_the_way)
}

/// Whether a project holds the file as it is.
fn is_there(now: &Survey, file: &UnpackedFile) -> bool {
    now.file(file.path.as_str()).is_some_and(|there| {
        there.is_executable() == file.executable && there.digest == Digest::of(&file.content)
    })
}
