//! What a run keeps, whatever changes around it: plugins, settings, model provider.

use crate::{agents::AgentRegistry, workflows::NativeCondition};
use orchestrator_core::{AgentSettings, AgentType, ConditionRef, Workflow, event::PinnedPlugin};
use orchestrator_model::Provider;
use orchestrator_plugins::PluginSet;
use orchestrator_runtime::Plugin;
use std::{collections::BTreeMap, sync::Arc};

/// The plugins, settings and provider of one run, as they were when it was asked for.
pub(crate) struct Pins {
    agents: BTreeMap<AgentType, (Arc<Plugin>, Arc<AgentSettings>)>,
    conditions: BTreeMap<String, Condition>,
    pub(crate) provider: Arc<dyn Provider>,
}

/// A condition, from a plugin or from code.
pub(crate) enum Condition {
    Plugin(Arc<Plugin>),
    Native(NativeCondition),
}

impl Pins {
    /// Takes what `workflow` refers to. What is missing was found by the validation before.
    pub(crate) fn take(
        workflow: &Workflow,
        serving: &PluginSet,
        settings: &AgentRegistry,
        native: &BTreeMap<String, NativeCondition>,
        provider: Arc<dyn Provider>,
    ) -> Self {
        let mut agents = BTreeMap::new();
        let mut conditions = BTreeMap::new();
        for step in &workflow.steps {
            if let Some(plugin) = serving.agent(step.agent_type.as_str())
                && let Some(description) = plugin.agent()
            {
                let kept = (Arc::clone(plugin), Arc::new(settings.settings(description)));
                agents.insert(step.agent_type.clone(), kept);
            }
            if let Some(ConditionRef { name, .. }) = &step.condition {
                let native = native.get(name).cloned().map(Condition::Native);
                let condition = native.or_else(|| serving.condition(name).cloned().map(Condition::Plugin));
                conditions.extend(condition.map(|condition| (name.clone(), condition)));
            }
        }
        Self { agents, conditions, provider }
    }

    /// The agent of this type with its settings.
    pub(crate) fn agent(&self, agent: &AgentType) -> Option<&(Arc<Plugin>, Arc<AgentSettings>)> {
        self.agents.get(agent)
    }

    /// The condition of this name.
    pub(crate) fn condition(&self, name: &str) -> Option<&Condition> {
        self.conditions.get(name)
    }

    /// The kept plugins, for the record.
    pub(crate) fn plugins(&self) -> Vec<PinnedPlugin> {
        let agents = self.agents.values().map(|(plugin, _)| plugin);
        let conditions = self.conditions.values().filter_map(|condition| match condition {
            Condition::Plugin(plugin) => Some(plugin),
            Condition::Native(_) => None,
        });
        agents
            .chain(conditions)
            .map(|plugin| PinnedPlugin {
                name: plugin.name().to_owned(),
                version: plugin.version().to_owned(),
                digest: plugin.digest().to_owned(),
            })
            .collect()
    }
}
