//! What a run keeps, whatever changes around it: plugins, settings, what the plugins may do, model provider.

use crate::{agents::AgentRegistry, policy::PolicySnapshot, workflows::NativeCondition};
use orchestrator_core::{AgentSettings, AgentType, ConditionRef, Workflow, event::PinnedPlugin};
use orchestrator_model::Provider;
use orchestrator_plugins::Registry;
use orchestrator_policy::{CallLimits, Decision, QuarantineRules};
use orchestrator_runtime::Plugin;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The plugins, settings, policy and provider of one run, as they were when it was asked for.
pub(crate) struct Pins {
    agents: BTreeMap<AgentType, Agent>,
    conditions: BTreeMap<String, Condition>,
    pub(crate) provider: Arc<dyn Provider>,
    policy: PolicySnapshot,
}

/// An agent with what was set for it and what it may do.
pub(crate) struct Agent {
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) settings: Arc<AgentSettings>,
    pub(crate) decision: Arc<Decision>,
}

/// A condition, from a plugin or from code.
pub(crate) enum Condition {
    Plugin(Arc<Plugin>, CallLimits),
    Native(NativeCondition),
}

impl Pins {
    /// Takes what `workflow` refers to. What is missing was found by the validation before.
    pub(crate) fn take(
        workflow: &Workflow,
        plugins: &Registry,
        settings: &AgentRegistry,
        native: &BTreeMap<String, NativeCondition>,
        policy: PolicySnapshot,
        provider: Arc<dyn Provider>,
    ) -> Self {
        let serving = plugins.serving();
        let mut agents = BTreeMap::new();
        let mut conditions = BTreeMap::new();
        for step in &workflow.steps {
            if let Some(plugin) = serving.agent(step.agent_type.as_str())
                && let Some(description) = plugin.agent()
            {
                let kept = Agent {
                    plugin: Arc::clone(plugin),
                    settings: settings.settings(description),
                    decision: Arc::new(policy.decide(plugin, plugins.carries(plugin.digest()))),
                };
                agents.insert(step.agent_type.clone(), kept);
            }
            if let Some(ConditionRef { name, .. }) = &step.condition {
                let native = native.get(name).cloned().map(Condition::Native);
                let condition = native.or_else(|| {
                    let plugin = serving.condition(name)?;
                    let limits = policy.limits(plugin, plugins.carries(plugin.digest()));
                    Some(Condition::Plugin(Arc::clone(plugin), limits))
                });
                conditions.extend(condition.map(|condition| (name.clone(), condition)));
            }
        }
        Self { agents, conditions, provider, policy }
    }

    /// The agent of this type.
    pub(crate) fn agent(&self, agent: &AgentType) -> Option<&Agent> {
        self.agents.get(agent)
    }

    /// What should be known about the models that the agents ask, once for each model.
    pub(crate) fn model_notices(&self) -> Vec<String> {
        let models: BTreeSet<&str> =
            self.agents.values().map(|agent| agent.settings.model.as_str()).collect();
        let notices = models.into_iter().filter_map(|model| self.provider.row(model)?.notice());
        notices.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The condition of this name.
    pub(crate) fn condition(&self, name: &str) -> Option<&Condition> {
        self.conditions.get(name)
    }

    /// Digest of the kept policy, for the record.
    pub(crate) fn policy_digest(&self) -> String {
        self.policy.digest()
    }

    /// When a plugin of this run is quarantined.
    pub(crate) fn quarantine_rules(&self) -> QuarantineRules {
        self.policy.quarantine_rules()
    }

    /// The kept plugins.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        let agents = self.agents.values().map(|agent| &agent.plugin);
        let conditions = self.conditions.values().filter_map(|condition| match condition {
            Condition::Plugin(plugin, _) => Some(plugin),
            Condition::Native(_) => None,
        });
        agents.chain(conditions)
    }

    /// The kept plugins, for the record.
    pub(crate) fn plugins(&self) -> Vec<PinnedPlugin> {
        self.kept()
            .map(|plugin| PinnedPlugin {
                name: plugin.name().to_owned(),
                version: plugin.version().to_owned(),
                digest: plugin.digest().to_owned(),
            })
            .collect()
    }
}
