//! Every setting, by flag, environment variable and file alike.
//!
//! [`table`] says what settings there are; flags, variables, the file's keys, the help and the documentation all come
//! from it, so none can be forgotten in one place. A value is a text until the end, when each is read once by the part
//! that uses it; so a mistake is reported in the same words wherever it was made.
//!
//! A flag wins over a variable, a variable over the file, the file over the default. Keys for language models are the
//! exception: they are read from the environment alone, because files get committed and command lines are shown by
//! `ps`.

mod file;
mod flags;
mod meaning;
mod refused;
mod table;

pub(crate) use flags::Flags;
pub(crate) use meaning::{LogFormat, Server};
pub(crate) use table::every_setting;

use std::{collections::BTreeMap, fmt, path::PathBuf};

/// Names a file of settings.
pub(crate) const CONFIG_VARIABLE: &str = "ORCHESTRATOR_CONFIG";

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("the configuration file {path} cannot be read: {source}", path = path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the configuration file {path} is not TOML: {message}", path = path.display())]
    NotToml { path: PathBuf, message: String },
    #[error("the configuration file {path} has an unknown key '{key}'; known: {}", known.join(", "), path = path.display())]
    UnknownKey { path: PathBuf, key: String, known: Vec<&'static str> },
    #[error("'{key}' in the configuration file {path} has to be {wanted}", path = path.display())]
    WrongType { path: PathBuf, key: String, wanted: &'static str },
    #[error("the setting {key}, '{value}' by {from}, cannot be used: {problem}")]
    Unusable { key: &'static str, value: String, from: Source, problem: String },
    #[error(
        "{command} works on the data folder and the settings here, not on a server, and {from} names one: {way_out}"
    )]
    OnlyHere { command: &'static str, from: Source, way_out: &'static str },
    #[error(
        "there is no data folder {path} ({from}), so there is nothing to look at: give another with --data-dir; \
         `orchestrator run` and `orchestrator serve` make one", path = path.display()
    )]
    NoData { path: PathBuf, from: Source },
    #[error("there is no home folder to keep data in; name one with --data-dir or {variable}")]
    NoHome { variable: &'static str },
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Flag(&'static str),
    Variable(&'static str),
    File(PathBuf),
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "--{flag}"),
            Self::Variable(variable) => f.write_str(variable),
            Self::File(path) => path.display().fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) source: Source,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Value>,
    environment: fn(&str) -> Option<String>,
}

impl Settings {
    /// Brings flags, environment and file together.
    ///
    /// # Errors
    /// When the file cannot be read, or has a key that there is not.
    pub(crate) fn resolve(flags: &Flags) -> Result<Self, SettingsError> {
        Self::resolve_with(flags, |name| std::env::var(name).ok())
    }

    fn resolve_with(flags: &Flags, environment: fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        // A variable that is set to nothing counts as not set: that is how many tools unset one.
        let variable = |name: &'static str| environment(name).filter(|text| !text.trim().is_empty());
        let named = flags.config.clone().or_else(|| variable(CONFIG_VARIABLE).map(PathBuf::from));
        let file = file::load(named, variable)?;
        let mut values = BTreeMap::new();
        for setting in every_setting() {
            let from_variables = || {
                let name = setting.variables.iter().copied().find(|name| variable(name).is_some())?;
                Some((variable(name)?, Source::Variable(name)))
            };
            let found = flags
                .get(setting.key)
                .map(|text| (text.to_owned(), Source::Flag(setting.flag)))
                .or_else(from_variables)
                .or_else(|| file.as_ref()?.get(setting.key).map(|(text, path)| (text, Source::File(path))))
                .or_else(|| setting.default.map(|text| (text.to_owned(), Source::Default)));
            if let Some((text, source)) = found {
                values.insert(setting.key, Value { text, source });
            }
        }
        Ok(Self { values, environment })
    }

    /// The value of a setting, when it has one.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|text| !text.trim().is_empty())
    }
}

#[cfg(test)]
mod tests;
