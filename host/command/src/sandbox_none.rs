//! No sandbox: it is made of Linux namespaces, and this system has none. Commands are refused unless the operator
//! allows them without one.

#[path = "sandbox/config.rs"]
mod config;
#[path = "sandbox/error.rs"]
mod error;
#[path = "sandbox/report.rs"]
mod report;

pub use config::{Helper, SandboxConfig};
pub use error::SandboxError;
pub use report::{CgroupReport, SandboxReport};

use crate::{CommandLimits, CommandLine, Isolation, Launched, Launcher, Network, PlainLauncher, Project};
use async_trait::async_trait;
use orchestrator_core::Failure;
use rustix::process::geteuid;

/// What this program does inside of a sandbox.
pub mod inside {
    use std::process::ExitCode;

    /// The first argument of this program inside of a sandbox.
    pub const ASKED: &str = "__sandbox";

    /// Does what a sandbox's inside is asked to do; here it is never inside of one.
    #[must_use]
    pub fn run_if_asked() -> Option<ExitCode> {
        None
    }
}

/// Refuses programs, or starts them without a sandbox where the operator said so.
pub struct SandboxLauncher {
    plain: PlainLauncher,
    limits: CommandLimits,
    report: SandboxReport,
}

impl SandboxLauncher {
    /// A launcher without a sandbox.
    ///
    /// # Errors
    /// When root asks for commands without a sandbox; see [`SandboxError`].
    pub async fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        if config.allow_none && geteuid().is_root() {
            return Err(SandboxError::NoneAsRoot);
        }
        let required = if config.allow_none { Isolation::None } else { Isolation::Namespaces };
        let report = SandboxReport {
            required,
            actual: Isolation::None,
            backend: None,
            uid: None,
            seccomp: false,
            userns_disabled: false,
            network: "none".into(),
            cgroup: CgroupReport::default(),
            last_probe: orchestrator_core::Timestamp::now(),
            probe_failures: vec!["this system has no Linux namespaces to make a sandbox of".into()],
            caveats: Vec::new(),
        };
        Ok(Self { plain: PlainLauncher::new(), limits: config.limits, report })
    }

    /// What the sandbox is worth here.
    #[must_use]
    pub fn report(&self) -> SandboxReport {
        self.report.clone()
    }
}

#[async_trait]
impl Launcher for SandboxLauncher {
    fn level(&self) -> Isolation {
        self.report.actual
    }

    fn warning(&self) -> Option<String> {
        match self.report.suffices() {
            true => self.plain.warning(),
            false => Some(self.report.refusal().message),
        }
    }

    fn limits(&self) -> CommandLimits {
        self.limits.clone()
    }

    fn has(&self, program: &str) -> bool {
        self.plain.has(program)
    }

    fn account(&self) -> Option<u32> {
        None
    }

    async fn start(
        &self,
        project: &Project,
        command: &CommandLine,
        limits: &CommandLimits,
        network: Option<&Network>,
    ) -> Result<Launched, Failure> {
        match self.report.suffices() {
            true => self.plain.start(project, command, limits, network).await,
            false => Err(self.report.refusal()),
        }
    }
}
