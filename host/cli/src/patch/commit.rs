//! Makes all changes to a folder, or none.
//!
//! New contents are written beside their files first, where a full disk shows itself; then everything gets its place by
//! renaming, and what it takes the place of is kept beside it until all is done. So what was done can be undone by
//! renaming as well, and a file that is put back is the same file. It is not waited for the disk: a power cut is what
//! version control is for here, and waiting would cost more than everything else.
//!
//! What takes the time is the file system and not the processor, so many changes are made by several threads.

use super::{
    error::FolderError,
    step::{Change, Step},
};
use cap_std::fs::Dir;
use orchestrator_core::RelativePath;
use rayon::iter::{IndexedParallelIterator as _, IntoParallelRefMutIterator as _, ParallelIterator as _};
use std::{
    io, mem,
    sync::{Mutex, PoisonError},
};

/// Changes that are worth a thread.
const WORTH_A_THREAD: usize = 16;

/// Changes on their way. What is staged is removed when it goes, and the folders that were made for it.
pub(super) struct Commit<'f> {
    root: &'f Dir,
    /// Folders made on the way, outermost first; removed again unless all is done.
    folders: Vec<String>,
    /// Each is about files that no other is about, so their order does not matter.
    steps: Vec<Step>,
}

impl<'f> Commit<'f> {
    /// Changes in the folder `root`, in which `folders` were made for them.
    pub(super) fn new(root: &'f Dir, folders: Vec<String>, changes: Vec<Change>) -> Self {
        let process = std::process::id();
        let steps =
            changes.into_iter().enumerate().map(|(number, change)| Step::new(process, number, change));
        Self { root, folders, steps: steps.collect() }
    }

    /// Makes all of them.
    ///
    /// # Errors
    /// The first that could not be made. Nothing has changed then, unless it says so.
    pub(super) fn perform(mut self) -> Result<(), FolderError> {
        self.each(Step::stage).map_err(|(path, error)| FolderError::Write(path.to_string(), error))?;
        if let Err((path, error)) = self.each(Step::perform) {
            return Err(self.undo(&path, error));
        }
        self.folders.clear();
        self.settle()
    }

    /// Removes what the changes took the place of, all of it that can be.
    fn settle(&mut self) -> Result<(), FolderError> {
        let left = Mutex::new(None);
        let settle = |step: &mut Step| {
            if let Err(error) = step.settle() {
                let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
                left.get_or_insert(FolderError::LeftOver(step.path().to_string(), error));
            }
            Ok(())
        };
        self.each(settle).map_err(|(path, error)| FolderError::LeftOver(path.to_string(), error))?;
        left.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Does `work` on every step, until one fails.
    fn each(
        &mut self,
        work: impl Fn(&mut Step) -> io::Result<()> + Sync,
    ) -> Result<(), (RelativePath, io::Error)> {
        let work = |step: &mut Step| work(step).map_err(|error| (step.path().clone(), error));
        if self.steps.len() < 2 * WORTH_A_THREAD {
            return self.steps.iter_mut().try_for_each(work);
        }
        self.steps.par_iter_mut().with_min_len(WORTH_A_THREAD).try_for_each(work)
    }

    /// Undoes what was done, as far as that can be.
    fn undo(&mut self, path: &RelativePath, cause: io::Error) -> FolderError {
        let mut left = None;
        for step in &mut self.steps {
            if let Err(why) = step.undo() {
                left = left.or(Some((step.path().to_string(), why)));
            }
        }
        let path = path.to_string();
        match left {
            Some((left, why)) => FolderError::HalfDone { path, cause, left, why },
            None => FolderError::Write(path, cause),
        }
    }
}

impl Drop for Commit<'_> {
    fn drop(&mut self) {
        self.steps.iter().for_each(Step::tidy_up);
        for folder in mem::take(&mut self.folders).iter().rev() {
            // It may have got a file from somebody else meanwhile; then it stays.
            let _ = self.root.remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests;
