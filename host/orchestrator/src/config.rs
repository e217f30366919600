//! What an orchestrator is opened with.

use orchestrator_command::SandboxConfig;
use orchestrator_core::Chance;
use orchestrator_journal::Journal;
use orchestrator_model::{ModelConfig, ModelConfigError};
use std::path::{Path, PathBuf};

/// What an orchestrator is opened with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Holds the journal, compiled code and, unless placed elsewhere, plugins and projects. Made if it is not there.
    pub data_dir: PathBuf,
    /// The plugins folder; `plugins` in the data folder when none is given.
    pub plugins_dir: Option<PathBuf>,
    /// Holds a folder for each project; `projects` in the data folder when none is given.
    pub projects_dir: Option<PathBuf>,
    /// Holds the compiled code of plugins; `cache` in the data folder when none is given. Several data folders may
    /// share one: its files are named after what they were compiled from.
    pub cache_dir: Option<PathBuf>,
    /// The policy file, which must be there; `policy.toml` in the data folder, which may be missing, when none is given.
    pub policy_file: Option<PathBuf>,
    /// Which models answer.
    pub model: ModelConfig,
    /// What may be used up.
    pub limits: OrchestratorLimits,
    /// How the commands of agents are locked up.
    pub commands: SandboxConfig,
    /// What is left to chance. The operating system's, but in tests.
    pub chance: Chance,
}

impl Config {
    /// Everything in `data_dir`, answers from `model`, default limits.
    pub fn new(data_dir: impl Into<PathBuf>, model: ModelConfig) -> Self {
        Self {
            data_dir: data_dir.into(),
            plugins_dir: None,
            projects_dir: None,
            cache_dir: None,
            policy_file: None,
            model,
            limits: OrchestratorLimits::default(),
            commands: SandboxConfig::default(),
            chance: Chance::of_system(),
        }
    }

    /// Everything in `data_dir`, answers from the provider that the environment has a key for, default limits.
    ///
    /// # Errors
    /// When an environment variable has a value that makes no sense.
    pub fn from_env(data_dir: impl Into<PathBuf>) -> Result<Self, ModelConfigError> {
        Ok(Self::new(data_dir, ModelConfig::from_env(|name| std::env::var(name).ok())?))
    }

    /// Whether an orchestrator was ever opened on this data folder. Opening one on another makes what it needs there.
    #[must_use]
    pub fn is_begun(data_dir: &Path) -> bool {
        Journal::is_in(data_dir)
    }

    /// Whether the settings of the model make sense, with the files and keys that they need. Nothing is sent anywhere.
    ///
    /// # Errors
    /// When something cannot be used, or is missing.
    pub fn check_model(&self) -> Result<(), ModelConfigError> {
        orchestrator_model::provider(&self.model, &self.chance).map(drop)
    }

    pub(crate) fn plugins(&self) -> PathBuf {
        self.plugins_dir.clone().unwrap_or_else(|| self.data_dir.join("plugins"))
    }

    pub(crate) fn projects(&self) -> PathBuf {
        self.projects_dir.clone().unwrap_or_else(|| self.data_dir.join("projects"))
    }

    /// Where the policy file is.
    #[must_use]
    pub fn policy(&self) -> PathBuf {
        self.policy_file.clone().unwrap_or_else(|| self.data_dir.join("policy.toml"))
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.cache_dir.clone().unwrap_or_else(|| self.data_dir.join("cache"))
    }
}

/// What may be used up.
#[derive(Debug, Clone)]
pub struct OrchestratorLimits {
    /// Runs that are not over, those in line included. Further requests are refused.
    pub runs: usize,
    /// Snapshots kept of each project; older ones are given up.
    pub snapshots: usize,
    /// What one plugin call may use up.
    pub sandbox: orchestrator_runtime::SandboxLimits,
}

impl Default for OrchestratorLimits {
    fn default() -> Self {
        Self {
            runs: 4096,
            snapshots: orchestrator_snapshots::KEPT,
            sandbox: orchestrator_runtime::SandboxLimits::default(),
        }
    }
}
