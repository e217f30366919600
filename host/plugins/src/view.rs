//! What people see of a plugin.

use orchestrator_core::Permissions;
use orchestrator_core::Timestamp;
use orchestrator_policy::{Sentence, Waiting};
use orchestrator_runtime::{Plugin, PluginKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One plugin, or one file that is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PluginView {
    /// Agent type or condition name; the file's name for a file that never loaded.
    pub name: String,
    /// Its world; none for a file that never loaded.
    pub kind: Option<PluginKind>,
    /// The plugin's own version.
    pub version: Option<String>,
    /// One sentence on what it is for.
    pub purpose: Option<String>,
    /// SHA-256 of the component that serves, in hexadecimal.
    pub digest: Option<String>,
    /// Bytes of the component that serves.
    pub size: Option<usize>,
    /// The interfaces that it imports.
    pub imports: Vec<String>,
    /// What it asks to be allowed.
    pub asked: Permissions,
    /// What it asks for and gets: the smaller of that and what is granted.
    pub permissions: Permissions,
    /// What it asks for and was not granted, with the ways to grant it.
    pub waiting: Option<Waiting>,
    /// Why and until when it is not called, when it is quarantined.
    pub quarantine: Option<Sentence>,
    /// Whether it serves new runs.
    pub state: PluginState,
    /// Where it comes from.
    pub origin: Origin,
    /// Its file in the plugins folder.
    pub file: Option<String>,
    /// When it was loaded.
    pub loaded_at: Option<Timestamp>,
    /// Why the file as it is now was refused, when it was.
    pub last_error: Option<LoadFailure>,
}

/// Whether a plugin serves new runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PluginState {
    /// It does.
    Serving,
    /// A file in the plugins folder serves in its stead.
    Replaced,
    /// It cannot be used; `last_error` says why.
    Refused,
}

/// Where a plugin comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The program carries it.
    BuiltIn,
    /// A file in the plugins folder.
    Folder,
}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoadFailure {
    /// What is wrong with it and what would be right.
    pub message: String,
    /// The file.
    pub file: String,
    /// When it was tried.
    pub time: Timestamp,
}

impl PluginView {
    /// A plugin that was loaded.
    pub(crate) fn loaded(plugin: &Plugin, origin: Origin, state: PluginState, loaded_at: Timestamp) -> Self {
        let purpose = plugin
            .agent()
            .map(|agent| agent.purpose.clone())
            .or_else(|| plugin.condition().map(|condition| condition.purpose.clone()));
        Self {
            name: plugin.name().to_owned(),
            kind: Some(plugin.kind()),
            version: Some(plugin.version().to_owned()),
            purpose,
            digest: Some(plugin.digest().to_owned()),
            size: Some(plugin.size()),
            imports: plugin.imports().to_vec(),
            asked: plugin.agent().map(|agent| agent.permissions).unwrap_or_default(),
            permissions: Permissions::default(),
            waiting: None,
            quarantine: None,
            state,
            origin,
            file: None,
            loaded_at: Some(loaded_at),
            last_error: None,
        }
    }

    /// A file that never loaded.
    pub(crate) fn refused(file: &str, error: LoadFailure) -> Self {
        Self {
            name: file.trim_end_matches(".wasm").to_owned(),
            kind: None,
            version: None,
            purpose: None,
            digest: None,
            size: None,
            imports: Vec::new(),
            asked: Permissions::default(),
            permissions: Permissions::default(),
            waiting: None,
            quarantine: None,
            state: PluginState::Refused,
            origin: Origin::Folder,
            file: Some(file.to_owned()),
            loaded_at: None,
            last_error: Some(error),
        }
    }
}
