//! A run's snapshots: before and after each step, also one that was cut off, and one at an end that cut the run itself
//! off in the middle of a step.
//!
//! What was after one step is before the next: nothing of the run is at work in between, so the snapshot is taken once
//! and told twice. The price: what somebody else changes within [`FRESH`] of it is found by the next one, after the step.
//! A step that begins later, after a pause or a slow condition, looks for itself.
//!
//! What a snapshot finds and nobody announced becomes events as well: a guest that writes through its preopened folder,
//! a command that writes a lock file. A file is a file, whoever wrote it. A snapshot that cannot be taken costs the run
//! nothing but a notice.

use orchestrator_core::{
    EventKind, EventSink, Failure, FileChange, NewEvent, ProjectId, RunId,
    event::{Moment, Status},
};
use orchestrator_snapshots::{Cause, Snapshots, Taken};
use orchestrator_workspace::{Survey, Workspace, WorkspaceError, announce};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Label of the notice that a snapshot could not be taken.
const NOT_TAKEN: &str = "snapshot_failed";
/// Most bytes of files that nobody announced that are told with their content, on one side of a step. A command may have
/// built any number of them, and the journal keeps what is told.
const FOUND_MAX: u64 = 4 << 20;
/// How long a snapshot stands for what the files are, while the run does nothing.
const FRESH: Duration = Duration::from_millis(50);

/// Records the files of one run's project.
pub(crate) struct Recording {
    snapshots: Arc<Snapshots>,
    workspace: Arc<Workspace>,
    project: ProjectId,
    run_id: RunId,
    /// What people know of the files: what was there when the last look was told.
    known: Mutex<Option<Arc<Survey>>>,
    /// The snapshot after the last step, and when it was taken.
    last: Mutex<Option<(Recorded, Instant)>>,
}

/// What is told of a snapshot.
#[derive(Clone)]
struct Recorded {
    id: String,
    files: u64,
}

impl Recording {
    pub(crate) fn new(
        snapshots: Arc<Snapshots>,
        workspace: Arc<Workspace>,
        project: ProjectId,
        run_id: RunId,
    ) -> Self {
        Self { snapshots, workspace, project, run_id, known: Mutex::default(), last: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Survey>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> MutexGuard<'_, Option<(Recorded, Instant)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the files on one side of a step, and tells of it and of what nobody announced.
    pub(crate) async fn step(
        &self,
        events: &Arc<dyn EventSink>,
        step: &str,
        attempt: u32,
        moment: Moment,
    ) -> Result<(), Failure> {
        // What a call leaves behind that was cut off must not come after the look at what it left.
        self.workspace.settled().await;
        let fresh = self.last().take().filter(|(_, taken)| taken.elapsed() < FRESH);
        if let (Moment::Before, Some((recorded, _))) = (moment, fresh) {
            return events.emit(told(recorded, moment)).await;
        }
        let cause = Cause::Step { run_id: self.run_id, step: step.to_owned(), attempt, moment };
        let taken = Instant::now();
        let (unannounced, event) = match self.take(cause).await {
            Ok(Taken { snapshot, unannounced, .. }) => {
                let recorded = Recorded { id: snapshot.id, files: snapshot.files };
                if moment == Moment::After {
                    *self.last() = Some((recorded.clone(), taken));
                }
                (unannounced, told(recorded, moment))
            }
            Err(error) => {
                let unannounced = self.look().await?;
                let message =
                    format!("The files could not be recorded, and this moment cannot be restored: {error}");
                let status = Status::Notice { code: NOT_TAKEN.into() };
                (unannounced, NewEvent::new(EventKind::Status(status), message))
            }
        };
        announce::found(&**events, &self.workspace, &unannounced, FOUND_MAX).await?;
        events.emit(event).await
    }

    /// Records the files as a run leaves them that could not go on: its last step may have no snapshot after it.
    pub(crate) async fn end(&self) {
        self.workspace.settled().await;
        if let Err(error) = self.take(Cause::RunEnded { run_id: self.run_id }).await {
            tracing::warn!(run_id = %self.run_id, %error, "the files could not be recorded at the end of the run");
        }
    }

    async fn take(&self, cause: Cause) -> Result<Taken, Failure> {
        let snapshots = Arc::clone(&self.snapshots);
        let (project, since) = (self.project.clone(), self.known().clone());
        let take = move |workspace: &Workspace| snapshots.take(&project, workspace, cause, since.as_deref());
        let taken = self.workspace.blocking_as(take).await?;
        *self.known() = Some(Arc::clone(&taken.survey));
        Ok(taken)
    }

    /// Looks for what nobody announced, without recording anything.
    async fn look(&self) -> Result<Vec<FileChange>, Failure> {
        let Some(since) = self.known().clone() else { return Ok(Vec::new()) };
        let look = self.workspace.blocking(move |workspace| workspace.survey_since(&since)).await;
        match look {
            Ok((survey, changes)) => {
                *self.known() = Some(Arc::new(survey));
                Ok(changes)
            }
            // The notice says so already.
            Err(WorkspaceError::TooManyFiles | WorkspaceError::TooMuchToRead) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

fn told(Recorded { id, files }: Recorded, moment: Moment) -> NewEvent {
    let message = format!("Recorded {files} files {} the step", side(moment));
    NewEvent::new(EventKind::Status(Status::SnapshotTaken { snapshot: id, moment, files }), message)
}

fn side(moment: Moment) -> &'static str {
    match moment {
        Moment::Before => "before",
        Moment::After => "after",
    }
}

#[cfg(test)]
mod tests;
