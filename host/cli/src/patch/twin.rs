//! Names that other systems do not tell from one that is there.
//!
//! What is made beside such a file cannot be checked out on macOS or Windows, and on them it would have taken the other's
//! place. Only the first component that is not there is looked for: what is below it is new in any case.

use super::{error::FolderError, folder::Folder};
use orchestrator_core::{RelativePath, path::folded};
use orchestrator_patch::{Edit, FileReport};
use orchestrator_workspace::{are_twins, beside_twin};
use std::io::{self, ErrorKind};

/// The first file that `edits` would make beside another that other systems take for the same, as a refusal. What the
/// edits take away is beside nothing.
pub(super) fn refusal(folder: &Folder, edits: &[Edit]) -> Result<Option<FileReport>, FolderError> {
    let made = |edit: &Edit| match edit {
        Edit::Create { path, .. } | Edit::Rename { to: path, .. } => Some(path.clone()),
        Edit::Modify { .. } | Edit::Delete { .. } => None,
    };
    let goes = |gone: &str| {
        edits.iter().any(|edit| {
            matches!(edit, Edit::Delete { path } | Edit::Rename { from: path, .. } if path.as_str() == gone)
        })
    };
    let made: Vec<_> = edits.iter().filter_map(made).collect();
    for (at, path) in made.iter().enumerate() {
        let in_patch = made.iter().take(at).find(|before| are_twins(before, path));
        let there = match in_patch {
            Some(before) => Some(before.clone()),
            None => twin(folder, path)
                .map_err(|error| FolderError::Read(path.to_string(), error))?
                .filter(|twin| !goes(twin.as_str())),
        };
        if let Some(there) = there {
            return Ok(Some(FileReport {
                path: path.to_string(),
                change: None,
                hunks: Vec::new(),
                refused: Some(beside_twin(path, &there)),
            }));
        }
    }
    Ok(None)
}

/// What is there by a name that is folded as that of `path`, where nothing is there by that name itself.
fn twin(folder: &Folder, path: &RelativePath) -> io::Result<Option<RelativePath>> {
    let text = path.as_str();
    let mut above = "";
    for until in text.match_indices('/').map(|(at, _)| at).chain([text.len()]) {
        let (so_far, rest) = text.split_at(until);
        match folder.root().symlink_metadata(so_far) {
            Ok(_) => above = so_far,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let name = folded(so_far.rsplit('/').next().unwrap_or(so_far));
                let entries = if above.is_empty() {
                    folder.root().entries()?
                } else {
                    folder.root().read_dir(above)?
                };
                for entry in entries {
                    let there = entry?.file_name();
                    if let Some(there) = there.to_str().filter(|there| folded(there) == name) {
                        let parted = if above.is_empty() { "" } else { "/" };
                        return Ok(RelativePath::parse(&format!("{above}{parted}{there}{rest}")).ok());
                    }
                }
                return Ok(None);
            }
            // What is wrong with the path itself is said where it is used.
            Err(_) => return Ok(None),
        }
    }
    Ok(None)
}
