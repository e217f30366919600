//! What is in the plugins folder, and what came of each file.

use crate::view::LoadFailure;
use orchestrator_core::Timestamp;
use orchestrator_runtime::Plugin;
use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc, time::SystemTime};

/// What tells two states of a file apart without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: metadata.ino(),
        }
    }
}

/// One file of the folder.
pub(crate) struct File {
    /// The state of the file that was last tried.
    pub(crate) stamp: Stamp,
    /// The newest version that loaded, and when.
    pub(crate) good: Option<(Arc<Plugin>, Timestamp)>,
    /// Why the file as it is now was refused.
    pub(crate) error: Option<LoadFailure>,
}

/// The `.wasm` files of the folder, by name. A folder that is not there has none.
pub(crate) fn scan(folder: &Path) -> io::Result<BTreeMap<String, Stamp>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        entries => entries?,
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !name.ends_with(".wasm") || name.starts_with('.') {
            continue;
        }
        // A file may go between the listing and this look; the next scan settles it.
        if let Ok(metadata) = fs::metadata(entry.path())
            && metadata.is_file()
        {
            files.insert(name, Stamp::of(&metadata));
        }
    }
    Ok(files)
}
