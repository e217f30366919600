//! What files held before whole ones were asked for.
//!
//! A model that runs out of ideas sends a file just as it was shown. It is one of the answer's, but to call it a change
//! would be to say that something was mended. So what is there is kept in mind, as far as a budget allows, and compared.

use crate::view::View;
use orchestrator_sdk::{FileChange, Operation, workspace};
use std::collections::BTreeMap;

/// Bytes that are kept in mind. A file beyond them counts as changed.
const BYTES: u64 = 4 * 1024 * 1024;

/// The project's texts at one moment.
#[derive(Debug)]
pub(super) struct Before(BTreeMap<String, String>);

impl Before {
    /// Reads the project's texts. What cannot be read is left out.
    pub(super) fn read(view: &View) -> Self {
        let mut left = BYTES;
        let fits = view.entries.iter().filter(|entry| match left.checked_sub(entry.size) {
            Some(less) => {
                left = less;
                true
            }
            None => false,
        });
        let texts =
            fits.filter_map(|entry| Some((entry.path.clone(), workspace::read_file(&entry.path).ok()?)));
        Self(texts.collect())
    }

    /// Those of `files` that are other than before.
    pub(super) fn changed(&self, files: Vec<FileChange>) -> Vec<FileChange> {
        files.into_iter().filter(|file| !self.is_same(file)).collect()
    }

    fn is_same(&self, file: &FileChange) -> bool {
        file.operation == Operation::Modify
            && self.0.get(&file.path).is_some_and(|before| {
                before.len() as u64 == file.size
                    && workspace::read_file(&file.path).is_ok_and(|after| after == *before)
            })
    }
}
