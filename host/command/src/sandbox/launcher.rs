//! The launcher: in the sandbox if it holds, refused if it does not, and in the open only where the operator said so.

use super::{
    Guards, SandboxConfig, SandboxError, SandboxReport, Shared, probe, start,
    start::{Inside, Way},
};
use crate::{CommandLimits, CommandLine, Isolation, Launched, Launcher, Network, PlainLauncher, Project};
use async_trait::async_trait;
use orchestrator_core::{ErrorCode, Failure};
use rustix::process::geteuid;
use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};
use tokio::task::AbortHandle;

/// How often the sandbox is checked again. An update of the system can open it while the server runs.
const AGAIN: Duration = Duration::from_secs(600);

/// Starts programs in a sandbox.
pub struct SandboxLauncher {
    inner: Arc<Inner>,
    /// Checks again and again.
    checks: AbortHandle,
}

struct Inner {
    shared: Arc<Shared>,
    plain: PlainLauncher,
    required: Isolation,
    report: RwLock<SandboxReport>,
}

impl SandboxLauncher {
    /// Sets the sandbox up and checks it. One that is missing or does not hold is no error: commands are refused
    /// then, with the reason.
    ///
    /// # Errors
    /// When what was configured cannot be had; see [`SandboxError`].
    pub async fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        if config.allow_none && geteuid().is_root() {
            return Err(SandboxError::NoneAsRoot);
        }
        let required = if config.allow_none { Isolation::None } else { Isolation::Namespaces };
        let shared = Arc::new(Shared::new(&config, Guards::ALL)?);
        let report = RwLock::new(probe::check(&shared, required).await);
        let inner = Arc::new(Inner { shared, plain: PlainLauncher::new(), required, report });
        let checks = tokio::spawn(check_again(Arc::downgrade(&inner))).abort_handle();
        Ok(Self { inner, checks })
    }

    /// A launcher with parts of the wall missing, which the check would refuse.
    #[cfg(test)]
    pub(crate) fn unchecked(config: SandboxConfig, guards: Guards) -> Self {
        let shared = Arc::new(Shared::new(&config, guards).expect("sets up"));
        let mut report = probe::report_of(&shared, Isolation::Namespaces, None, Ok(Vec::new()));
        report.actual = Isolation::Namespaces;
        let plain = PlainLauncher::new();
        let inner = Inner { shared, plain, required: Isolation::Namespaces, report: RwLock::new(report) };
        Self { inner: Arc::new(inner), checks: tokio::spawn(async {}).abort_handle() }
    }

    /// What the sandbox is worth here, as the last check found it.
    #[must_use]
    pub fn report(&self) -> SandboxReport {
        self.inner.report()
    }
}

async fn check_again(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(AGAIN).await;
        let Some(inner) = inner.upgrade() else { return };
        let report = probe::check(&inner.shared, inner.required).await;
        if report.actual < inner.report().actual {
            tracing::error!(failures = ?report.probe_failures, "the sandbox of commands does not hold any more");
        }
        *inner.report.write().unwrap_or_else(PoisonError::into_inner) = report;
    }
}

impl Drop for SandboxLauncher {
    fn drop(&mut self) {
        self.checks.abort();
    }
}

impl Inner {
    fn report(&self) -> SandboxReport {
        self.report.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Launcher for SandboxLauncher {
    fn level(&self) -> Isolation {
        self.inner.report().actual
    }

    fn warning(&self) -> Option<String> {
        let report = self.inner.report();
        match (report.actual, report.suffices()) {
            (Isolation::None, true) => self.inner.plain.warning(),
            (Isolation::None, false) => Some(report.refusal().message),
            _ => None,
        }
    }

    fn limits(&self) -> CommandLimits {
        self.inner.shared.limits.clone()
    }

    fn has(&self, program: &str) -> bool {
        let report = self.inner.report();
        match (report.actual, report.suffices()) {
            (Isolation::None, true) => self.inner.plain.has(program),
            _ => self.inner.shared.search_path.find(program).is_some(),
        }
    }

    fn account(&self) -> Option<u32> {
        let account = self.inner.shared.account;
        account.drops.then(|| account.uid().as_raw())
    }

    async fn start(
        &self,
        project: &Project,
        command: &CommandLine,
        limits: &CommandLimits,
        network: Option<&Network>,
    ) -> Result<Launched, Failure> {
        let report = self.inner.report();
        if report.actual == Isolation::None {
            return match report.suffices() {
                true => self.inner.plain.start(project, command, limits, network).await,
                false => Err(report.refusal()),
            };
        }
        let (shared, project, command) = (Arc::clone(&self.inner.shared), project.clone(), command.clone());
        let limits = limits.clone();
        let inside = Inside { helper: None, way: network.map(Way::from) };
        // Starting forks, looks at files and gives them away; all of that blocks.
        tokio::task::spawn_blocking(move || start::command(&shared, &project, &command, &limits, &inside))
            .await
            .map_err(|error| Failure::new(ErrorCode::Internal, format!("starting a program: {error}")))?
    }
}
