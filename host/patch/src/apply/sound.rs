//! Files of data that were sound stay sound, or nothing changes.

use super::work::Work;
use crate::{
    files::{Files, ReadError},
    syntax,
};

impl<F: Files> Work<'_, F> {
    /// Refuses what would break a file, and forgets what leaves one as it is. Looks at what each file was before all of the
    /// patch and would be after it: in between a series of patches may leave it broken, and the last may undo the first.
    pub(super) fn judge_results(&mut self) -> Result<(), F::Error> {
        let mut refused = Vec::new();
        let mut same = Vec::new();
        for (path, changed) in &self.changed {
            self.files.go_on()?;
            let Some(after) = changed.content.as_ref().filter(|_| changed.differs) else { continue };
            let before = match self.files.read(changed.from.as_ref().unwrap_or(path)) {
                Ok(Some(before)) => before,
                Ok(None) | Err(ReadError::Refused(_) | ReadError::Folder(_)) => continue,
                Err(ReadError::Failed(error)) => return Err(error),
            };
            if before == *after && changed.from.is_none() {
                same.push(path.clone());
            }
            if let Some(broken) = syntax::breaks(path.as_str(), &before, after) {
                refused.push((path.to_string(), broken.to_string()));
            }
        }
        self.changed.retain(|path, _| !same.contains(path));
        for (path, reason) in refused {
            self.refuse(&path, reason);
        }
        Ok(())
    }
}
