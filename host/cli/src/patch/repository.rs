//! Folders of version control, which no patch is to change: their tools run what is in them.

use orchestrator_core::RelativePath;
use orchestrator_patch::{Edit, FileReport};

/// The first file that `edits` would change in such a folder, as a refusal.
pub(super) fn refusal(edits: &[Edit]) -> Option<FileReport> {
    edits.iter().flat_map(paths).find_map(|path| {
        let part = path.repository()?;
        let refused = format!("what is called '{part}' belongs to version control, whose tools run what is in it: choose another path");
        Some(FileReport { path: path.to_string(), change: None, hunks: Vec::new(), refused: Some(refused) })
    })
}

fn paths(edit: &Edit) -> impl Iterator<Item = &RelativePath> {
    let (one, other) = match edit {
        Edit::Create { path, .. } | Edit::Modify { path, .. } | Edit::Delete { path } => (path, None),
        Edit::Rename { from, to, .. } => (from, Some(to)),
    };
    [one].into_iter().chain(other)
}
