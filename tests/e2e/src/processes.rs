//! Processes of this machine, to see whether a call left any.

use std::{fs, path::Path};

/// Process ids of the processes that work in `folder`, by what Linux says of them.
///
/// # Panics
/// When this is no Linux, or the folder is not there.
#[must_use]
pub fn working_in(folder: &Path) -> Vec<u32> {
    let folder = folder.canonicalize().expect("the folder is there");
    let processes = fs::read_dir("/proc").expect("Linux lists its processes in /proc");
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|id| fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|cwd| cwd == folder))
        .collect()
}
