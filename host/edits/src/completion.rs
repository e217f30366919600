//! Runs a completion through the parser into the workspace, and tells those who watch.
//!
//! Each file is written when its end tag has come, so files that are whole stay even when the answer breaks off
//! later. Pieces of content are gathered for a moment before they become an event (see `outbox`). A file is put
//! together here, up to the parser's limit for one: it is written whole or not at all. A code block that is only taken
//! for a file waits until the answer is over (see `guess`).
//!
//! Only the text of the answer reaches the parser. What the model thinks is shown, and writes nothing.

mod content;
mod excerpt;
mod files;
mod found;
mod guess;
mod outbox;
mod shown;
#[cfg(test)]
mod tests;

use crate::{
    Refusal,
    place::{Place, place},
};
use found::{Found, Prose, gather};
use guess::{Fault, Guess, Guesses};
use orchestrator_artifact::{ArtifactParser, Ending};
use orchestrator_core::{
    CompletionChunk, CompletionEnd, CompletionStream, ErrorCode, EventSink, Failure, FileChange,
    FileChangeKind, RelativePath, StopReason,
};
use orchestrator_workspace::{
    Workspace, announce,
    announce::{Remarks, Told},
    beside_twin,
};
use outbox::{Channel, Outbox};
use shown::ShownBlocks;
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
    /// Whether contents are told while they come, and not once a file is done.
    pub stream_output: bool,
}

/// What came of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteReport {
    /// The files that are as the answer has them, in order. One that was written twice appears twice; one that came just as
    /// it was is among them, and announced as left as it was.
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
    let mut parser = ArtifactParser::new(&target.nonce);
    let mut writer = Writer::new(target);
    let read = writer.read(completion, &mut parser).await;
    let settled = writer.settle(parser, read.as_ref().map_or(Ending::Broken, ending)).await;
    let end = read?;
    settled?;
    let Writer { files, incomplete, refused, prose, .. } = writer;
    Ok(WriteReport { files, incomplete, refused, prose: prose.0, end })
}

fn ending(end: &CompletionEnd) -> Ending {
    match end.stop_reason {
        StopReason::EndTurn | StopReason::StopSequence | StopReason::Refusal => Ending::Whole,
        StopReason::MaxTokens | StopReason::ContextWindow => Ending::Limit,
    }
}

struct Writer {
    workspace: Arc<Workspace>,
    outbox: Outbox,
    /// The file whose pieces are coming. None while its pieces are to be passed over.
    open: Option<Open>,
    guesses: Guesses,
    files: Vec<FileChange>,
    incomplete: Vec<String>,
    refused: Vec<Refusal>,
    shown: ShownBlocks,
    prose: Prose,
}

enum Open {
    /// Between tags.
    File(Content),
    /// A code block that may be a file.
    Guess(Guess),
}

struct Content {
    path: RelativePath,
    operation: FileChangeKind,
    /// What has come of it.
    text: String,
    /// Whether that was told.
    told: Told,
}

impl Writer {
    fn new(target: &Target) -> Self {
        let Target { workspace, events, stream_output, .. } = target.clone();
        Self {
            workspace,
            outbox: Outbox::new(events, stream_output),
            open: None,
            guesses: Guesses::default(),
            files: Vec::new(),
            incomplete: Vec::new(),
            refused: Vec::new(),
            shown: ShownBlocks::default(),
            prose: Prose::default(),
        }
    }

    async fn read(
        &mut self,
        completion: &mut dyn CompletionStream,
        parser: &mut ArtifactParser,
    ) -> Result<CompletionEnd, Failure> {
        let mut found = Vec::new();
        while let Some(chunk) = self.next(completion).await? {
            match chunk {
                CompletionChunk::Thinking(text) => self.outbox.add(Channel::Thinking, &text).await?,
                CompletionChunk::Text(text) => {
                    parser.push(text.as_bytes(), |piece| gather(piece, &mut found, &mut self.prose));
                    for found in found.drain(..) {
                        self.take(found).await?;
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

    /// Gives up what is open, decides about code blocks, and shows what still waits.
    async fn settle(&mut self, parser: ArtifactParser, ending: Ending) -> Result<(), Failure> {
        let mut last = Vec::new();
        parser.finish(ending, |piece| gather(piece, &mut last, &mut self.prose));
        for found in last {
            self.take(found).await?;
        }
        self.settle_guesses().await?;
        self.outbox.flush().await?;
        self.shown.tell(self.outbox.events()).await
    }

    async fn take(&mut self, found: Found) -> Result<(), Failure> {
        match found {
            Found::Opened { path, inferred: true, .. } => {
                self.open = Some(Open::Guess(Guess::new(path)));
                Ok(())
            }
            Found::Opened { path, inferred, again } => {
                self.guesses.tag(&path);
                self.begin(path, Remarks { inferred, again }).await
            }
            Found::Content(text) => match &mut self.open {
                Some(Open::File(file)) => {
                    file.text.push_str(&text);
                    self.outbox.add(Channel::File(file.path.clone()), &text).await
                }
                Some(Open::Guess(_)) => self.guess_goes_on(&text).await,
                None => Ok(()),
            },
            Found::Closed => match self.open.take() {
                Some(Open::File(file)) => self.write(file).await,
                Some(Open::Guess(guess)) => {
                    self.guesses.hold(guess);
                    Ok(())
                }
                None => Ok(()),
            },
            Found::Incomplete { path, cause } => self.give_up(Fault::incomplete(path, &cause)).await,
            Found::Refused { path, reason } => self.give_up(Fault::refused(path, reason)).await,
            Found::Shown(block) => {
                self.shown.add(block);
                Ok(())
            }
            Found::Delete(path) => self.delete(path).await,
            Found::Rename { from, to } => self.rename(from, to).await,
        }
    }

    async fn begin(&mut self, path: RelativePath, remarks: Remarks) -> Result<(), Failure> {
        let target = path.clone();
        let (path, operation) = match self.workspace.blocking(move |workspace| place(workspace, target)).await
        {
            Ok(Place::There(path)) => (path, FileChangeKind::Modify),
            Ok(Place::Free(path)) => (path, FileChangeKind::Create),
            Ok(Place::Beside(twin)) => {
                self.refused.push(Refusal::file(path.as_str(), beside_twin(&path, &twin)));
                return Ok(());
            }
            Err(error) if error.is_internal() => return Err(error.into()),
            Err(error) => {
                self.refused.push(Refusal::file(path.as_str(), error.to_string()));
                return Ok(());
            }
        };
        self.outbox.flush().await?;
        announce::started_with(self.outbox.events(), path.as_str(), operation, None, remarks).await?;
        let told = self.outbox.told();
        self.open = Some(Open::File(Content { path, operation, text: String::new(), told }));
        Ok(())
    }

    /// What is open will not be a file; nothing need be open.
    async fn give_up(&mut self, fault: Fault) -> Result<(), Failure> {
        match self.open.take() {
            Some(Open::Guess(guess)) => {
                self.guesses.hold(guess.with(fault));
                return Ok(());
            }
            Some(Open::File(file)) => self.void(&file.path, file.operation, &fault.reason).await?,
            // A block that was over may turn out to be none.
            None if self.guesses.doubt(&fault) => return Ok(()),
            None => {}
        }
        self.report(fault);
        Ok(())
    }

    fn report(&mut self, fault: Fault) {
        match fault.is_incomplete {
            true => self.incomplete.push(fault.path),
            false => self.refused.push(Refusal::file(fault.path, fault.reason)),
        }
    }
}
