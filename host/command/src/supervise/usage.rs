//! How much a project's folder holds.
//!
//! The file systems that projects lie on rarely have quotas, so the folder is looked through every few seconds. That
//! is late by design: what is written between two looks is there. The walk goes from one open folder to the next and
//! follows no links, so what a command puts there cannot lead it elsewhere, and it stops as soon as a limit is passed.
//! Sparse files count by the blocks they take.

use crate::{CommandLimits, Project};
use cap_std::fs::{Dir, MetadataExt};
use orchestrator_core::LimitReached;

/// Folders below each other that are looked into. A path that is deeper counts as too many files.
const DEPTH_MAX: usize = 256;

/// Which limit the project's folder has passed. Blocks.
pub(super) fn passed(project: &Project, limits: &CommandLimits) -> Option<LimitReached> {
    let mut sum = Sum { bytes: 0, files: 0, limits };
    let root = project.directory().try_clone().ok()?;
    sum.add(&root, 0).err()
}

struct Sum<'a> {
    bytes: u64,
    files: u64,
    limits: &'a CommandLimits,
}

impl Sum<'_> {
    fn add(&mut self, folder: &Dir, depth: usize) -> Result<(), LimitReached> {
        if depth > DEPTH_MAX {
            return Err(LimitReached::WorkspaceFiles);
        }
        // What vanishes while it is looked at takes up nothing.
        let Ok(entries) = folder.entries() else { return Ok(()) };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            self.files += 1;
            self.bytes += metadata.blocks() * 512;
            if self.files > self.limits.workspace_files {
                return Err(LimitReached::WorkspaceFiles);
            }
            if self.bytes > self.limits.workspace_bytes {
                return Err(LimitReached::WorkspaceBytes);
            }
            if metadata.is_dir()
                && let Ok(below) = entry.open_dir()
            {
                self.add(&below, depth + 1)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn bytes_and_files_are_counted_and_links_are_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("a")).expect("creates");
        fs::write(folder.path().join("a/file"), vec![1; 100_000]).expect("writes");
        std::os::unix::fs::symlink("/usr", folder.path().join("a/link")).expect("links");
        let project = Project::open(folder.path()).expect("opens");
        let limits = |workspace_bytes, workspace_files| CommandLimits {
            workspace_bytes,
            workspace_files,
            ..CommandLimits::default()
        };
        assert_eq!(passed(&project, &limits(200_000, 3)), None);
        assert_eq!(passed(&project, &limits(200_000, 2)), Some(LimitReached::WorkspaceFiles));
        assert_eq!(passed(&project, &limits(50_000, 3)), Some(LimitReached::WorkspaceBytes));
    }
}
