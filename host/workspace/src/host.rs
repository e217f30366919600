//! What a plugin sees of the workspace: the interface `workspace` of the contract.
//!
//! Each call runs on a thread that may wait for the disk (see [`Workspace::blocking`]). When a call is cut off in the
//! middle, its change is whole or not made. One that was made and not announced by then is found by the look at the
//! project after each call of a plugin.

use crate::{announce, announce::Told, error::WorkspaceError, workspace::Workspace};
use orchestrator_contract::{
    convert::into_file_change,
    into_error, types,
    workspace::{Entry, Host},
};
use orchestrator_core::{EventSink, Failure, FileChange, FileChangeKind, Grant, RelativePath};
use std::{fmt, sync::Arc};

/// What one call of a plugin may do with the project's files; dropped with the call's store.
pub struct WorkspaceCall {
    /// Permission to read. A grant to write includes it.
    pub read: Grant,
    /// Permission to write.
    pub write: Grant,
    /// The project's files.
    pub workspace: Arc<Workspace>,
    /// Where changes are announced.
    pub events: Arc<dyn EventSink>,
}

impl fmt::Debug for WorkspaceCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkspaceCall")
            .field("read", &self.read)
            .field("write", &self.write)
            .finish_non_exhaustive()
    }
}

/// The call, borrowed from the store while the guest is inside of it.
#[derive(Debug)]
pub struct WorkspaceView<'a> {
    /// The call.
    pub call: &'a mut WorkspaceCall,
}

/// Tells the linker what [`WorkspaceView`] belongs to.
#[derive(Debug, Clone, Copy)]
pub struct WorkspaceRoom;

impl wasmtime::component::HasData for WorkspaceRoom {
    type Data<'a> = WorkspaceView<'a>;
}

impl WorkspaceCall {
    fn check_read(&self) -> Result<(), Failure> {
        match self.write.granted {
            true => Ok(()),
            false => self.read.check(),
        }
    }

    async fn list(&self) -> Result<Vec<Entry>, Failure> {
        self.check_read()?;
        let files = self.workspace.blocking(Workspace::list).await?;
        Ok(files.into_iter().map(|file| Entry { path: file.path.to_string(), size: file.size }).collect())
    }

    async fn read(&self, path: &str) -> Result<String, Failure> {
        self.check_read()?;
        let path = parse(path)?;
        Ok(self.workspace.blocking(move |workspace| workspace.read_text(&path)).await?)
    }

    async fn write(&self, path: &str, content: String) -> Result<FileChange, Failure> {
        self.write.check()?;
        let path = parse(path)?;
        let target = path.clone();
        let exists = self.workspace.blocking(move |workspace| workspace.exists(&target)).await?;
        let operation = if exists { FileChangeKind::Modify } else { FileChangeKind::Create };
        announce::started(&*self.events, path.as_str(), operation, None).await?;
        let target = path.clone();
        let written = self.workspace.blocking(move |workspace| workspace.write(&target, content)).await;
        self.settle(&path, operation, written).await
    }

    async fn delete(&self, path: &str) -> Result<FileChange, Failure> {
        self.write.check()?;
        let path = parse(path)?;
        announce::started(&*self.events, path.as_str(), FileChangeKind::Delete, None).await?;
        let target = path.clone();
        let deleted = self.workspace.blocking(move |workspace| workspace.delete(&target)).await;
        self.settle(&path, FileChangeKind::Delete, deleted).await
    }

    /// Announces what came of a change that was announced as started.
    async fn settle(
        &self,
        path: &RelativePath,
        operation: FileChangeKind,
        outcome: Result<FileChange, WorkspaceError>,
    ) -> Result<FileChange, Failure> {
        match outcome {
            Ok(change) => {
                announce::complete(&*self.events, &self.workspace, &change, Told::NotYet).await?;
                Ok(change)
            }
            Err(error) => {
                let failure = Failure::from(error);
                announce::discarded(&*self.events, path.as_str(), operation, None, &failure.message).await?;
                Err(failure)
            }
        }
    }
}

fn parse(path: &str) -> Result<RelativePath, WorkspaceError> {
    RelativePath::parse(path).map_err(|reason| WorkspaceError::Path { path: path.to_owned(), reason })
}

impl Host for WorkspaceView<'_> {
    async fn list_files(&mut self) -> wasmtime::Result<Result<Vec<Entry>, types::Error>> {
        Ok(self.call.list().await.map_err(into_error))
    }

    async fn read_file(&mut self, path: String) -> wasmtime::Result<Result<String, types::Error>> {
        Ok(self.call.read(&path).await.map_err(into_error))
    }

    async fn write_file(
        &mut self,
        path: String,
        content: String,
    ) -> wasmtime::Result<Result<types::FileChange, types::Error>> {
        Ok(self.call.write(&path, content).await.map(into_file_change).map_err(into_error))
    }

    async fn delete_file(
        &mut self,
        path: String,
    ) -> wasmtime::Result<Result<types::FileChange, types::Error>> {
        Ok(self.call.delete(&path).await.map(into_file_change).map_err(into_error))
    }
}
