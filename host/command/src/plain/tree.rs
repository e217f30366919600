//! A program and everything that came of it, found and ended.
//!
//! Each program leads a session and a process group of its own, which takes ordinary children along. A child that
//! leaves them (`setsid`, a daemon's double fork) is found in three further ways: it descends from a known one, it
//! still is in the session, or its environment carries the mark that every program is started with and that children
//! inherit. Two other ways were weighed and left: making this process the reaper of all orphans changes it for
//! whatever else lives in it, and the death signal of Linux hangs on the thread that started a program and reaches
//! only the first child.
//!
//! The limit: a process that forks away, leaves the session *and* clears its environment is not found. Only a
//! sandbox with process ids of its own catches that one.
//!
//! The leader must not be reaped before its tree is gone: as long as it is a zombie, its number cannot be given to a
//! stranger. Others are signalled through a handle on the process, taken before the last look at its start time, so
//! a number that was given anew meanwhile is left alone.

use super::search::Search;
use rustix::process::{Pid, Signal, kill_process_group};
use std::time::{Duration, Instant};

/// How long the end of all may take. Only a process that hangs in the kernel takes longer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// A program and everything that came of it.
#[derive(Debug)]
pub(super) struct Tree {
    leader: Pid,
    others: Search,
}

impl Tree {
    /// The tree of a process that was just started and not yet reaped, with the mark in its environment.
    pub(super) fn new(leader: Pid, mark: &str) -> Self {
        Self { leader, others: Search::new(leader, mark) }
    }

    /// Sends a signal to all of them once; returns how many were found alive.
    pub(super) fn signal(&self, signal: Signal) -> usize {
        // The kernel reaches a whole group at once, which a look through the processes cannot. It may be empty.
        let _ = kill_process_group(self.leader, signal);
        self.others.signal(signal)
    }

    /// Kills until two looks in a row find nothing; returns whether it came to that. Blocks.
    pub(super) fn kill(&self) -> bool {
        let start = Instant::now();
        let mut quiet = 0;
        while quiet < 2 {
            if self.signal(Signal::KILL) == 0 {
                quiet += 1;
                continue;
            }
            quiet = 0;
            if start.elapsed() > PATIENCE {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        true
    }
}
