//! Ordinary child processes: no sandbox, and a clear word about that.
//!
//! What it does see to: no shell; the program from a fixed search path or from inside the project; the working
//! directory opened beneath the project's root, so that no link leads elsewhere; an environment built from nothing;
//! no inherited files; no gain of rights through set-user-id programs; and an end for everything that was started
//! (see [`tree`] for how, and for what it cannot catch). If the server itself is killed outright, its programs go on
//! until they end by themselves.
//!
//! Linux 5.11 or newer gets all of this. Other Unix systems get it without the search for escaped descendants and
//! without the closing of inherited files.

mod environment;
mod process;
pub(crate) mod program;
#[cfg_attr(not(target_os = "linux"), path = "plain/search_none.rs")]
mod search;
mod spawn;
mod tree;

#[cfg(target_os = "linux")]
pub(crate) use search::descendants;

use crate::{
    CommandLimits, CommandLine, Network, Project,
    launcher::{Launched, Launcher},
};
use async_trait::async_trait;
use orchestrator_core::{ErrorCode, Failure, Isolation};
use program::SearchPath;
use std::{path::PathBuf, sync::Arc};

/// Starts ordinary child processes with the rights of this process's user.
#[derive(Debug, Clone)]
pub struct PlainLauncher {
    path: SearchPath,
    /// The environment of every program, without what differs from one to the next.
    environment: Arc<Vec<(String, String)>>,
}

impl PlainLauncher {
    /// A launcher with the search path of this process as it is now, and with those of its environment variables
    /// that package clients need to find their registries and toolchains (see the module's allow-list). Variables
    /// that hold or could hold a secret are left behind.
    #[must_use]
    pub fn new() -> Self {
        let inherited: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::with(SearchPath::of_process(), inherited)
    }

    /// Looks programs up in these folders instead. Relative ones are dropped: they would mean another folder in each
    /// project.
    #[must_use]
    pub fn with_search_path(self, folders: Vec<PathBuf>) -> Self {
        Self { path: SearchPath::new(folders), ..self }
    }

    /// A launcher that takes its choice of variables from `inherited`.
    pub(crate) fn with(path: SearchPath, inherited: Vec<(String, String)>) -> Self {
        Self { path, environment: Arc::new(environment::choose(inherited)) }
    }
}

impl Default for PlainLauncher {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Launcher for PlainLauncher {
    fn level(&self) -> Isolation {
        Isolation::None
    }

    fn warning(&self) -> Option<String> {
        Some(
            "commands of agents run without a sandbox: they can read, change and send what the user of this process \
             can; give agents the permission 'command' only on a machine where that is acceptable"
                .into(),
        )
    }

    fn limits(&self) -> CommandLimits {
        CommandLimits::default()
    }

    fn has(&self, program: &str) -> bool {
        self.path.find(program).is_some()
    }

    fn account(&self) -> Option<u32> {
        None
    }

    async fn start(
        &self,
        project: &Project,
        command: &CommandLine,
        _limits: &CommandLimits,
        _network: Option<&Network>,
    ) -> Result<Launched, Failure> {
        let (launcher, project, command) = (self.clone(), project.clone(), command.clone());
        // Starting forks, makes a folder and looks at files; all of that blocks.
        tokio::task::spawn_blocking(move || {
            spawn::start(&launcher.path, &launcher.environment, &project, &command)
        })
        .await
        .map_err(|error| Failure::new(ErrorCode::Internal, format!("starting a program: {error}")))?
    }
}
