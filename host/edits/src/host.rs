//! What a plugin sees of edits: the interface `edits` of the contract.

mod report;

use crate::{
    Refusal,
    completion::{Target, WriteReport, write_completion},
    patched::{Patched, apply_diff, apply_replacements},
};
use orchestrator_artifact::artifact_format;
use orchestrator_contract::{
    convert::{into_completion_end, into_file_change},
    edits::{self, Host},
    into_error,
    model::Completion,
    types,
};
use orchestrator_core::{EventSink, Failure, FileChange, Grant, OpenCompletion, RelativePath};
use orchestrator_patch::replacement_format;
use orchestrator_workspace::{Workspace, WorkspaceError, announce, announce::Told};
use report::into_patch_report;
use std::{fmt, sync::Arc};
use wasmtime::component::{Resource, ResourceTable};

/// What one call of a plugin may do with a model's text; dropped with the call's store.
pub struct EditsCall {
    /// Permission to write files.
    pub grant: Grant,
    /// The project's files.
    pub workspace: Arc<Workspace>,
    /// Where changes are announced.
    pub events: Arc<dyn EventSink>,
    /// The mark of this run's tags.
    pub nonce: String,
    /// Whether contents of a completion are told while they come, and not once a file is done.
    pub stream_output: bool,
}

impl fmt::Debug for EditsCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditsCall").field("grant", &self.grant).finish_non_exhaustive()
    }
}

/// The call, borrowed from the store while the guest is inside of it.
#[derive(Debug)]
pub struct EditsView<'a> {
    /// The call.
    pub call: &'a mut EditsCall,
    /// Where completions are found.
    pub table: &'a mut ResourceTable,
}

/// Tells the linker what [`EditsView`] belongs to.
#[derive(Debug, Clone, Copy)]
pub struct EditsRoom;

impl wasmtime::component::HasData for EditsRoom {
    type Data<'a> = EditsView<'a>;
}

impl EditsCall {
    async fn write(&self, mut completion: OpenCompletion) -> Result<WriteReport, Failure> {
        let target = Target {
            workspace: Arc::clone(&self.workspace),
            events: Arc::clone(&self.events),
            nonce: self.nonce.clone(),
            stream_output: self.stream_output,
        };
        write_completion(completion.0.as_mut(), &target).await
    }

    /// Applies a patch and announces what it changed.
    async fn patch(
        &self,
        apply: impl FnOnce(&Workspace) -> Result<Patched, WorkspaceError> + Send + 'static,
    ) -> Result<Patched, Failure> {
        self.grant.check()?;
        let patched = self.workspace.blocking(apply).await?;
        for change in &patched.changes {
            self.announce(change).await?;
        }
        Ok(patched)
    }

    /// A patch is applied as a whole before anything is told of it, so a file's three kinds of events come at once.
    async fn announce(&self, change: &FileChange) -> Result<(), Failure> {
        let events = &*self.events;
        announce::started(events, &change.path, change.operation, change.from.as_deref()).await?;
        announce::complete(events, &self.workspace, change, Told::NotYet).await
    }
}

impl Host for EditsView<'_> {
    async fn artifact_format(&mut self) -> wasmtime::Result<String> {
        Ok(artifact_format(&self.call.nonce))
    }

    async fn write_completion(
        &mut self,
        completion: Resource<Completion>,
    ) -> wasmtime::Result<Result<edits::WriteReport, types::Error>> {
        // The contract hands the completion over, granted or not: it ends here either way.
        let completion = self.table.delete(Resource::<OpenCompletion>::new_own(completion.rep()))?;
        if let Err(denied) = self.call.grant.check() {
            return Ok(Err(into_error(denied)));
        }
        Ok(self.call.write(completion).await.map(into_write_report).map_err(into_error))
    }

    async fn apply_diff(
        &mut self,
        diff: String,
        target: Option<String>,
    ) -> wasmtime::Result<Result<edits::PatchReport, types::Error>> {
        let target = match target.as_deref().map(RelativePath::parse).transpose() {
            Ok(target) => target,
            Err(reason) => {
                let path = target.unwrap_or_default();
                return Ok(Err(into_error(WorkspaceError::Path { path, reason }.into())));
            }
        };
        let patched = self.call.patch(move |workspace| apply_diff(workspace, &diff, target)).await;
        Ok(patched.map(into_patch_report).map_err(into_error))
    }

    async fn replacement_format(&mut self) -> wasmtime::Result<String> {
        Ok(replacement_format().to_owned())
    }

    async fn apply_replacements(
        &mut self,
        text: String,
    ) -> wasmtime::Result<Result<edits::PatchReport, types::Error>> {
        let patched = self.call.patch(move |workspace| apply_replacements(workspace, &text)).await;
        Ok(patched.map(into_patch_report).map_err(into_error))
    }
}

fn into_write_report(report: WriteReport) -> edits::WriteReport {
    edits::WriteReport {
        files: report.files.into_iter().map(into_file_change).collect(),
        incomplete: report.incomplete,
        refused: report.refused.into_iter().map(into_refusal).collect(),
        prose: report.prose,
        end: into_completion_end(&report.end),
    }
}

fn into_refusal(refusal: Refusal) -> edits::Refusal {
    edits::Refusal { path: refusal.path, reason: refusal.reason }
}

#[cfg(test)]
mod tests;
