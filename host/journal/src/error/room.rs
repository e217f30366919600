//! Whether there is room on a disk, by trying.

use std::{
    fs::File,
    io::{self, ErrorKind, Write},
    path::Path,
};

/// What SQLite takes at once for the index of its log, and as much again.
const TRIED: usize = 64 * 1024;

/// Whether the disk that holds `file` has no room for a little more beside it.
pub(super) fn is_missing(file: &Path) -> bool {
    let mut name = file.as_os_str().to_owned();
    name.push(".room");
    let tried = fill(Path::new(&name));
    // Nothing is lost by a file that stays: the next try takes its place.
    let _ = std::fs::remove_file(&name);
    tried.is_err_and(|error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
}

fn fill(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(&[0; TRIED])?;
    file.sync_all()
}
