//! Looking into a data folder without leaving anything in it.
//!
//! Opening a data folder makes a journal, a folder for projects and more. So where nobody has worked yet, as in the usual
//! place before the first run or in a folder that was named by mistake, an empty folder elsewhere stands in for what would
//! be made, for as long as the look takes. What is there already, plugins, projects, a policy, is looked at where it is.

use crate::{
    error::CliError,
    settings::{Settings, SettingsError},
};
use orchestrator::Config;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Something to look at, and the folder that stands in for what it lacks, which goes with this value.
pub(crate) struct Looking<T> {
    pub(crate) at: T,
    _stand_in: Option<TempDir>,
}

impl Settings {
    /// What the orchestrator is opened with to be looked at.
    ///
    /// # Errors
    /// When the data folder was named and is not there, or a setting cannot be used.
    pub(crate) fn config_to_look_at(&self) -> Result<Looking<Config>, CliError> {
        self.has_data()?;
        let config = self.config()?;
        let lacks = |folder: &Option<PathBuf>| folder.as_deref().is_some_and(|folder| !folder.exists());
        if Config::is_begun(&config.data_dir) && !lacks(&config.plugins_dir) && !lacks(&config.projects_dir) {
            return Ok(Looking { at: config, _stand_in: None });
        }
        let stand_in = stand_in()?;
        Ok(Looking { at: standing_in(config, stand_in.path()), _stand_in: Some(stand_in) })
    }

    /// The data folder, for whoever looks at its journal alone.
    ///
    /// # Errors
    /// When it was named and is not there.
    pub(crate) fn data_to_look_at(&self) -> Result<Looking<PathBuf>, CliError> {
        self.has_data()?;
        let folder = self.data_dir()?;
        if Config::is_begun(&folder) {
            return Ok(Looking { at: folder, _stand_in: None });
        }
        let stand_in = stand_in()?;
        Ok(Looking { at: stand_in.path().to_owned(), _stand_in: Some(stand_in) })
    }

    /// Refuses to look into a data folder that was named and is not there. The usual one need not be: it is not misspelt.
    fn has_data(&self) -> Result<(), SettingsError> {
        let Some(value) = self.get("data_dir") else { return Ok(()) };
        let path = PathBuf::from(&value.text);
        match path.is_dir() {
            true => Ok(()),
            false => Err(SettingsError::NoData { path, from: value.source.clone() }),
        }
    }
}

fn stand_in() -> Result<TempDir, CliError> {
    tempfile::tempdir().map_err(|source| CliError::File { path: std::env::temp_dir(), source })
}

/// The same configuration, with what would be made in `stand_in`.
fn standing_in(config: Config, stand_in: &Path) -> Config {
    let data = config.data_dir.clone();
    let there = |folder: Option<PathBuf>, usual: &str| {
        let folder = folder.unwrap_or_else(|| data.join(usual));
        Some(if folder.exists() { folder } else { stand_in.join(usual) })
    };
    let policy = Some(config.policy()).filter(|policy| policy.is_file());
    Config {
        plugins_dir: there(config.plugins_dir, "plugins"),
        projects_dir: there(config.projects_dir, "projects"),
        cache_dir: there(config.cache_dir, "cache"),
        policy_file: config.policy_file.or(policy),
        data_dir: if Config::is_begun(&data) { data } else { stand_in.to_owned() },
        ..config
    }
}
