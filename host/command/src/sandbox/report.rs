//! What the sandbox is worth on this machine, as the last look found it.

use orchestrator_core::Timestamp;
use orchestrator_core::{Confinement, ErrorCode, Failure, Isolation};
use rustix::process::geteuid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the sandbox of commands is worth on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxReport {
    /// The level below which commands are refused.
    pub required: Isolation,
    /// The level that the last check found.
    pub actual: Isolation,
    /// The program that makes the sandbox, with its version; none when it is missing.
    pub backend: Option<String>,
    /// The user that commands run as; never 0 in a sandbox.
    pub uid: Option<u32>,
    /// Whether system calls are filtered.
    pub seccomp: bool,
    /// Whether commands can make no user namespaces of their own.
    pub userns_disabled: bool,
    /// What commands reach: `none`, or `allow-list` where a proxy lets through what the policy grants.
    pub network: String,
    /// Limits that hold for all processes of a command together.
    pub cgroup: CgroupReport,
    /// When it was checked last; RFC 3339.
    pub last_probe: Timestamp,
    /// What the check found open, and what kept it from being done.
    pub probe_failures: Vec<String>,
    /// What holds even where everything is well.
    pub caveats: Vec<String>,
}

/// Limits that hold for all processes of a command together, rather than for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CgroupReport {
    /// The number of processes.
    pub pids: bool,
    /// Memory.
    pub memory: bool,
    /// Processor time, as a share.
    pub cpu: bool,
}

impl SandboxReport {
    /// Whether commands may be started.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.actual >= self.required
    }

    /// What a run's record keeps of it.
    #[must_use]
    pub fn confinement(&self) -> Confinement {
        let CgroupReport { pids, memory, cpu } = self.cgroup;
        let limits = [(pids, "processes"), (memory, "memory"), (cpu, "processor time")];
        let absent = limits.iter().filter(|(there, _)| !there);
        let absent = absent.map(|(_, what)| format!("a limit of the {what} of all of a command together"));
        Confinement {
            level: self.actual,
            missing: self.probe_failures.iter().cloned().chain(absent).collect(),
        }
    }

    /// Why commands are refused, and what to do about it.
    pub(crate) fn refusal(&self) -> Failure {
        let why = match self.probe_failures.as_slice() {
            [] => "the sandbox does not hold".to_owned(),
            failures => failures.join("; "),
        };
        Failure::new(
            ErrorCode::Denied,
            format!(
                "commands are refused on this machine: they need a sandbox of the level '{}' and there is '{}' ({why}); \
                 see docs/sandbox.md{}",
                self.required.name(),
                self.actual.name(),
                // Root may not, so it is no way out.
                if geteuid().is_root() {
                    ""
                } else {
                    ", or allow commands without one by --allow-isolation=none"
                }
            ),
        )
    }
}
