//! What the programs of agents may use up.
//!
//! The numbers are for the largest ordinary case, a package installation or a test suite of a web project, with room
//! to spare; they are there to end what never ends, and to keep one project from taking the machine away from the
//! others. Time, silence and the size of the project are watched under any launcher. Memory, processor time and
//! numbers of processes and files are for the sandbox; see `docs/sandbox.md` for which of them is hard on which
//! system.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// What one command may use up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLimits {
    /// Time from start to end; 10 minutes. A step's own time may end it earlier.
    pub wall: Duration,
    /// Time without a byte of output; 3 minutes.
    pub silence: Duration,
    /// Processor time of one process; 5 minutes.
    pub cpu: Duration,
    /// Bytes of data of one process; 2 GiB. Address space is not limited: WebAssembly engines reserve gigabytes of
    /// it that they never touch.
    pub process_memory: u64,
    /// Bytes of memory of all processes and of the temporary folders together; 3 GiB. Needs a cgroup.
    pub tree_memory: u64,
    /// Processes and threads; 256.
    pub processes: u64,
    /// Open files of one process; 4096.
    pub open_files: u64,
    /// Bytes of one file; 512 MiB.
    pub file_size: u64,
    /// Bytes of `/tmp`, which is memory; 256 MiB.
    pub temporary: u64,
    /// Bytes of the home folder, which is memory as well; 512 MiB.
    pub home: u64,
    /// Bytes of shared memory; 64 MiB.
    pub shared_memory: u64,
    /// Bytes that the project may have; 2 GiB. Looked at every few seconds, so it can be overrun by what is written
    /// in between.
    pub workspace_bytes: u64,
    /// Files and folders that the project may have; 200,000. Looked at likewise.
    pub workspace_files: u64,
    /// How often the project is looked at; every 5 seconds.
    pub workspace_every: Duration,
}

impl Default for CommandLimits {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(600),
            silence: Duration::from_secs(180),
            cpu: Duration::from_secs(300),
            process_memory: 2048 * MIB,
            tree_memory: 3072 * MIB,
            processes: 256,
            open_files: 4096,
            file_size: 512 * MIB,
            temporary: 256 * MIB,
            home: 512 * MIB,
            shared_memory: 64 * MIB,
            workspace_bytes: 2048 * MIB,
            workspace_files: 200_000,
            workspace_every: Duration::from_secs(5),
        }
    }
}
