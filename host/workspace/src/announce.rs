//! The events of a file's change, in the one wording that every capability uses.
//!
//! A change is announced three times over: `file_operation` when work on it begins, `file_content` for each piece of
//! what the file then holds, and `file_complete` once it is on the disk. The last is the truth; the others are a preview,
//! and a `file_operation` with the status `discarded` takes them back.
//!
//! Whoever puts the pieces since `file_operation` together has the file at `file_complete`, whether they came one by one
//! while a model wrote or all at once when it was done. So [`complete`] and [`found`] are the ways to say that a file is
//! done, and both see to it that its content has been told. What is no text, and what is larger than
//! [`FILE_MAX`](crate::FILE_MAX), is not told.

use crate::Workspace;
use orchestrator_core::{
    EventKind, EventSink, Failure, FileChange, FileChangeKind, FileContent, FileOperation, NewEvent,
    RelativePath, event::FileOperationStatus,
};
use std::sync::Arc;

/// Most bytes of one `file_content` event.
pub const CONTENT_MAX: usize = 16 * 1024;

/// What stands out about a file in a model's answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remarks {
    /// No tag named it: a fenced block with a path was taken for it.
    pub inferred: bool,
    /// The answer had this file before; the later version counts.
    pub again: bool,
}

/// Says that work on a file began.
///
/// # Errors
/// Those of [`EventSink::emit`].
pub async fn started(
    events: &dyn EventSink,
    path: &str,
    operation: FileChangeKind,
    from: Option<&str>,
) -> Result<(), Failure> {
    started_with(events, path, operation, from, Remarks::default()).await
}

/// Says that work on a file of a model's answer began.
///
/// # Errors
/// Those of [`EventSink::emit`].
pub async fn started_with(
    events: &dyn EventSink,
    path: &str,
    operation: FileChangeKind,
    from: Option<&str>,
    remarks: Remarks,
) -> Result<(), Failure> {
    let verb = match operation {
        FileChangeKind::Create => "Creating",
        FileChangeKind::Modify => "Changing",
        FileChangeKind::Delete => "Deleting",
        FileChangeKind::Rename => "Renaming",
    };
    let again = if remarks.again { " again, as the answer has it twice" } else { "" };
    let inferred = if remarks.inferred { " from a code block" } else { "" };
    let message = match from {
        Some(from) => format!("{verb} {from} to {path}..."),
        None => format!("{verb} {path}{again}{inferred}..."),
    };
    let operation = FileOperation {
        path: path.to_owned(),
        operation,
        status: FileOperationStatus::Started,
        from: from.map(ToOwned::to_owned),
        inferred: remarks.inferred,
    };
    events.emit(NewEvent::new(EventKind::FileOperation(operation), message)).await
}

/// Says that work on a file was given up and the file is as before.
///
/// # Errors
/// Those of [`EventSink::emit`].
pub async fn discarded(
    events: &dyn EventSink,
    path: &str,
    operation: FileChangeKind,
    from: Option<&str>,
    reason: &str,
) -> Result<(), Failure> {
    let message = match operation {
        FileChangeKind::Create => format!("{path} is not written: {reason}"),
        _ => format!("{path} is left as it was: {reason}"),
    };
    let operation = FileOperation {
        path: path.to_owned(),
        operation,
        status: FileOperationStatus::Discarded,
        from: from.map(ToOwned::to_owned),
        inferred: false,
    };
    events.emit(NewEvent::new(EventKind::FileOperation(operation), message)).await
}

/// Shows a piece of a file, in events of at most [`CONTENT_MAX`] bytes.
///
/// # Errors
/// Those of [`EventSink::emit`].
pub async fn content(events: &dyn EventSink, path: &str, text: &str) -> Result<(), Failure> {
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, later) = rest.split_at(rest.floor_char_boundary(CONTENT_MAX));
        let content = FileContent { path: path.to_owned(), chunk: chunk.to_owned() };
        events.emit(NewEvent::new(EventKind::FileContent(content), format!("Writing {path}"))).await?;
        rest = later;
    }
    Ok(())
}

/// Whether a file's content was told while it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// All of it.
    Already,
    /// Nothing of it.
    NotYet,
}

/// Says that a change was made whose beginning was announced, and before that what the file holds now, where that was not
/// told yet.
///
/// # Errors
/// Those of [`EventSink::emit`], and what the disk is to blame for.
pub async fn complete(
    events: &dyn EventSink,
    workspace: &Arc<Workspace>,
    change: &FileChange,
    told: Told,
) -> Result<(), Failure> {
    if told == Told::NotYet
        && let Some(text) = text(workspace, change).await?
    {
        content(events, &change.path, &text).await?;
    }
    done(events, change).await?;
    // In the same breath: a call that is cut off before has told nothing, and the look after it finds the change.
    workspace.announced(change);
    Ok(())
}

/// Says that changes were found that nobody announced: whole files, as far as `most` bytes of content go; of the others
/// only that they are done.
///
/// # Errors
/// Those of [`complete`].
pub async fn found(
    events: &dyn EventSink,
    workspace: &Arc<Workspace>,
    changes: &[FileChange],
    most: u64,
) -> Result<(), Failure> {
    let mut room = most;
    for change in changes {
        let text = if change.size <= room { text(workspace, change).await? } else { None };
        if let Some(text) = text {
            room = room.saturating_sub(change.size);
            started(events, &change.path, change.operation, change.from.as_deref()).await?;
            content(events, &change.path, &text).await?;
        }
        done(events, change).await?;
    }
    Ok(())
}

/// What a file holds after a change; none when there is no file, or nothing to be told of it.
async fn text(workspace: &Arc<Workspace>, change: &FileChange) -> Result<Option<String>, Failure> {
    let (FileChangeKind::Create | FileChangeKind::Modify | FileChangeKind::Rename) = change.operation else {
        return Ok(None);
    };
    let Ok(path) = RelativePath::parse(&change.path) else { return Ok(None) };
    match workspace.blocking(move |workspace| workspace.read_text(&path)).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(_) => Ok(None),
    }
}

async fn done(events: &dyn EventSink, change: &FileChange) -> Result<(), Failure> {
    let path = &change.path;
    let message = match (change.operation, &change.from) {
        (FileChangeKind::Delete, _) => format!("{path} deleted"),
        (FileChangeKind::Rename, Some(from)) => format!("{from} renamed to {path}"),
        _ => format!("{path} complete"),
    };
    events.emit(NewEvent::new(EventKind::FileComplete(change.clone()), message)).await
}
