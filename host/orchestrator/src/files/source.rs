//! Files to start from.

use super::ProjectError;
use orchestrator_archive::{
    ArchiveError, ArchiveLimits, Budget, Format, Found, LeftOut, Named, Rules, Unpacked, collect, unpack,
};
use orchestrator_core::path::is_repository;
use orchestrator_workspace::{FILE_MAX, FILES_MAX, LEFT_OUT, is_reserved};
use std::{
    io::{Read, Seek},
    sync::LazyLock,
};

/// Most bytes of one import.
const ONE: u64 = 512 << 20;
/// Most bytes that all imports of this process hold at once: two of the largest.
static BUDGET: LazyLock<Budget> = LazyLock::new(|| Budget::new(2 * ONE));

/// Files to start from, checked. It holds them in memory, as part of what all imports at once may hold.
#[derive(Debug)]
pub struct Source(Unpacked);

impl Source {
    /// Reads an archive. `strip` folders are taken off the front of each name. Blocks.
    ///
    /// # Errors
    /// What is wrong with the archive, and [`ArchiveError::Crowded`] while other imports hold the memory.
    pub fn archive(format: Format, archive: impl Read + Seek, strip: usize) -> Result<Self, ProjectError> {
        Ok(Self(unpack(format, archive, &rules(strip))?))
    }

    /// Takes files that are found elsewhere, by the rules for archives. Blocks as they do.
    ///
    /// # Errors
    /// As [`Self::archive`], and those of `files`.
    pub fn found<E: From<ArchiveError>>(
        files: impl IntoIterator<Item = Result<Found, E>>,
    ) -> Result<Self, E> {
        Ok(Self(collect(files, &rules(0))?))
    }

    /// Why nothing that is called so is part of a project, if that is the case. Who looks for files need not enter such
    /// a folder.
    #[must_use]
    pub fn left_out(named: Named<'_>) -> Option<LeftOut> {
        match named {
            Named::Folder(name) => {
                (LEFT_OUT.contains(&name) || is_repository(name)).then_some(LeftOut::Folder)
            }
            Named::File(name) if is_repository(name) => Some(LeftOut::RepositoryLink),
            Named::File(name) => is_reserved(name).then_some(LeftOut::Reserved),
        }
    }

    /// Most bytes that a file may have.
    #[must_use]
    pub fn file_max() -> u64 {
        FILE_MAX
    }

    pub(super) fn into_files(self) -> Unpacked {
        self.0
    }
}

fn rules(strip: usize) -> Rules<'static> {
    let limits = ArchiveLimits { file: FILE_MAX, files: FILES_MAX, total: ONE, ..ArchiveLimits::default() };
    Rules { strip, limits, budget: &BUDGET, left_out: &Source::left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_left_out_however_other_systems_would_find_it() {
        for name in [".git", ".GIT", ".Git", "git~1", "GIT~1", ".g\u{200c}it", ".hg", ".SVN"] {
            assert_eq!(Source::left_out(Named::Folder(name)), Some(LeftOut::Folder), "{name}");
            assert_eq!(Source::left_out(Named::File(name)), Some(LeftOut::RepositoryLink), "{name}");
        }
        for name in ["git", ".github", ".gitignore", "Target", "git~2"] {
            assert_eq!(Source::left_out(Named::Folder(name)), None, "{name}");
        }
        assert_eq!(Source::left_out(Named::File(".Orchestrator-Staged-1")), Some(LeftOut::Reserved));
    }
}
