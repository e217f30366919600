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

/// Limits below those of [`CommandLimits`]; none where nothing lowers one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LowerLimits {
    /// Time from start to end.
    pub wall: Option<Duration>,
    /// Bytes of data of one process, and of memory of all of them.
    pub memory: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
    /// Bytes of one file.
    pub file_size: Option<u64>,
}

impl LowerLimits {
    /// These limits where they are below `most`, and `most` elsewhere.
    #[must_use]
    pub fn below(&self, most: CommandLimits) -> CommandLimits {
        fn least<T: Ord>(lower: Option<T>, most: T) -> T {
            match lower {
                Some(lower) => lower.min(most),
                None => most,
            }
        }
        CommandLimits {
            wall: least(self.wall, most.wall),
            process_memory: least(self.memory, most.process_memory),
            tree_memory: least(self.memory, most.tree_memory),
            processes: least(self.processes, most.processes),
            file_size: least(self.file_size, most.file_size),
            ..most
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_lowered_and_never_raised() {
        let most = CommandLimits::default();
        assert_eq!(LowerLimits::default().below(most.clone()), most);
        let far = LowerLimits {
            wall: Some(Duration::MAX),
            memory: Some(u64::MAX),
            processes: Some(u64::MAX),
            file_size: Some(u64::MAX),
        };
        assert_eq!(far.below(most.clone()), most);
        let near = LowerLimits {
            wall: Some(Duration::from_secs(1)),
            memory: Some(MIB),
            processes: Some(8),
            file_size: Some(2),
        };
        let lowered = near.below(most.clone());
        assert_eq!((lowered.wall, lowered.processes, lowered.file_size), (Duration::from_secs(1), 8, 2));
        assert_eq!((lowered.process_memory, lowered.tree_memory), (MIB, MIB));
        assert_eq!(lowered.silence, most.silence);
    }
}
