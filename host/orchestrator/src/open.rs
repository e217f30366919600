//! Opening an orchestrator: from the bottom up, each part with the ones below it.

use crate::{
    active::ActiveRuns,
    agents::AgentRegistry,
    audit,
    config::Config,
    endings::{self, Endings},
    error::OpenError,
    files::{diff, removal::Removal},
    keys::Keys,
    leftovers,
    models::known_models,
    network::Networks,
    orchestrator::{Inner, Orchestrator, Why},
    plugins,
    policy::{Grants, PolicyFile, PolicySnapshot},
    projects::Projects,
    workflows::WorkflowEngine,
};
use orchestrator_access::Tokens;
use orchestrator_builtin::{Builtin, PLUGINS};
use orchestrator_command::SandboxLauncher;
use orchestrator_core::{Actor, Failure};
use orchestrator_journal::{Journal, JournalError, Ledger, private};
use orchestrator_plugins::{PluginView, Registry, Watcher};
use orchestrator_runtime::{Carried, Runtime};
use orchestrator_snapshots::Snapshots;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The file that holds the snapshots, in the data folder.
const SNAPSHOTS: &str = "snapshots.sqlite";

impl Orchestrator {
    /// Opens the data folder, loads the plugins and ends what an earlier stop of the program left unfinished.
    ///
    /// # Errors
    /// One sentence about what could not be set up, with the way out; see [`OpenError`].
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let provider =
            orchestrator_model::provider(&config.model, &config.chance).map_err(OpenError::Model)?;
        let models = known_models(&config.model).map_err(OpenError::Model)?;
        // The data folder first: where it cannot be used, nothing in it can be read, and it is to be named.
        let journal = Journal::open(&config.data_dir).map_err(OpenError::Journal)?;
        let policy = policy(&config)?;
        // The check of the sandbox waits for processes, so it goes on beside the rest.
        let launcher = tokio::spawn(SandboxLauncher::open(config.commands.clone()));
        let projects_dir = config.projects();
        private::make_folder(&projects_dir).map_err(|error| {
            OpenError::Data(format!("{} cannot be made: {error}", projects_dir.display()))
        })?;
        let snapshots = config.data_dir.join(SNAPSHOTS);
        private::make_file(&snapshots)
            .and_then(|()| private::narrow_logs(&snapshots))
            .map_err(|error| OpenError::Data(format!("{} cannot be made: {error}", snapshots.display())))?;
        let snapshots = Snapshots::open(&snapshots, config.limits.snapshots).map_err(OpenError::Snapshots)?;
        for problem in snapshots.problems() {
            tracing::error!(problem, "runs go on without snapshots");
        }
        let (runtime, plugins) = load(&config).await?;
        let plugins = Arc::new(plugins);
        audit::follow_plugins(&plugins, journal.ledger().downgrade());
        audit::follow_policy(&policy, journal.ledger().downgrade());
        let workflow_engine =
            WorkflowEngine::open(&journal, Arc::clone(&plugins)).await.map_err(OpenError::Data)?;
        let agent_registry = AgentRegistry::open(&journal, Arc::clone(&plugins), Arc::clone(&provider))
            .await
            .map_err(OpenError::Data)?;
        let grants = Grants::open(journal.ledger()).await.map_err(OpenError::Data)?;
        let launcher = launcher.await.map_err(|error| OpenError::Runtime(error.to_string()))?;
        let launcher = launcher.map_err(OpenError::Sandbox)?;
        let trouble = journal.ledger().trouble();
        endings::follow_trouble(trouble.clone(), journal.ledger().downgrade());
        let snapshots = Arc::new(snapshots);
        let (endings, tasks, stopping) =
            (Endings::new(journal.clone()), TaskTracker::new(), CancellationToken::new());
        let projects = Projects::default();
        // Before the runs that were under way are ended: those of a project that was to go go with it.
        Removal::finish_all(&journal, &snapshots, (&projects_dir, &projects), (&tasks, &stopping))
            .await
            .map_err(OpenError::Journal)?;
        end_unfinished(&journal, &endings, &tasks, &stopping).await.map_err(OpenError::Journal)?;
        let (folder, stop) = (projects_dir.clone(), stopping.clone());
        tokio::task::spawn_blocking(move || leftovers::remove(&folder, &stop));
        let inner = Inner {
            _watcher: Watcher::start(Arc::clone(&plugins)),
            tokens: Tokens::new(journal.ledger(), config.chance.clone()),
            journal,
            trouble,
            endings,
            plugins,
            provider,
            models,
            launcher: Arc::new(launcher),
            networks: Networks::new(&config.commands),
            _follower: policy.follow(),
            policy,
            grants,
            quarantine: Default::default(),
            runtime,
            projects_dir,
            projects,
            snapshots: sweeping(snapshots),
            active: ActiveRuns::new(config.limits.runs),
            comparing: Arc::new(Semaphore::new(diff::AT_ONCE)),
            keys: Keys::default(),
            chance: config.chance,
            tasks,
            stopping,
        };
        Ok(Self { workflow_engine, agent_registry, actor: Actor::LIBRARY, inner: Arc::new(inner) })
    }

    /// The plugins that would serve if the program were opened now, without opening it: another one may be at work on
    /// the data folder.
    ///
    /// # Errors
    /// When the sandbox, the plugins folder, the policy file or the data folder cannot be used.
    pub async fn look_at_plugins(config: &Config) -> Result<Vec<PluginView>, OpenError> {
        let policy = policy(config)?;
        let ledger = Ledger::open(&config.data_dir).map_err(OpenError::Journal)?;
        let grants = Grants::open(ledger).await.map_err(OpenError::Data)?;
        let (_, registry) = load(config).await?;
        Ok(plugins::views(&registry, &PolicySnapshot::new(policy.policy(), grants.all())))
    }
}

fn policy(config: &Config) -> Result<Arc<PolicyFile>, OpenError> {
    PolicyFile::open(config.policy(), config.policy_file.is_some()).map_err(OpenError::Policy)
}

/// Loads the plugins that the program carries and those of the folder.
async fn load(config: &Config) -> Result<(Runtime, Registry), OpenError> {
    let runtime = Runtime::new(config.limits.sandbox.clone(), Some(config.cache()))
        .map_err(|error| OpenError::Runtime(error.to_string()))?;
    let builtin = PLUGINS.iter().map(|plugin| (plugin.name, carried(plugin)));
    let plugins = Registry::open(runtime.clone(), builtin, config.plugins())
        .await
        .map_err(|error| OpenError::Plugins(error.to_string()))?;
    Ok((runtime, plugins))
}

fn carried(plugin: &Builtin) -> Carried {
    let carried = Carried::new(plugin.bytes);
    match plugin.compiled {
        // SAFETY: it is a constant of this executable. The build put it there, from what `orchestrator-precompile` had
        // made for it, and who can change the executable needs no compiled code to do harm.
        #[allow(unsafe_code)]
        Some(compiled) => unsafe { carried.with_code(compiled) },
        None => carried,
    }
}

/// The store, while what no snapshot refers to any more is swept out of it.
fn sweeping(snapshots: Arc<Snapshots>) -> Arc<Snapshots> {
    let store = Arc::clone(&snapshots);
    tokio::task::spawn_blocking(move || match store.sweep() {
        Ok(count) => tracing::debug!(count, "swept out what no snapshot refers to"),
        Err(error) => {
            tracing::warn!(error = Failure::from(error).message, "the snapshots could not be swept")
        }
    });
    snapshots
}

/// Gives every run that has no last event one. Its plugins lived in the memory of the program that was stopped, so it
/// cannot go on; but nobody who waits for its end should wait forever.
async fn end_unfinished(
    journal: &Journal,
    endings: &Endings,
    tasks: &TaskTracker,
    stopping: &CancellationToken,
) -> Result<(), JournalError> {
    for run_id in journal.unfinished_runs().await? {
        tracing::warn!(%run_id, "the run was under way when the program stopped; it is ended as interrupted");
        let mut unwritten = endings.owe(run_id, Why::Stopped.failure());
        if let Err(error) = unwritten.settle().await {
            tracing::error!(%run_id, %error, "the run could not be ended yet");
            let stopping = stopping.clone();
            tasks.spawn(async move { unwritten.settle_in_time(&stopping).await });
        }
    }
    Ok(())
}
