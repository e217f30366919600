//! One sandbox at work, and its end.
//!
//! There are two processes of bubblewrap's: the outer one is our child, the inner one is process 1 of the sandbox.
//! When process 1 is killed, the kernel kills everything else in there before that process is gone, whatever session,
//! group or parent it has. So the end of a sandbox is the end of process 1, and it is waited for: only then does a
//! wait return or a drop end.

use super::{cgroup::Cgroup, status::Status};
use crate::{
    Scratch,
    launcher::{Exit, RunningProcess},
    plain::descendants,
};
use async_trait::async_trait;
use orchestrator_core::{ErrorCode, Failure, LimitReached};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal},
};
use std::{
    io,
    os::{fd::OwnedFd, unix::process::ExitStatusExt},
    process::Child,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::io::unix::AsyncFd;

/// How long the end of a killed sandbox may take. Only a process that hangs in the kernel takes longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// What bubblewrap adds to a signal's number to make an exit code of it.
const SIGNALLED: i32 = 128;

/// A sandbox at work.
pub(super) struct SandboxedProcess {
    shared: Arc<Shared>,
}

struct Shared {
    outer: Pid,
    handle: OwnedFd,
    state: Mutex<State>,
}

struct State {
    child: Child,
    status: Status,
    inner: Option<OwnedFd>,
    cgroup: Option<Cgroup>,
    exit: Option<Result<Exit, Failure>>,
    /// Must be there as long as the sandbox is being set up, even if its launcher is gone.
    _stage: Option<Arc<Scratch>>,
}

impl SandboxedProcess {
    pub(super) fn new(
        mut child: Child,
        status: Status,
        cgroup: Option<Cgroup>,
        stage: Option<Arc<Scratch>>,
    ) -> io::Result<Self> {
        let outer = Pid::from_child(&child);
        let handle = match pidfd_open(outer, PidfdFlags::empty()) {
            Ok(handle) => handle,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error.into());
            }
        };
        let state = State { child, status, inner: None, cgroup, exit: None, _stage: stage };
        Ok(Self { shared: Arc::new(Shared { outer, handle, state: Mutex::new(state) }) })
    }
}

impl State {
    /// The sandbox's process 1, once it is there.
    fn inner(&mut self) -> Option<&OwnedFd> {
        if self.inner.is_none() {
            let pid = Pid::from_raw(self.status.child()?)?;
            self.inner = pidfd_open(pid, PidfdFlags::empty()).ok();
        }
        self.inner.as_ref()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kill(&self) {
        let mut state = self.state();
        if state.exit.is_some() {
            return;
        }
        if state.inner().is_none() {
            // It is being set up; nothing of the command's has run yet.
            for pid in descendants(self.outer.as_raw_pid()) {
                signal(pid, Signal::KILL);
            }
        }
        let _ = pidfd_send_signal(&self.handle, Signal::KILL);
        state.empty();
    }

    /// Sees to it that nothing is left, and says how it ended. Blocks.
    fn reap(&self) -> Result<Exit, Failure> {
        let mut state = self.state();
        if let Some(exit) = &state.exit {
            return exit.clone();
        }
        // The outer one goes as soon as the program is through; daemons of it may still be there for a moment.
        state.empty();
        let exit = state.finish();
        drop(state.cgroup.take());
        state.exit.insert(exit).clone()
    }
}

impl State {
    /// Ends everything inside, and waits until it is gone. Blocks.
    fn empty(&mut self) {
        let Some(inner) = self.inner() else { return };
        // It may be gone already.
        let _ = pidfd_send_signal(inner, Signal::KILL);
        if !has_ended(inner) {
            tracing::warn!(sandbox = self.child.id(), "a sandbox could not be ended in time");
        }
    }

    fn finish(&mut self) -> Result<Exit, Failure> {
        let unseen = |error: io::Error| {
            Failure::new(ErrorCode::Internal, format!("waiting for a sandbox's end: {error}"))
        };
        let outer = self.child.wait().map_err(unseen)?;
        let out_of_memory = self.cgroup.as_ref().is_some_and(Cgroup::ran_out_of_memory);
        let memory = out_of_memory.then_some(LimitReached::Memory);
        match self.status.exit_code() {
            Some(code) => {
                let signal = code.checked_sub(SIGNALLED).filter(|signal| (1..=64).contains(signal));
                let cpu = (signal == Some(Signal::XCPU.as_raw())).then_some(LimitReached::Cpu);
                let code = (signal.is_none()).then_some(code);
                Ok(Exit { code, signal, limit: memory.filter(|_| signal.is_some()).or(cpu) })
            }
            None if outer.signal().is_some() => {
                Ok(Exit { code: None, signal: outer.signal(), limit: memory })
            }
            None => Err(Failure::new(
                ErrorCode::Internal,
                "the sandbox could not be set up, so the program did not run; what bubblewrap printed is in the \
                 output, and /health says what the last check found",
            )),
        }
    }
}

#[async_trait]
impl RunningProcess for SandboxedProcess {
    async fn wait(&self) -> Result<Exit, Failure> {
        let unseen = |error: io::Error| {
            Failure::new(ErrorCode::Internal, format!("waiting for a sandbox's end: {error}"))
        };
        if self.shared.state().exit.is_none() {
            let handle = self.shared.handle.try_clone().map_err(unseen)?;
            // SAFETY: the handle is owned, gives the same number each time, and is closed only after it is let go.
            let handle = unsafe { AsyncFd::register(handle) }.map_err(|error| unseen(error.into()))?;
            drop(handle.readable().await.map_err(unseen)?);
        }
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.reap())
            .await
            .unwrap_or_else(|error| Err(unseen(io::Error::other(error))))
    }

    fn terminate(&self) {
        let mut state = self.shared.state();
        if state.exit.is_some() || state.inner().is_none() {
            return;
        }
        // Process 1 is bubblewrap's own and dies by any signal, taking all others along before they can tidy up.
        let Some(first) = state.status.child() else { return };
        for pid in descendants(first) {
            signal(pid, Signal::TERM);
        }
    }

    fn kill(&self) {
        self.shared.kill();
    }
}

impl Drop for SandboxedProcess {
    fn drop(&mut self) {
        self.shared.kill();
        if let Err(failure) = self.shared.reap() {
            tracing::debug!(error = failure.message, "a sandbox ended before its program ran");
        }
    }
}

/// Sends a signal to one process, which may be gone already.
fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, signal);
    }
}

/// Waits until a process is gone; says whether it is.
fn has_ended(process: &OwnedFd) -> bool {
    let patience = Timespec::try_from(PATIENCE).ok();
    let mut waited = [PollFd::new(process, PollFlags::IN)];
    poll(&mut waited, patience.as_ref()).is_ok_and(|ended| ended > 0)
}
