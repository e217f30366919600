//! One child process, watched without being reaped.
//!
//! The usual wait tells of a process's end and frees its number in one step. Here the two are apart: the end is seen
//! first, then what the process left behind is killed while its number still belongs to it, and only then is it
//! reaped.

use super::tree::Tree;
use crate::{
    Scratch,
    launcher::{Exit, RunningProcess},
};
use async_trait::async_trait;
use orchestrator_core::{ErrorCode, Failure};
use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitId, WaitIdOptions, waitid},
};
use std::{
    io,
    os::unix::process::ExitStatusExt,
    process::Child,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::signal::unix::{SignalKind, signal};

/// How long a killed leader may take to become a zombie before it is left to the system.
const REAPING: Duration = Duration::from_secs(1);

/// A child process with everything that came of it.
pub(super) struct PlainProcess {
    shared: Arc<Shared>,
}

struct Shared {
    leader: Pid,
    tree: Tree,
    state: Mutex<State>,
}

struct State {
    child: Child,
    /// How it ended; set when it was reaped, after which its tree must not be signalled any more.
    exit: Option<Exit>,
    /// Removed when the process is.
    home: Option<Scratch>,
}

impl PlainProcess {
    /// Takes over a child that carries `mark` in its environment.
    pub(super) fn new(child: Child, mark: &str, home: Scratch) -> Self {
        let leader = Pid::from_child(&child);
        let state = Mutex::new(State { child, exit: None, home: Some(home) });
        Self { shared: Arc::new(Shared { leader, tree: Tree::new(leader, mark), state }) }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the leader has ended; everything else is as it was.
    async fn ended(&self) -> io::Result<()> {
        // Listening begins before the first look, so no end comes unheard in between.
        let mut children = signal(SignalKind::child())?;
        while self.state().exit.is_none() && !has_ended(self.leader)? {
            children.recv().await;
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        let state = self.state();
        if state.exit.is_none() {
            self.tree.signal(signal);
        }
    }

    fn kill(&self) {
        let state = self.state();
        if state.exit.is_none() && !self.tree.kill() {
            tracing::warn!(leader = state.child.id(), "what a command started could not be ended in time");
        }
    }

    /// Kills what is left of a tree whose leader has ended or was killed, and reaps the leader.
    fn reap(&self) -> io::Result<Exit> {
        self.kill();
        let mut state = self.state();
        if let Some(exit) = state.exit {
            return Ok(exit);
        }
        let start = Instant::now();
        let status = loop {
            match state.child.try_wait()? {
                Some(status) => break status,
                None if start.elapsed() > REAPING => return Err(io::ErrorKind::TimedOut.into()),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        let exit = Exit { code: status.code(), signal: status.signal(), limit: None };
        state.exit = Some(exit);
        if let Some(Err(error)) = state.home.take().map(Scratch::close) {
            tracing::warn!(%error, "a command's temporary home could not be removed");
        }
        Ok(exit)
    }
}

#[async_trait]
impl RunningProcess for PlainProcess {
    async fn wait(&self) -> Result<Exit, Failure> {
        self.shared.ended().await.map_err(|error| unseen(&error))?;
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.reap())
            .await
            .map_err(io::Error::other)
            .flatten()
            .map_err(|error| unseen(&error))
    }

    fn terminate(&self) {
        self.shared.signal(Signal::TERM);
    }

    fn kill(&self) {
        self.shared.kill();
    }
}

impl Drop for PlainProcess {
    fn drop(&mut self) {
        if let Err(error) = self.shared.reap() {
            tracing::warn!(%error, "a killed command could not be reaped");
        }
    }
}

fn unseen(error: &io::Error) -> Failure {
    Failure::new(ErrorCode::Internal, format!("waiting for a program's end: {error}"))
}

/// Whether a child of this process has ended. Leaves it unreaped.
fn has_ended(pid: Pid) -> rustix::io::Result<bool> {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    match waitid(WaitId::Pid(pid), look) {
        Ok(status) => Ok(status.is_some()),
        // Reaped while nobody looked, so ended.
        Err(Errno::CHILD) => Ok(true),
        Err(error) => Err(error),
    }
}
