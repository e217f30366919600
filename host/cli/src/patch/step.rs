//! One file's change on its way: prepared, made, and undone if another fails.

use cap_std::fs::{Dir, OpenOptions, Permissions};
use orchestrator_core::RelativePath;
use std::{
    io::{self, Write},
    sync::Arc,
};

/// What a file is called until it has its place, and what had the place afterwards; a number follows.
pub(super) const STAGED: &str = ".orchestrator-patch-";

/// A name in a folder that is open.
pub(super) struct Entry {
    pub(super) folder: Arc<Dir>,
    pub(super) name: String,
}

/// What becomes of one file.
pub(super) struct Change {
    /// The file, as errors name it.
    pub(super) path: RelativePath,
    /// Where it is, or will be.
    pub(super) entry: Entry,
    pub(super) action: Action,
}

/// What is done to it.
pub(super) enum Action {
    /// A file that was not there gets this content, and another's mode if it was that one.
    Create { content: Vec<u8>, permissions: Option<Permissions> },
    /// A file gets this content and keeps its mode.
    Replace { content: Vec<u8>, permissions: Permissions },
    /// A file goes.
    Remove,
    /// A file comes here from there as it is.
    Move { from: Entry },
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Planned,
    /// The new content waits beside the file.
    Staged,
    /// It is made; what had its place waits beside it.
    Done,
}

/// A change on its way.
pub(super) struct Step {
    change: Change,
    /// The name beside the file.
    staged: String,
    state: State,
}

impl Step {
    /// The change that has the number `number` among those of the process `process`, which no other has.
    pub(super) fn new(process: u32, number: usize, change: Change) -> Self {
        Self { change, staged: format!("{STAGED}{process}-{number}"), state: State::Planned }
    }

    pub(super) fn path(&self) -> &RelativePath {
        &self.change.path
    }

    /// Writes its content beside its place.
    pub(super) fn stage(&mut self) -> io::Result<()> {
        let (content, permissions) = match &self.change.action {
            Action::Create { content, permissions } => (content, permissions.as_ref()),
            Action::Replace { content, permissions } => (content, Some(permissions)),
            Action::Remove | Action::Move { .. } => return Ok(()),
        };
        let folder = &self.change.entry.folder;
        let mut file = folder.open_with(&self.staged, OpenOptions::new().write(true).create_new(true))?;
        self.state = State::Staged;
        file.write_all(content)?;
        permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions.clone()))
    }

    /// Makes the change.
    pub(super) fn perform(&mut self) -> io::Result<()> {
        let Entry { folder, name } = &self.change.entry;
        match &self.change.action {
            Action::Create { .. } => folder.rename(&self.staged, folder, name)?,
            Action::Replace { .. } => exchange(folder, &self.staged, name)?,
            Action::Remove => folder.rename(name, folder, &self.staged)?,
            Action::Move { from } => from.folder.rename(&from.name, folder, name)?,
        }
        self.state = State::Done;
        Ok(())
    }

    /// Takes the change back, if it was made.
    pub(super) fn undo(&mut self) -> io::Result<()> {
        if self.state != State::Done {
            return Ok(());
        }
        let Entry { folder, name } = &self.change.entry;
        self.state = match &self.change.action {
            Action::Create { .. } => folder.rename(name, folder, &self.staged).map(|()| State::Staged),
            Action::Replace { .. } => exchange(folder, &self.staged, name).map(|()| State::Staged),
            Action::Remove => folder.rename(&self.staged, folder, name).map(|()| State::Planned),
            Action::Move { from } => folder.rename(name, &from.folder, &from.name).map(|()| State::Planned),
        }?;
        Ok(())
    }

    /// Removes what had its place, once nothing will be undone.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        match &self.change.action {
            Action::Replace { .. } | Action::Remove => self.change.entry.folder.remove_file(&self.staged),
            Action::Create { .. } | Action::Move { .. } => Ok(()),
        }
    }

    /// Removes what was prepared for a change that is not made.
    pub(super) fn tidy_up(&self) {
        if self.state == State::Staged {
            // It is said already why the change was not made, and a second failure would be for the same reason.
            let _ = self.change.entry.folder.remove_file(&self.staged);
        }
    }
}

/// Lets two files of a folder change places. That is also quicker than renaming over a file, which makes some file
/// systems (ext4) find room for the new one at once.
#[cfg(target_os = "linux")]
fn exchange(folder: &Dir, staged: &str, name: &str) -> io::Result<()> {
    use rustix::{
        fs::{RenameFlags, renameat_with},
        io::Errno,
    };
    match renameat_with(folder, staged, folder, name, RenameFlags::EXCHANGE) {
        // Not every file system can.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => exchange_in_turn(folder, staged, name),
        done => Ok(done?),
    }
}

#[cfg(not(target_os = "linux"))]
use exchange_in_turn as exchange;

/// The same by three renames, between which there is for a moment no file.
fn exchange_in_turn(folder: &Dir, staged: &str, name: &str) -> io::Result<()> {
    let aside = format!("{staged}-aside");
    folder.rename(name, folder, &aside)?;
    if let Err(error) = folder.rename(staged, folder, name) {
        return Err(match folder.rename(&aside, folder, name) {
            Ok(()) => error,
            Err(why) => io::Error::other(format!(
                "{error}; and what it was could not be put back ({why}): it is in '{aside}' beside it"
            )),
        });
    }
    folder.rename(&aside, folder, staged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cap_std::ambient_authority;

    #[test]
    fn files_change_places_at_once_and_in_turn() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let folder = Dir::open_ambient_dir(place.path(), ambient_authority())?;
        folder.write("one", "1")?;
        folder.write("other", "2")?;
        for (exchange, one) in [(exchange as fn(_, _, _) -> _, "2"), (exchange_in_turn, "1")] {
            exchange(&folder, "one", "other")?;
            assert_eq!(folder.read_to_string("one")?, one);
            assert_eq!(folder.entries()?.count(), 2);
        }
        Ok(())
    }
}
