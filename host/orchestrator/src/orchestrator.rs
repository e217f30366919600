//! The value that holds a running orchestrator.

use crate::{
    active::{Active, ActiveRuns},
    agents::AgentRegistry,
    endings::Endings,
    keys::Keys,
    models::ModelView,
    network::Networks,
    policy::{Cell, Follower, Grants, PolicyFile},
    projects::Projects,
    views::Health,
    workflows::WorkflowEngine,
};
use orchestrator_access::Tokens;
use orchestrator_command::{Launcher, SandboxLauncher};
use orchestrator_core::{Actor, Chance, ErrorCode, Failure, Isolation, RunId, WorkflowName};
use orchestrator_journal::{Damage, Journal, Trouble};
use orchestrator_model::Provider;
use orchestrator_plugins::{Registry, Watcher};
use orchestrator_runtime::Runtime;
use orchestrator_snapshots::Snapshots;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Most damages that are told at once; all of them are in the log.
const DAMAGES_TOLD: usize = 20;

/// A running orchestrator. Cheap to clone; the last clone to go takes the background work with it.
#[derive(Clone)]
pub struct Orchestrator {
    /// The workflows.
    pub workflow_engine: WorkflowEngine,
    /// The agents.
    pub agent_registry: AgentRegistry,
    /// Who asks through this value.
    pub(crate) actor: Actor,
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) journal: Journal,
    pub(crate) trouble: Trouble,
    pub(crate) endings: Endings,
    pub(crate) tokens: Tokens,
    pub(crate) plugins: Arc<Registry>,
    pub(crate) _watcher: Watcher,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) models: Vec<ModelView>,
    pub(crate) launcher: Arc<SandboxLauncher>,
    pub(crate) networks: Arc<Networks>,
    pub(crate) policy: Arc<PolicyFile>,
    pub(crate) _follower: Follower,
    pub(crate) grants: Grants,
    pub(crate) quarantine: Arc<Cell>,
    pub(crate) runtime: Runtime,
    pub(crate) projects_dir: PathBuf,
    pub(crate) projects: Projects,
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) active: ActiveRuns,
    /// Turns in comparing files.
    pub(crate) comparing: Arc<Semaphore>,
    pub(crate) keys: Keys,
    pub(crate) chance: Chance,
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
}

/// Why a run is ended from outside.
pub(crate) enum Why {
    /// Somebody asked for it.
    Cancelled,
    /// The program is stopping, or was stopped.
    Stopped,
}

impl Why {
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Cancelled => {
                Failure::new(ErrorCode::Cancelled, "The run was cancelled; its files are kept")
            }
            Self::Stopped => Failure::new(
                ErrorCode::Interrupted,
                "The orchestrator was stopped while the run was under way; its files are kept, start it again",
            ),
        }
    }
}

impl Orchestrator {
    /// The same orchestrator, with what is asked of it put down to `actor` in the audit and in the records of runs.
    /// What nobody is named for is put down to `library`.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self {
            workflow_engine: self.workflow_engine.on_behalf_of(actor.clone()),
            agent_registry: self.agent_registry.on_behalf_of(actor.clone()),
            actor,
            inner: Arc::clone(&self.inner),
        }
    }

    /// Who asks through this value.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Who may call the API.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    /// What is known of the models that can be asked, as of when this value was opened.
    #[must_use]
    pub fn models(&self) -> &[ModelView] {
        &self.inner.models
    }

    /// Counts the changes of what is loaded, for those who wait for a plugin.
    #[must_use]
    pub fn plugin_generations(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.plugins.generations()
    }

    /// The folder that holds a folder for each project.
    #[must_use]
    pub fn projects_dir(&self) -> &Path {
        &self.inner.projects_dir
    }

    /// Whether it is well, and what it has.
    #[must_use]
    pub fn health(&self) -> Health {
        let mut sandbox = self.inner.launcher.report();
        if sandbox.actual != Isolation::None && self.inner.networks.can_open() {
            sandbox.network = "allow-list".into();
        }
        let status = match (self.is_stopping(), self.journal_notices().is_empty()) {
            (true, _) => "stopping",
            (false, true) => "healthy",
            (false, false) => "degraded",
        };
        Health {
            status: status.to_owned(),
            agents_count: self.inner.plugins.serving().agents().count(),
            workflows_count: self.workflow_engine.list().len(),
            default_workflow: WorkflowName::standard(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            provider: self.inner.provider.name().to_owned(),
            notices: self.notices(),
            sandbox,
        }
    }

    /// What operators should know: that answers are replayed, that commands run with their own rights, that the
    /// policy file is broken, that a plugin is quarantined, that the journal cannot be written, that something in the
    /// data folder is damaged.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        let settled = self.inner.provider.notice().into_iter().chain(self.inner.launcher.warning());
        let changing = self.inner.policy.problem().into_iter().chain(self.quarantine_notices());
        settled.chain(changing).chain(self.journal_notices()).chain(self.damages()).collect()
    }

    /// That the journal cannot be written, or could not be when a run ended.
    fn journal_notices(&self) -> Vec<String> {
        let trouble = self.inner.trouble.borrow().as_ref().map(ToString::to_string);
        trouble.into_iter().chain(self.inner.endings.notice()).collect()
    }

    /// What of the data folder cannot be read and was left aside.
    fn damages(&self) -> impl Iterator<Item = String> {
        let told =
            |damage: Damage| format!("{} cannot be read and is left aside: {}", damage.what, damage.detail);
        let store = self.inner.snapshots.problems();
        self.inner.journal.ledger().damages().into_iter().take(DAMAGES_TOLD).map(told).chain(store)
    }

    /// Whether a shutdown has begun.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.inner.stopping.is_cancelled()
    }

    /// Takes no more requests, ends the runs that are under way as interrupted, and returns once their last events
    /// are stored, or after `grace`.
    pub async fn shutdown(&self, grace: Duration) {
        self.inner.stopping.cancel();
        self.inner.tasks.close();
        self.inner.active.cancel();
        if tokio::time::timeout(grace, self.inner.tasks.wait()).await.is_err() {
            tracing::warn!("runs did not end within {} s; their last events may be missing", grace.as_secs());
        }
    }

    pub(crate) fn active(&self, run_id: RunId) -> Option<Active> {
        self.inner.active.get(run_id)
    }
}
