//! Files that come from somewhere else than an archive, checked as those of one are.

use crate::{
    ArchiveError, Rules,
    collector::{Collector, Entry},
    left::LeftOut,
    names::Names,
    unpacked::Unpacked,
};

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
    /// A folder.
    Folder,
    /// Something that cannot come in. A folder, with `/` at the end of its name, stands for all that is in it.
    Left(LeftOut),
}

/// Checks files that come from somewhere else than an archive, a folder for example, by the same rules.
///
/// # Errors
/// As [`crate::unpack`], and those of `files`.
pub fn collect<E: From<ArchiveError>>(
    files: impl IntoIterator<Item = Result<Found, E>>,
    rules: &Rules<'_>,
) -> Result<Unpacked, E> {
    let mut collector = Collector::new(rules);
    for found in files {
        let Found { name, kind } = found?;
        match kind {
            FoundKind::File { content, executable } => {
                let size = content.len() as u64;
                collector
                    .file(Entry { name: &name, guessed: false, executable, size }, content.as_slice())?;
            }
            FoundKind::Folder => collector.folder()?,
            FoundKind::Left(reason) => collector.skip(&name, reason)?,
        }
    }
    Ok(collector.finish(&Names::default())?)
}
