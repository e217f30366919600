//! What the operator decides about the sandbox of commands.

use super::inside;
use crate::CommandLimits;
use std::path::PathBuf;

/// The number that programs get where the host is root. Debian and others keep the range around it free of accounts.
pub(super) const UNOWNED: u32 = 59_737;

/// How commands are locked up.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Bubblewrap, by an absolute path; `/usr/bin/bwrap`, where the system's package puts it.
    pub bubblewrap: PathBuf,
    /// The program that checks the sandbox from inside; this one. None: nothing is checked and so nothing started.
    pub helper: Option<Helper>,
    /// Folders with further programs, shown read-only. Every user must be able to enter them.
    pub toolchains: Vec<PathBuf>,
    /// The number that commands run as when this process is root; no account may have it.
    pub uid: u32,
    /// What a command may use up.
    pub limits: CommandLimits,
    /// Whether commands may run without a sandbox where there is none. The operator's decision alone.
    pub allow_none: bool,
}

/// A program whose `main` begins with [`run_if_asked`](super::inside::run_if_asked).
#[derive(Debug, Clone)]
pub struct Helper {
    /// Its file.
    pub program: PathBuf,
    /// What comes before the arguments of ours.
    pub arguments: Vec<String>,
}

impl Helper {
    /// This program.
    #[must_use]
    pub fn this_program() -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        Some(Self { program, arguments: vec![inside::ASKED.to_owned()] })
    }
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            bubblewrap: "/usr/bin/bwrap".into(),
            helper: Helper::this_program(),
            toolchains: Vec::new(),
            uid: UNOWNED,
            limits: CommandLimits::default(),
            allow_none: false,
        }
    }
}
