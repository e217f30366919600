//! Files and changes on their way to the disk, and the events of each.

use super::{
    Content, Writer,
    content::foreign,
    excerpt::{EXCERPT, is_excerpt},
};
use crate::{
    Refusal,
    place::{Place, place},
};
use orchestrator_answer::{around, omission};
use orchestrator_core::{Failure, FileChange, FileChangeKind, RelativePath};
use orchestrator_patch::{breaks, unsound};
use orchestrator_workspace::{Workspace, WorkspaceError, announce, announce::Told, beside_twin};

impl Writer {
    pub(super) async fn write(&mut self, file: Content) -> Result<(), Failure> {
        let Content { path, operation, text, told } = file;
        let target = path.clone();
        // What the answer has of it already is what is there.
        let again = self.files.iter().any(|file| file.path == path.as_str());
        match self.workspace.blocking(move |workspace| write(workspace, &target, text, again)).await {
            Ok(Written::New(change)) => self.complete(change, told).await,
            Ok(Written::Less(change)) => {
                // What was told of it had a tag too many: it is told again.
                if told == Told::Already {
                    self.announce(&path, operation, None).await?;
                }
                self.complete(change, Told::NotYet).await
            }
            Ok(Written::Same(file)) => self.stays(&path, operation, file).await,
            Ok(Written::Refused(reason)) => {
                self.void(&path, operation, &reason).await?;
                self.refused.push(Refusal::file(path.as_str(), reason));
                Ok(())
            }
            Err(error) => self.failed(&path, operation, None, error).await,
        }
    }

    /// A file came just as it is. It is one of the answer's, and no change: what was shown of it is taken back.
    async fn stays(
        &mut self,
        path: &RelativePath,
        operation: FileChangeKind,
        file: FileChange,
    ) -> Result<(), Failure> {
        self.void(path, operation, "it came just as it is, so nothing changes").await?;
        self.files.push(file);
        Ok(())
    }

    pub(super) async fn delete(&mut self, path: RelativePath) -> Result<(), Failure> {
        self.guesses.tag(&path);
        let path = self.there(path).await?;
        self.announce(&path, FileChangeKind::Delete, None).await?;
        let target = path.clone();
        let done = self.workspace.blocking(move |workspace| workspace.delete(&target)).await;
        self.done(&path, FileChangeKind::Delete, None, done).await
    }

    pub(super) async fn rename(&mut self, from: RelativePath, to: RelativePath) -> Result<(), Failure> {
        self.guesses.tag(&from);
        self.guesses.tag(&to);
        let from = self.there(from).await?;
        let target = to.clone();
        let place = self.workspace.blocking(move |workspace| place(workspace, target)).await;
        // A file that gets the name in another case moves away itself.
        if let Ok(Place::Beside(twin)) = place
            && twin != from
        {
            self.refused.push(Refusal::file(to.as_str(), beside_twin(&to, &twin)));
            return Ok(());
        }
        self.announce(&to, FileChangeKind::Rename, Some(from.as_str())).await?;
        let (source, target) = (from.clone(), to.clone());
        let done = self.workspace.blocking(move |workspace| workspace.rename(&source, &target)).await;
        self.done(&to, FileChangeKind::Rename, Some(from.as_str()), done).await
    }

    /// The path by which the file is there, where it looks like this one; this one otherwise.
    async fn there(&self, path: RelativePath) -> Result<RelativePath, Failure> {
        let target = path.clone();
        let place = self.workspace.blocking(move |workspace| place(workspace, target)).await;
        Ok(match place {
            Ok(Place::There(path)) => path,
            Err(error) if error.is_internal() => return Err(error.into()),
            // What is wrong with it is said by what is about to be done with it.
            _ => path,
        })
    }

    pub(super) async fn announce(
        &mut self,
        path: &RelativePath,
        kind: FileChangeKind,
        from: Option<&str>,
    ) -> Result<(), Failure> {
        self.outbox.flush().await?;
        announce::started(self.outbox.events(), path.as_str(), kind, from).await
    }

    /// Records and announces what came of a change that was announced as started.
    pub(super) async fn done(
        &mut self,
        path: &RelativePath,
        kind: FileChangeKind,
        from: Option<&str>,
        outcome: Result<FileChange, WorkspaceError>,
    ) -> Result<(), Failure> {
        match outcome {
            Ok(change) => self.complete(change, Told::NotYet).await,
            Err(error) => self.failed(path, kind, from, error).await,
        }
    }

    async fn complete(&mut self, change: FileChange, told: Told) -> Result<(), Failure> {
        self.outbox.flush().await?;
        announce::complete(self.outbox.events(), &self.workspace, &change, told).await?;
        self.files.push(change);
        Ok(())
    }

    async fn failed(
        &mut self,
        path: &RelativePath,
        kind: FileChangeKind,
        from: Option<&str>,
        error: WorkspaceError,
    ) -> Result<(), Failure> {
        self.outbox.flush().await?;
        let internal = error.is_internal();
        let failure = Failure::from(error);
        announce::discarded(self.outbox.events(), path.as_str(), kind, from, &failure.message).await?;
        if internal {
            return Err(failure);
        }
        self.refused.push(Refusal::file(path.as_str(), failure.message));
        Ok(())
    }

    /// Takes back what was shown of a file.
    pub(super) async fn void(
        &mut self,
        path: &RelativePath,
        operation: FileChangeKind,
        reason: &str,
    ) -> Result<(), Failure> {
        self.outbox.flush().await?;
        announce::discarded(self.outbox.events(), path.as_str(), operation, None, reason).await
    }
}

/// What became of a whole file.
enum Written {
    /// It is new, or other than before.
    New(FileChange),
    /// The same, without tags at its ends that came with it and are not the file's.
    Less(FileChange),
    /// It is as it was.
    Same(FileChange),
    /// It was not written, for this reason.
    Refused(String),
}

fn write(
    workspace: &Workspace,
    path: &RelativePath,
    new: String,
    again: bool,
) -> Result<Written, WorkspaceError> {
    let old = match workspace.read(path) {
        Ok(old) => Some(old),
        Err(error) if error.is_internal() => return Err(error),
        Err(_) => None,
    };
    let before = old.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let own = around::own(path.as_str(), &before, &new).map(str::to_owned);
    let is_less = own.is_some();
    let new = own.unwrap_or(new);
    if again && is_excerpt(&before, &new) {
        return Ok(Written::Refused(EXCERPT.to_owned()));
    }
    if let Some(reason) = spoiled(path, old.as_deref(), &new) {
        return Ok(Written::Refused(reason));
    }
    let is_same = old.is_some_and(|old| old == new.as_bytes());
    let change = workspace.write(path, new)?;
    Ok(match (is_same, is_less) {
        (true, _) => Written::Same(change),
        (false, true) => Written::Less(change),
        (false, false) => Written::New(change),
    })
}

/// Says why what came is no content for the file: because it is none of a file, or because of what one that is there would
/// lose by it, which is code that a line only stands for, or being JSON, TOML or YAML. A new one has to be JSON or TOML, too.
fn spoiled(path: &RelativePath, old: Option<&[u8]>, new: &str) -> Option<String> {
    let text = old.map(String::from_utf8_lossy);
    if let Some(reason) = foreign(path.as_str(), text.as_deref(), new) {
        return Some(reason);
    }
    let Some(old) = old else {
        return unsound(path.as_str(), new.as_bytes())
            .map(|reason| format!("{reason}: write the whole file again"));
    };
    let old = std::str::from_utf8(old).ok()?;
    if let Some(omission) = omission::find(path.as_str(), old, new) {
        return Some(format!("{omission}. Write the whole file, or send a diff"));
    }
    let broken = breaks(path.as_str(), old.as_bytes(), new.as_bytes())?;
    Some(format!("{broken}: write the whole file again"))
}
