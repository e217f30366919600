//! Commands in a sandbox of the operating system: Linux namespaces, set up by bubblewrap.
//!
//! What an agent starts is code that a model wrote, or that a package's author did. It gets the project's folder, the
//! programs under `/usr`, memory for temporary files, and nothing else of this machine: no other files, no processes,
//! no network, no rights. The parts:
//!
//! - `arguments`: what bubblewrap is told, which is the wall itself;
//! - `seccomp`: the system calls that are refused;
//! - `child`, `spawner`, `start`: from a command to a process;
//! - `account`: whose rights it has, and how it comes to own the project;
//! - `cgroup`: limits of the whole tree, where they are to be had;
//! - `process`, `status`: its end;
//! - `probe`: whether all of that holds here, tried out rather than believed.
//!
//! Bubblewrap is the system's own, at an absolute path. A copy of ours would miss its security updates, and systems
//! that restrict user namespaces (Ubuntu's AppArmor) make their exception for that path.
//!
//! Where the sandbox does not hold, commands are refused: a project that is not tested is a nuisance, a machine that
//! is lost is more. The operator alone can decide otherwise, see [`SandboxConfig::allow_none`]. Everything that needs
//! no commands works without it.

mod account;
mod arguments;
mod cgroup;
mod child;
mod config;
mod error;
mod guards;
pub mod inside;
mod launcher;
mod layout;
mod mounts;
mod probe;
mod process;
mod report;
mod seccomp;
mod spawner;
mod start;
mod status;

pub use config::{Helper, SandboxConfig};
pub use error::SandboxError;
pub use launcher::SandboxLauncher;
pub use report::{CgroupReport, SandboxReport};

use crate::{CommandLimits, Scratch, plain::program::SearchPath, scratch::SHARED};
use account::Account;
use cgroup::Cgroups;
pub(crate) use guards::Guards;
use layout::Layout;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What every start needs.
#[derive(Debug)]
struct Shared {
    bubblewrap: PathBuf,
    helper: Option<Helper>,
    layout: Layout,
    search_path: SearchPath,
    account: Account,
    limits: CommandLimits,
    cgroups: Cgroups,
    guards: Guards,
    /// Where root mounts what the sandbox's user may not reach otherwise.
    stage: Option<Arc<Scratch>>,
}

impl Shared {
    fn new(config: &SandboxConfig, guards: Guards) -> Result<Self, SandboxError> {
        if !config.bubblewrap.is_absolute() {
            return Err(SandboxError::Bubblewrap(config.bubblewrap.clone()));
        }
        let layout = Layout::of_host(&config.toolchains)?;
        let account = Account::choose(config.uid)?;
        #[cfg(test)]
        let account = if guards.user || !account.drops { account } else { Account::root() };
        let stage = account.drops.then(stage).transpose();
        Ok(Self {
            bubblewrap: config.bubblewrap.clone(),
            helper: config.helper.clone(),
            search_path: SearchPath::new(layout.search_path()),
            layout,
            account,
            limits: config.limits.clone(),
            cgroups: Cgroups::find(),
            guards,
            stage: stage
                .map_err(|source| SandboxError::System {
                    doing: "making a folder for what commands are shown",
                    source,
                })?
                .map(Arc::new),
        })
    }
}

/// A folder that everybody may enter and nobody list, with a place for each thing that is mounted there. Each start
/// sees its own mounts in it, so one folder does for all.
fn stage() -> std::io::Result<Scratch> {
    let stage = Scratch::below(Path::new(SHARED))?;
    for place in child::PLACES {
        match place {
            "project" => fs::create_dir(stage.path().join(place))?,
            file => fs::write(stage.path().join(file), "")?,
        }
    }
    stage.open_to_all()?;
    Ok(stage)
}
