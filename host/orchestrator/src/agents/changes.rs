//! What operators set for agents, and what an agent runs with because of it.

use orchestrator_core::{AgentDescription, AgentSettings, AgentType, Effort};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};

/// What an operator set for one agent; what is not set is the plugin's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Changes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prompt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) effort: Option<Effort>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) options: Map<String, Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) disabled: bool,
}

pub(super) type ChangesByAgent = BTreeMap<String, Changes>;

/// What operators had set for all agents at one moment.
pub(crate) struct SetNow(Arc<ChangesByAgent>);

impl SetNow {
    pub(super) fn new(changes: Arc<ChangesByAgent>) -> Self {
        Self(changes)
    }

    /// What the agent runs with. Prompts are long, so runs share them until somebody changes one.
    pub(crate) fn settings(&self, description: &AgentDescription) -> Arc<AgentSettings> {
        settings(description, self.0.get(description.agent_type.as_str()))
    }

    /// Agents whose steps are skipped.
    pub(crate) fn disabled(&self) -> Vec<AgentType> {
        let disabled = self.0.iter().filter(|(_, changes)| changes.disabled);
        disabled.filter_map(|(agent, _)| AgentType::new(agent.as_str()).ok()).collect()
    }
}

pub(super) fn settings(description: &AgentDescription, changes: Option<&Changes>) -> Arc<AgentSettings> {
    let mut settings = Arc::clone(&description.defaults);
    let Some(changes) = changes else { return settings };
    if let Some(prompt) = changes.prompt.clone() {
        Arc::make_mut(&mut settings).prompt = prompt;
    }
    if let Some(model) = changes.model.clone() {
        Arc::make_mut(&mut settings).model = model;
    }
    if let Some(temperature) = changes.temperature {
        Arc::make_mut(&mut settings).temperature = temperature;
    }
    if let Some(max_tokens) = changes.max_tokens {
        Arc::make_mut(&mut settings).max_tokens = max_tokens;
    }
    if changes.effort.is_some() {
        Arc::make_mut(&mut settings).effort = changes.effort;
    }
    if !changes.options.is_empty() {
        Arc::make_mut(&mut settings).options.extend(changes.options.clone());
    }
    settings
}
