//! The configuration file.
//!
//! It is looked for in the user's configuration folder and not in the working directory: a project that somebody
//! checked out must not get to say where the model's key is sent.

use super::{
    SettingsError,
    table::{Kind, Setting, every_setting},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// The values of a file, as texts.
pub(crate) struct File {
    path: PathBuf,
    values: BTreeMap<&'static str, String>,
}

impl File {
    /// The value of a key, and the file it is from.
    pub(crate) fn get(&self, key: &str) -> Option<(String, PathBuf)> {
        self.values.get(key).map(|text| (text.clone(), self.path.clone()))
    }
}

/// Where the file is looked for when none is named.
pub(crate) fn usual_place(variable: impl Fn(&'static str) -> Option<String>) -> Option<PathBuf> {
    let home = || std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".config"));
    let base =
        variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|base| base.is_absolute()).or_else(home)?;
    Some(base.join("dynamic-orchestrator").join("orchestrator.toml"))
}

/// Reads the file that was named, or the one in the usual place if there is one.
pub(crate) fn load(
    named: Option<PathBuf>,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<Option<File>, SettingsError> {
    let path = match named {
        Some(path) => path,
        None => match usual_place(variable).filter(|path| path.exists()) {
            Some(path) => path,
            None => return Ok(None),
        },
    };
    let text = std::fs::read_to_string(&path)
        .map_err(|source| SettingsError::Unreadable { path: path.clone(), source })?;
    parse(path, text.strip_prefix('\u{feff}').unwrap_or(&text)).map(Some)
}

fn parse(path: PathBuf, text: &str) -> Result<File, SettingsError> {
    let table: Table = toml::from_str(text).map_err(|error| SettingsError::NotToml {
        path: path.clone(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    let mut values = BTreeMap::new();
    take(&path, &table, "", &mut values)?;
    Ok(File { path, values })
}

fn take(
    path: &Path,
    table: &Table,
    prefix: &str,
    values: &mut BTreeMap<&'static str, String>,
) -> Result<(), SettingsError> {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        if let Some(setting) = every_setting().find(|setting| setting.key == key) {
            values.insert(setting.key, text(path, setting, value)?);
            continue;
        }
        let below = format!("{key}.");
        match value {
            Value::Table(table) if every_setting().any(|setting| setting.key.starts_with(&below)) => {
                take(path, table, &below, values)?;
            }
            _ => {
                let known = every_setting().map(|setting| setting.key).collect();
                return Err(SettingsError::UnknownKey { path: path.to_owned(), key, known });
            }
        }
    }
    Ok(())
}

fn text(path: &Path, setting: &Setting, value: &Value) -> Result<String, SettingsError> {
    let wrong =
        |wanted| SettingsError::WrongType { path: path.to_owned(), key: setting.key.to_owned(), wanted };
    match (setting.kind, value) {
        (Kind::Text | Kind::Secret | Kind::Choice(_), Value::String(text)) => Ok(text.clone()),
        (Kind::Text | Kind::Secret | Kind::Choice(_), _) => Err(wrong("a string")),
        (Kind::Path, Value::String(text)) if text.trim().is_empty() => {
            Err(wrong("a path, and not an empty one"))
        }
        (Kind::Path, Value::String(text)) => {
            let folder = path.parent().unwrap_or(Path::new("."));
            Ok(folder.join(text).to_string_lossy().into_owned())
        }
        (Kind::Path, _) => Err(wrong("a string with a path")),
        (Kind::Number, Value::Integer(number)) => Ok(number.to_string()),
        (Kind::Number, Value::Float(number)) => Ok(number.to_string()),
        (Kind::Number, _) => Err(wrong("a number")),
        (Kind::List, Value::Array(items)) => {
            let texts: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(",")).ok_or_else(|| wrong("an array of strings"))
        }
        (Kind::List, _) => Err(wrong("an array of strings")),
    }
}
