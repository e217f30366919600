//! Runs a completion through the parser into the workspace, and tells those who watch.
//!
//! Each file is written when its end tag has come, so files that are whole stay even when the answer breaks off
//! later. Pieces of content are gathered for a moment before they become an event (see `outbox`).

mod outbox;
#[cfg(test)]
mod tests;

use crate::{
    Refusal,
    artifact::{ArtifactParser, Piece},
    placeholder,
};
use orchestrator_core::{
    CompletionChunk, CompletionEnd, CompletionStream, ErrorCode, EventSink, Failure, FileChange,
    FileChangeKind, RelativePath,
};
use orchestrator_workspace::{Workspace, WorkspaceError, announce};
use outbox::{Channel, Outbox};
use std::sync::Arc;

/// Where a completion's files go.
#[derive(Clone)]
pub struct Target {
    /// The project's files.
    pub workspace: Arc<Workspace>,
    /// Where changes are announced.
    pub events: Arc<dyn EventSink>,
    /// The mark of this run's tags.
    pub nonce: String,
    /// Whether contents are shown as `file_content` events.
    pub stream_output: bool,
}

/// What came of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteReport {
    /// The changes made, in order. A file that was written twice appears twice.
    pub files: Vec<FileChange>,
    /// Files whose end was missing. They are as before.
    pub incomplete: Vec<String>,
    /// What was refused. These files are as before.
    pub refused: Vec<Refusal>,
    /// What the model said outside of files.
    pub prose: String,
    /// How the completion ended.
    pub end: CompletionEnd,
}

/// Reads `completion` to its end and writes the files in it.
///
/// # Errors
/// The completion's own, [`ErrorCode::Internal`] when a file cannot be written, and those of the event sink. Files
/// that were whole by then are written; an open one is announced as discarded.
pub async fn write_completion(
    completion: &mut dyn CompletionStream,
    target: &Target,
) -> Result<WriteReport, Failure> {
    let mut writer = Writer::new(target);
    let read = writer.read(completion).await;
    let settled = writer.settle().await;
    let end = read?;
    settled?;
    let Writer { parser, files, incomplete, refused, .. } = writer;
    Ok(WriteReport { files, incomplete, refused, prose: parser.into_prose(), end })
}

struct Writer {
    workspace: Arc<Workspace>,
    parser: ArtifactParser,
    outbox: Outbox,
    /// The file whose pieces are coming. None while its pieces are to be passed over.
    open: Option<Open>,
    files: Vec<FileChange>,
    incomplete: Vec<String>,
    refused: Vec<Refusal>,
}

struct Open {
    path: RelativePath,
    operation: FileChangeKind,
}

impl Writer {
    fn new(target: &Target) -> Self {
        let Target { workspace, events, nonce, stream_output } = target.clone();
        Self {
            workspace,
            parser: ArtifactParser::new(&nonce),
            outbox: Outbox::new(events, stream_output),
            open: None,
            files: Vec::new(),
            incomplete: Vec::new(),
            refused: Vec::new(),
        }
    }

    async fn read(&mut self, completion: &mut dyn CompletionStream) -> Result<CompletionEnd, Failure> {
        while let Some(chunk) = self.next(completion).await? {
            match chunk {
                CompletionChunk::Thinking(text) => self.outbox.add(Channel::Thinking, &text).await?,
                CompletionChunk::Text(text) => {
                    for piece in self.parser.push(&text) {
                        self.take(piece).await?;
                    }
                }
            }
        }
        completion.end().cloned().ok_or_else(|| {
            Failure::new(
                ErrorCode::Internal,
                "reading a completion: it ended without saying how; report this defect",
            )
        })
    }

    /// The next chunk. What waits to be shown is shown meanwhile, once its time has come.
    async fn next(
        &mut self,
        completion: &mut dyn CompletionStream,
    ) -> Result<Option<CompletionChunk>, Failure> {
        let mut next = completion.next();
        loop {
            tokio::select! {
                biased;
                chunk = &mut next => return chunk,
                () = self.outbox.due() => self.outbox.flush().await?,
            }
        }
    }

    /// Gives up what is open and shows what still waits.
    async fn settle(&mut self) -> Result<(), Failure> {
        for piece in self.parser.finish() {
            self.take(piece).await?;
        }
        self.outbox.flush().await
    }

    async fn take(&mut self, piece: Piece) -> Result<(), Failure> {
        match piece {
            Piece::Opened(path) => self.begin(path).await,
            Piece::Content(text) => match &self.open {
                Some(open) => self.outbox.add(Channel::File(open.path.clone()), &text).await,
                None => Ok(()),
            },
            Piece::Closed { path, content } => match self.open.take() {
                Some(open) => self.write(open, path, content).await,
                None => Ok(()),
            },
            Piece::Incomplete(path) => {
                self.incomplete.push(path.to_string());
                self.discard("its end is missing").await
            }
            Piece::Refused { path, reason } => {
                self.discard(&reason).await?;
                self.refused.push(Refusal::file(path, reason));
                Ok(())
            }
            Piece::Delete(path) => {
                self.announce(&path, FileChangeKind::Delete, None).await?;
                let target = path.clone();
                let done = self.workspace.blocking(move |workspace| workspace.delete(&target)).await;
                self.done(&path, FileChangeKind::Delete, None, done).await
            }
            Piece::Rename { from, to } => {
                self.announce(&to, FileChangeKind::Rename, Some(from.as_str())).await?;
                let (source, target) = (from.clone(), to.clone());
                let done = self.workspace.blocking(move |workspace| workspace.rename(&source, &target)).await;
                self.done(&to, FileChangeKind::Rename, Some(from.as_str()), done).await
            }
        }
    }

    async fn begin(&mut self, path: RelativePath) -> Result<(), Failure> {
        let target = path.clone();
        let operation = match self.workspace.blocking(move |workspace| workspace.exists(&target)).await {
            Ok(true) => FileChangeKind::Modify,
            Ok(false) => FileChangeKind::Create,
            Err(error) if error.is_internal() => return Err(error.into()),
            Err(error) => {
                self.refused.push(Refusal::file(path.as_str(), error.to_string()));
                return Ok(());
            }
        };
        self.announce(&path, operation, None).await?;
        self.open = Some(Open { path, operation });
        Ok(())
    }

    async fn write(&mut self, open: Open, path: RelativePath, content: String) -> Result<(), Failure> {
        let target = path.clone();
        let written = self.workspace.blocking(move |workspace| {
            if let Some(reason) = left_out(workspace, &target, &content)? {
                return Ok(Err(reason));
            }
            workspace.write(&target, content).map(Ok)
        });
        match written.await {
            Ok(Ok(change)) => self.done(&path, open.operation, None, Ok(change)).await,
            Err(error) => self.done(&path, open.operation, None, Err(error)).await,
            Ok(Err(reason)) => {
                self.open = Some(open);
                self.discard(&reason).await?;
                self.refused.push(Refusal::file(path.as_str(), reason));
                Ok(())
            }
        }
    }

    async fn announce(
        &mut self,
        path: &RelativePath,
        kind: FileChangeKind,
        from: Option<&str>,
    ) -> Result<(), Failure> {
        self.outbox.flush().await?;
        announce::started(self.outbox.events(), path.as_str(), kind, from).await
    }

    /// Records and announces what came of a change that was announced as started.
    async fn done(
        &mut self,
        path: &RelativePath,
        kind: FileChangeKind,
        from: Option<&str>,
        outcome: Result<FileChange, WorkspaceError>,
    ) -> Result<(), Failure> {
        self.outbox.flush().await?;
        let error = match outcome {
            Ok(change) => {
                announce::complete(self.outbox.events(), &change).await?;
                self.files.push(change);
                return Ok(());
            }
            Err(error) => error,
        };
        let internal = error.is_internal();
        let failure = Failure::from(error);
        announce::discarded(self.outbox.events(), path.as_str(), kind, from, &failure.message).await?;
        if internal {
            return Err(failure);
        }
        self.refused.push(Refusal::file(path.as_str(), failure.message));
        Ok(())
    }

    /// Takes back what was shown of the open file, if there is one.
    async fn discard(&mut self, reason: &str) -> Result<(), Failure> {
        let Some(Open { path, operation }) = self.open.take() else { return Ok(()) };
        self.outbox.flush().await?;
        announce::discarded(self.outbox.events(), path.as_str(), operation, None, reason).await
    }
}

/// Says which line of a file's new content stands for code that would be lost, if one does.
fn left_out(workspace: &Workspace, path: &RelativePath, new: &str) -> Result<Option<String>, WorkspaceError> {
    let old = match workspace.read_text(path) {
        Ok(old) => old,
        Err(error) if error.is_internal() => return Err(error),
        Err(_) => return Ok(None),
    };
    Ok(placeholder::find(&old, new).map(|(line, text)| {
        format!("line {line}, {text:?}, stands in place of code that would be lost: write the whole file, or send a diff")
    }))
}
