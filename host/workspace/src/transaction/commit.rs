//! Committing: what was staged is renamed into place, and put back where a rename fails.

use super::{stage::Transaction, step::Step, sync};
use crate::{error::WorkspaceError, reserved::kept_name};

impl Transaction<'_> {
    /// Does all steps, or none.
    pub(super) fn commit(mut self) -> Result<(), WorkspaceError> {
        // Without this a power cut could leave an empty file under a new name.
        sync::to_disk(self.root(), &self.staged)?;
        for done in 0..self.steps.len() {
            let Some(step) = self.steps.get(done) else { break };
            if let Err(cause) = step.perform(self.root()) {
                return Err(self.put_back(done, cause));
            }
        }
        self.folders.clear();
        // What was renamed is not there any more; what is left are the copies of earlier contents.
        self.staged = self.steps.iter().filter_map(Step::copy).collect();
        Ok(())
    }

    /// Gives an earlier content a name under which it stays, and returns the name that it has then.
    fn keep(&self, backup: String) -> String {
        let folder = backup.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        let kept = format!("{folder}{}", kept_name());
        match self.root().rename(&backup, self.root(), &kept) {
            Ok(()) => kept,
            Err(_) => backup,
        }
    }

    /// Undoes the first `done` steps, last one first.
    fn put_back(&mut self, done: usize, cause: WorkspaceError) -> WorkspaceError {
        for step in self.steps.iter().take(done).rev() {
            if step.undo(&self.workspace.root).is_err() {
                // The copies are all that is left of the earlier contents: they stay.
                self.staged.clear();
                self.folders.clear();
                let (path, backup) = step.names();
                let backup = self.keep(backup);
                return WorkspaceError::HalfDone { cause: cause.to_string(), path, backup };
            }
        }
        cause
    }
}

impl Drop for Transaction<'_> {
    /// Tidies up. Nothing can be done about a failure here, and nothing depends on it: listings leave staged files
    /// out.
    fn drop(&mut self) {
        for staged in &self.staged {
            let _ = self.workspace.root.remove_file(staged);
        }
        for folder in self.folders.iter().rev() {
            let _ = self.workspace.root.remove_dir(folder);
        }
    }
}
