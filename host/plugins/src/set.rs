//! The plugins that serve, as one value that never changes.

use orchestrator_core::AgentType;
use orchestrator_runtime::Plugin;
use std::{collections::BTreeMap, sync::Arc};

/// The plugins that serve new runs at one moment. A run holds the set it began with, and with it the code.
#[derive(Clone, Default)]
pub struct PluginSet {
    agents: BTreeMap<AgentType, Arc<Plugin>>,
    conditions: BTreeMap<String, Arc<Plugin>>,
}

impl PluginSet {
    /// Adds a plugin, in place of one with the same name.
    pub(crate) fn insert(&mut self, plugin: Arc<Plugin>) {
        if let Some(agent) = plugin.agent() {
            self.agents.insert(agent.agent_type.clone(), plugin);
        } else if let Some(condition) = plugin.condition() {
            self.conditions.insert(condition.name.clone(), plugin);
        }
    }

    /// The agent of this type.
    #[must_use]
    pub fn agent(&self, agent_type: &str) -> Option<&Arc<Plugin>> {
        self.agents.iter().find(|(name, _)| name.as_str() == agent_type).map(|(_, plugin)| plugin)
    }

    /// The condition of this name.
    #[must_use]
    pub fn condition(&self, name: &str) -> Option<&Arc<Plugin>> {
        self.conditions.get(name)
    }

    /// All agents, by type.
    pub fn agents(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.agents.values()
    }

    /// All conditions, by name.
    pub fn conditions(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.conditions.values()
    }
}
