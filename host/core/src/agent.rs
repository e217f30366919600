//! Agents and conditions as the host knows them: what the plugin says of itself, and what an operator set.

use crate::{
    effort::Effort,
    ids::AgentType,
    permission::{Permission, Permissions},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    /// What it may be allowed.
    pub permission: Permission,
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
        self.denials.tell(self.permission.as_str());
        Err(crate::Failure::new(
            crate::ErrorCode::Denied,
            format!("plugin '{}' has no permission '{}': {}", self.plugin, self.permission, self.advice),
        ))
    }
}
