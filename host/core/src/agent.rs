//! Agents and conditions as the host knows them: what the plugin says of itself, and what an operator set.

use crate::{effort::Effort, ids::AgentType};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a plugin asks to be allowed. What it gets is the smaller of this and the operator's policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Permissions {
    /// Ask language models for completions.
    pub model: bool,
    /// Start programs in the workspace.
    pub command: bool,
    /// Read the project's files.
    pub read_files: bool,
    /// Create, change and delete the project's files.
    pub write_files: bool,
}

impl Permissions {
    /// The permissions, as the contract, the policy and the API spell them.
    pub const NAMES: [&'static str; 4] = ["model", "command", "read-files", "write-files"];

    /// The permission of this name; writing includes reading.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let none = Self::default();
        match name {
            "model" => Some(Self { model: true, ..none }),
            "command" => Some(Self { command: true, ..none }),
            "read-files" => Some(Self { read_files: true, ..none }),
            "write-files" => Some(Self { read_files: true, write_files: true, ..none }),
            _ => None,
        }
    }

    /// The names of those that are set.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let set = [self.model, self.command, self.read_files, self.write_files];
        Self::NAMES.into_iter().zip(set).filter_map(|(name, set)| set.then_some(name)).collect()
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.each(other, |a, b| a || b)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        self.each(other, |a, b| a && b)
    }

    /// What is in this one alone.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.each(other, |a, b| a && !b)
    }

    /// Whether everything of `other` is in this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        other.without(self) == Self::default()
    }

    fn each(self, other: Self, combine: fn(bool, bool) -> bool) -> Self {
        Self {
            model: combine(self.model, other.model),
            command: combine(self.command, other.command),
            read_files: combine(self.read_files, other.read_files),
            write_files: combine(self.write_files, other.write_files),
        }
    }
}

/// What an agent plugin says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentDescription {
    /// Name for people, e.g. `Writer Agent`.
    pub name: String,
    /// The agent type that workflow steps name.
    pub agent_type: AgentType,
    /// The plugin's own version, semantic versioning.
    pub version: String,
    /// One sentence on what the agent is for.
    pub purpose: String,
    /// Short labels of what it can do.
    pub capabilities: Vec<String>,
    /// What it starts with until an operator changes it.
    pub defaults: Arc<AgentSettings>,
    /// What it asks to be allowed.
    pub permissions: Permissions,
    /// JSON Schema of the options it understands, when it has any.
    pub options_schema: Option<serde_json::Value>,
}

/// What a condition plugin says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionDescription {
    /// The name that workflow steps use.
    pub name: String,
    /// The plugin's own version, semantic versioning.
    pub version: String,
    /// One sentence: when it holds.
    pub purpose: String,
    /// Names of the arguments it takes, in order.
    pub parameters: Vec<String>,
}

/// The settings that an agent runs with: its own defaults, overlaid with the operator's changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentSettings {
    /// The first part of each request's system prompt. The agent appends its output contract itself.
    pub prompt: String,
    /// Model alias (`haiku`, `sonnet`, `opus`) or a model id.
    pub model: String,
    /// Sampling temperature, 0 to 2. Left out of the request for models that reject it.
    pub temperature: f64,
    /// Most tokens that one completion may produce.
    pub max_tokens: u32,
    /// How hard the model is to try; what the program was started with where none is set.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// Values for the plugin's own options, by name.
    #[serde(default)]
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// Whether one plugin may use one capability; what each room asks before it does anything.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The plugin, by agent type or condition name.
    pub plugin: String,
    /// The permission's name, as the contract and the policy spell it.
    pub permission: &'static str,
    /// Whether it is granted.
    pub granted: bool,
    /// When it is not: why, and how to get it. Empty otherwise.
    pub advice: String,
    /// Who is told when it is not, and the plugin tries.
    pub denials: crate::Denials,
}

impl Grant {
    /// Passes when the permission is granted.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Denied`], naming plugin and permission and saying how to get it.
    pub fn check(&self) -> Result<(), crate::Failure> {
        if self.granted {
            return Ok(());
        }
        self.denials.tell(self.permission);
        Err(crate::Failure::new(
            crate::ErrorCode::Denied,
            format!("plugin '{}' has no permission '{}': {}", self.plugin, self.permission, self.advice),
        ))
    }
}
