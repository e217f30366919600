//! Makes all changes to a folder, or none.
//!
//! New contents are written beside their files first, where a full disk shows itself; then they are renamed into place,
//! and if one cannot be, what was done is undone from what was read. It is not waited for the disk: a power cut is what
//! version control is for here, and waiting would cost more than everything else.
//!
//! What takes the time is the file system and not the processor, so both are done by several threads.

use super::folder::{FolderError, Original};
use cap_std::fs::{Dir, OpenOptions, Permissions};
use orchestrator_core::RelativePath;
use std::{
    collections::BTreeSet,
    io::{self, Write},
    mem,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// What a file is called until it is renamed into place.
const STAGED: &str = ".orchestrator-patch-";
/// Most threads; more get in each other's way.
const THREADS_MAX: usize = 4;
/// Changes that are worth a thread.
const WORTH_A_THREAD: usize = 16;

/// What becomes of one file.
pub(super) struct Change {
    pub(super) path: RelativePath,
    /// The folder that it is in, and its name there.
    pub(super) dir: Arc<Dir>,
    pub(super) name: String,
    /// What it has in the end, and its mode where that follows from a file's; none if it goes.
    pub(super) after: Option<(Arc<Vec<u8>>, Option<Permissions>)>,
    /// What it was; none if it was not.
    pub(super) before: Option<Original>,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Planned,
    /// Its content waits beside the file.
    Staged,
    Done,
}

struct Step {
    change: Change,
    staged: String,
    state: State,
    error: Option<io::Error>,
}

/// Changes on their way. What is staged is removed when it goes, and the folders that were made for it.
pub(super) struct Commit<'f> {
    root: &'f Dir,
    /// Folders made on the way, outermost first; removed again unless all is done.
    folders: Vec<String>,
    steps: Vec<Step>,
    threads: usize,
}

impl<'f> Commit<'f> {
    /// Changes in the folder `root`, in which `folders` were made for them.
    pub(super) fn new(root: &'f Dir, folders: Vec<String>, changes: Vec<Change>) -> Self {
        let paths: BTreeSet<_> = changes.iter().map(|change| &change.path).collect();
        // A path that is changed twice is changed in order.
        let threads = match paths.len() == changes.len() {
            true => thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX),
            false => 1,
        };
        let step = |(number, change)| Step {
            change,
            staged: format!("{STAGED}{}-{number}", std::process::id()),
            state: State::Planned,
            error: None,
        };
        Self { root, folders, steps: changes.into_iter().enumerate().map(step).collect(), threads }
    }

    /// Makes all of them.
    ///
    /// # Errors
    /// The first that could not be made. Nothing has changed then, unless it says so.
    pub(super) fn perform(mut self) -> Result<(), FolderError> {
        self.each(Step::stage).map_err(|(path, error)| FolderError::Write(path.to_string(), error))?;
        if let Err((path, error)) = self.each(Step::perform) {
            return Err(self.put_back(&path, error));
        }
        self.folders.clear();
        Ok(())
    }

    /// Does `work` on every step, until one fails.
    fn each(&mut self, work: fn(&mut Step) -> io::Result<()>) -> Result<(), (RelativePath, io::Error)> {
        let failed = AtomicBool::new(false);
        let in_order = |steps: &mut [Step]| {
            for step in steps {
                if failed.load(Ordering::Relaxed) {
                    return;
                }
                if let Err(error) = work(step) {
                    step.error = Some(error);
                    failed.store(true, Ordering::Relaxed);
                }
            }
        };
        let each = self.steps.len().div_ceil(self.threads).max(WORTH_A_THREAD);
        thread::scope(|scope| {
            let mut parts = self.steps.chunks_mut(each);
            let own = parts.next();
            for part in parts {
                scope.spawn(|| in_order(part));
            }
            own.into_iter().for_each(in_order);
        });
        let error = |step: &mut Step| step.error.take().map(|error| (step.change.path.clone(), error));
        self.steps.iter_mut().find_map(error).map_or(Ok(()), Err)
    }

    /// Undoes what was done, last change first.
    fn put_back(&mut self, path: &RelativePath, cause: io::Error) -> FolderError {
        for step in self.steps.iter_mut().rev().filter(|step| step.state == State::Done) {
            if let Err(why) = step.change.put_back() {
                let left = step.change.path.to_string();
                return FolderError::HalfDone { path: path.to_string(), cause, left, why };
            }
        }
        FolderError::Write(path.to_string(), cause)
    }
}

impl Step {
    fn stage(&mut self) -> io::Result<()> {
        let Some((content, permissions)) = &self.change.after else { return Ok(()) };
        let mut file =
            self.change.dir.open_with(&self.staged, OpenOptions::new().write(true).create_new(true))?;
        self.state = State::Staged;
        file.write_all(content)?;
        permissions.clone().map_or(Ok(()), |permissions| file.set_permissions(permissions))
    }

    fn perform(&mut self) -> io::Result<()> {
        let Change { dir, name, before, .. } = &self.change;
        match self.state {
            State::Staged if before.is_some() => replace(dir, &self.staged, name)?,
            State::Staged => dir.rename(&self.staged, dir, name)?,
            State::Planned | State::Done => dir.remove_file(name)?,
        }
        self.state = State::Done;
        Ok(())
    }
}

/// Puts one file in the place of another. The two change places and the old one goes: renaming over a file makes some
/// file systems (ext4) find room for the new one at once, which takes longer than all the rest.
#[cfg(target_os = "linux")]
fn replace(dir: &Dir, new: &str, old: &str) -> io::Result<()> {
    use rustix::{
        fs::{RenameFlags, renameat_with},
        io::Errno,
    };
    match renameat_with(dir, new, dir, old, RenameFlags::EXCHANGE) {
        Ok(()) => dir.remove_file(new),
        // Not every file system can.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => dir.rename(new, dir, old),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn replace(dir: &Dir, new: &str, old: &str) -> io::Result<()> {
    dir.rename(new, dir, old)
}

impl Change {
    fn put_back(&self) -> io::Result<()> {
        let Some(before) = &self.before else { return self.dir.remove_file(&self.name) };
        self.dir.write(&self.name, &*before.content)?;
        self.dir.set_permissions(&self.name, before.permissions.clone())
    }
}

impl Drop for Commit<'_> {
    /// Tidies up. Nothing can be done about a failure here.
    fn drop(&mut self) {
        for step in self.steps.iter().filter(|step| step.state == State::Staged) {
            let _ = step.change.dir.remove_file(&step.staged);
        }
        for folder in mem::take(&mut self.folders).iter().rev() {
            let _ = self.root.remove_dir(folder);
        }
    }
}
