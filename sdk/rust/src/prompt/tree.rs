//! The project's files as a list that a model can read.

use crate::workspace::Entry;
use std::{collections::BTreeMap, fmt::Write};

/// Lines of a tree, unless somebody wants another number.
pub const LINES: usize = 200;

/// The paths and sizes of these files, one to a line, at most this many lines.
///
/// When there are more files than lines, the folders with the most files are given as one line each until the rest
/// fits: what a project consists of shows even when not every file does.
#[must_use]
pub fn tree(entries: &[Entry], lines: usize) -> String {
    if entries.is_empty() {
        return "(no files yet)\n".into();
    }
    let folded = fold(entries, lines);
    let mut text = String::new();
    let mut told: Option<&str> = None;
    for entry in entries {
        let folder = folded.iter().find(|(folder, _)| is_in(&entry.path, folder));
        // Writing to a string cannot fail.
        let _ = match folder {
            Some((folder, _)) if told == Some(folder) => Ok(()),
            Some((folder, count)) => {
                told = Some(folder);
                writeln!(text, "{folder}/ ({count} files)")
            }
            None => writeln!(text, "{} ({})", entry.path, size(entry.size)),
        };
    }
    text
}

fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folders to give as one line, with the number of files in them.
fn fold(entries: &[Entry], lines: usize) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        for (place, _) in entry.path.match_indices('/') {
            *counts.entry(&entry.path[..place]).or_default() += 1;
        }
    }
    let mut shown = entries.len();
    let mut candidates: Vec<_> = counts.into_iter().collect();
    // Most files first; of two with as many, the inner one last, because it hides less of the project's shape.
    candidates.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.len().cmp(&b.0.len())));
    let mut folded: Vec<(&str, usize)> = Vec::new();
    // The smallest folder that is enough, or else the largest there is; of equals, the last.
    while shown > lines {
        let Some((_, most)) = candidates.first() else { break };
        let enough = (shown - lines + 1).min(*most);
        let place = candidates.iter().rposition(|(_, count)| *count >= enough).unwrap_or(0);
        let (folder, count) = candidates.remove(place);
        candidates.retain(|(other, _)| !is_in(other, folder) && !is_in(folder, other));
        shown = shown.saturating_sub(count.saturating_sub(1));
        folded.push((folder, count));
    }
    folded
}

/// A size as people write it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(paths: &[&str]) -> Vec<Entry> {
        paths.iter().map(|path| Entry { path: (*path).into(), size: 1_500 }).collect()
    }

    #[test]
    fn a_small_project_is_told_in_full() {
        assert_eq!(tree(&entries(&["a.js", "src/b.js"]), 10), "a.js (2 kB)\nsrc/b.js (2 kB)\n");
        assert_eq!(tree(&[], 10), "(no files yet)\n");
    }

    #[test]
    fn in_a_large_project_the_folder_that_makes_it_large_becomes_one_line() {
        let mut paths: Vec<String> = (0..50).map(|number| format!("data/items/{number:02}.json")).collect();
        paths.push("src/main.js".into());
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        assert_eq!(tree(&entries(&paths), 10), "data/items/ (50 files)\nsrc/main.js (2 kB)\n");
    }

    #[test]
    fn a_flat_project_without_folders_to_fold_is_still_told() {
        let paths: Vec<String> = (0..20).map(|number| format!("{number:02}.txt")).collect();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        assert_eq!(tree(&entries(&paths), 10).lines().count(), 20);
    }
}
