//! Where a name leads.

use crate::{
    Named, Rules,
    left::{LeftOut, is_desktop_file, is_desktop_folder},
};
use orchestrator_core::{PathError, RelativePath};
use std::borrow::Cow;

/// Where a name leads.
pub(crate) enum EntryPath {
    Here(RelativePath),
    /// Nowhere. A folder's name stands for all that is in it.
    Left(String, LeftOut),
}

impl EntryPath {
    pub(crate) fn of(name: &str, rules: &Rules<'_>) -> Self {
        if let Some(reason) = leads_out(name) {
            return Self::Left(name.to_owned(), LeftOut::Path(reason));
        }
        let name = plain(name);
        let name = name.as_ref();
        if let Some((folder, _)) = folder_named(name, |name| is_desktop_folder(name).then_some(())) {
            return Self::Left(folder.to_owned(), LeftOut::Desktop);
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        if is_desktop_file(file) {
            return Self::Left(name.to_owned(), LeftOut::Desktop);
        }
        let Some(rest) = stripped(name, rules.strip) else {
            return Self::Left(name.to_owned(), LeftOut::Stripped);
        };
        if let Some((folder, reason)) = folder_named(rest, |name| (rules.left_out)(Named::Folder(name))) {
            let above = name.get(..name.len() - rest.len()).unwrap_or_default();
            return Self::Left(format!("{above}{folder}"), reason);
        }
        if let Some(reason) = (rules.left_out)(Named::File(file)) {
            return Self::Left(name.to_owned(), reason);
        }
        // The whole name as well, so that what is stripped hides nothing.
        match RelativePath::parse(name).and_then(|_| RelativePath::parse(rest)) {
            Ok(path) => Self::Here(path),
            Err(reason) => Self::Left(name.to_owned(), LeftOut::Path(reason)),
        }
    }
}

/// Whether a name leads out of the project, whatever is stripped of it.
fn leads_out(name: &str) -> Option<PathError> {
    match name {
        rooted if rooted.starts_with('/') => Some(PathError::Absolute),
        rest if rest.split('/').any(|component| component == "..") => Some(PathError::Parent),
        _ => None,
    }
}

/// A name without its outermost folders; none if there are not so many.
fn stripped(name: &str, folders: usize) -> Option<&str> {
    (0..folders).try_fold(name, |rest, _| rest.split_once('/').map(|(_, below)| below))
}

/// A name without what every system passes over in it: slashes in a row, and `.` between them.
fn plain(name: &str) -> Cow<'_, str> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let is_nothing = |component: &&str| matches!(*component, "" | ".");
    // At its end either says that it is a folder.
    let is_folder = name.rsplit('/').next().as_ref().is_none_or(is_nothing);
    if is_folder || !name.split('/').any(|component| is_nothing(&component)) {
        return Cow::Borrowed(name);
    }
    let components: Vec<&str> = name.split('/').filter(|component| !is_nothing(component)).collect();
    Cow::Owned(components.join("/"))
}

/// The outermost folder above a file of whose name `is` says something, with all that is above it and a `/` at its end.
fn folder_named<T>(name: &str, is: impl Fn(&str) -> Option<T>) -> Option<(&str, T)> {
    let mut from = 0;
    for (at, _) in name.match_indices('/') {
        if let Some(said) = name.get(from..at).and_then(&is) {
            return name.get(..=at).map(|folder| (folder, said));
        }
        from = at + 1;
    }
    None
}
