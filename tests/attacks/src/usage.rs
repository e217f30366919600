//! What a server uses of the machine.

use std::{fs, path::Path};

/// The most bytes of memory that a process has had at once.
///
/// # Panics
/// When there is no such process.
pub(crate) fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the process is there");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells this");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// The bytes of disk that a folder takes up, without compiled code. Links are not followed.
pub(crate) fn disk(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(of) if of.is_dir() && entry.file_name() != "cache" => disk(&entry.path()),
        Ok(of) if of.is_file() => of.blocks() * 512,
        _ => 0,
    });
    sizes.sum()
}

/// The processes with `mark` in their command line, their environment or the path of their working folder, apart from
/// those in `known`.
pub(crate) fn processes(mark: &str, known: &[u32]) -> Vec<String> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| !known.contains(id))
        .filter_map(|id| {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            let folder = fs::read_link(format!("/proc/{id}/cwd")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            let marked = line.contains(mark)
                || String::from_utf8_lossy(&environment).contains(mark)
                || folder.to_string_lossy().contains(mark);
            marked.then(|| format!("{id}: {line}"))
        })
        .collect()
}
