//! Work on a project's files on threads that may wait for the disk, and its end.
//!
//! Dropping a future does not end the thread that works for it. A call that is cut off would leave work behind, and what
//! it writes would land in a project that is somebody else's by then. Two things keep it from that. Work is told when
//! nobody waits for it any more: it looks often, and it commits nothing then. And whoever ends a call waits until nothing
//! of it is left ([`Workspace::settled`]) before the project is looked at, or given to the next.

use crate::{error::WorkspaceError, workspace::Workspace};
use std::sync::Arc;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Keeps [`Workspace::settled`] waiting for as long as it, or a clone, is there.
#[derive(Debug, Clone)]
pub struct AtWork(#[expect(dead_code, reason = "it is there to be dropped")] TaskTrackerToken);

impl Workspace {
    /// Does `work` on a thread that may wait for the disk, for callers that are async. Dropping the future has the work
    /// end with [`WorkspaceError::Over`] as soon as it looks, before it commits anything.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, WorkspaceError> {
        self.blocking_as(work).await
    }

    /// As [`Workspace::blocking`], of work that can fail in other ways as well.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn blocking_as<T: Send + 'static, E: From<WorkspaceError> + Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let job = self.job();
        let _over = job.over.clone().drop_guard();
        let at_work = self.at_work();
        let done = tokio::task::spawn_blocking(move || {
            let done = job.check().map_err(E::from).and_then(|()| work(&job));
            drop(at_work);
            done
        });
        match done.await {
            Ok(done) => done,
            Err(error) => {
                Err(WorkspaceError::io("working in", &self.folder().to_string_lossy(), error.into()).into())
            }
        }
    }

    /// Waits until no work that was begun by [`Workspace::blocking`], and nothing else that holds an [`AtWork`], is left.
    pub async fn settled(&self) {
        self.jobs.wait().await;
    }

    /// For work on the files that is done elsewhere.
    #[must_use]
    pub fn at_work(&self) -> AtWork {
        AtWork(self.jobs.token())
    }

    /// Ends work for which nobody waits any more. Long work asks often.
    ///
    /// # Errors
    /// [`WorkspaceError::Over`] then.
    pub fn check(&self) -> Result<(), WorkspaceError> {
        match self.over.is_cancelled() {
            true => Err(WorkspaceError::Over),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Workspace, WorkspaceError};
    use orchestrator_core::{ProjectId, RelativePath};
    use std::{
        future::Future,
        sync::{Arc, mpsc},
        task::{Context, Waker},
    };

    struct Scene {
        _folder: tempfile::TempDir,
        workspace: Arc<Workspace>,
        path: RelativePath,
    }

    fn scene() -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let project = ProjectId::new("p").expect("an id");
        let workspace = Arc::new(Workspace::open(folder.path(), &project).expect("a workspace"));
        Scene { _folder: folder, workspace, path: RelativePath::parse("a.js").expect("a path") }
    }

    /// Begins the work, waits until it is under way, and leaves it.
    fn begin_and_leave<T>(work: impl Future<Output = T>, under_way: &mpsc::Receiver<()>) {
        let mut work = Box::pin(work);
        assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        under_way.recv().expect("the work begins");
    }

    #[tokio::test]
    async fn work_that_was_left_commits_nothing_and_is_waited_for() {
        let Scene { _folder, workspace, path } = scene();
        let (begun, under_way) = mpsc::channel();
        let (go_on, gate) = mpsc::channel();
        let (told, outcome) = mpsc::channel();
        let target = path.clone();
        let work = workspace.blocking(move |workspace| {
            begun.send(()).expect("somebody listens");
            gate.recv().expect("it is let go on");
            let written = workspace.write(&target, "late");
            told.send(matches!(written, Err(WorkspaceError::Over))).expect("somebody listens");
            written
        });
        begin_and_leave(work, &under_way);

        let mut settled = Box::pin(workspace.settled());
        assert!(settled.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        go_on.send(()).expect("it waits");
        settled.await;
        assert!(outcome.try_recv().expect("it is through"), "it was refused");
        assert!(!workspace.exists(&path).expect("a look"));
        // What comes after is not over.
        workspace.blocking(move |workspace| workspace.write(&path, "1")).await.expect("written");
    }

    #[tokio::test]
    async fn a_long_look_ends_when_nobody_waits_for_it() {
        let Scene { _folder, workspace, path } = scene();
        workspace.write(&path, "1").expect("written");
        let (begun, under_way) = mpsc::channel();
        let (go_on, gate) = mpsc::channel();
        let (told, outcome) = mpsc::channel();
        let work = workspace.blocking(move |workspace| {
            begun.send(()).expect("somebody listens");
            gate.recv().expect("it is let go on");
            let looked = [
                workspace.list().map(drop),
                workspace.survey(&Default::default()).map(drop),
                workspace.digest(&path).map(drop),
            ];
            told.send(looked.map(|look| matches!(look, Err(WorkspaceError::Over))))
                .expect("somebody listens");
            Ok(())
        });
        begin_and_leave(work, &under_way);
        go_on.send(()).expect("it waits");
        workspace.settled().await;
        assert_eq!(outcome.try_recv(), Ok([true; 3]));
    }
}
