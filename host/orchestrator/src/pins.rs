//! What a run keeps, whatever changes around it: workflow, plugins, settings, what the plugins may do, model provider.
//!
//! All of it is looked at once, in [`Offer`], before anything is decided by it: a workflow is checked against the very
//! plugins that its run then keeps, and of a change that comes in between a run has either all or nothing.

use crate::{
    agents::SetNow,
    policy::PolicySnapshot,
    workflows::{NativeCondition, known},
};
use orchestrator_core::{
    Actor, AgentSettings, AgentType, ConditionRef, Confinement, RunRequest, Workflow,
    event::{PinnedPlugin, Status},
};
use orchestrator_model::Provider;
use orchestrator_plugins::{PluginSet, Registry};
use orchestrator_policy::{CallLimits, Decision, QuarantineRules};
use orchestrator_runtime::Plugin;
use orchestrator_workflow::{Violation, validate};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What there is for runs, as it is at one moment.
pub(crate) struct Offer<'a> {
    pub(crate) plugins: &'a Registry,
    pub(crate) serving: Arc<PluginSet>,
    pub(crate) set: SetNow,
    pub(crate) native: Arc<BTreeMap<String, NativeCondition>>,
    pub(crate) policy: PolicySnapshot,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) confinement: Confinement,
}

/// What one run keeps, as it was when the run was asked for.
pub(crate) struct Pins {
    workflow: Workflow,
    agents: BTreeMap<AgentType, Agent>,
    conditions: BTreeMap<String, Condition>,
    disabled: Vec<AgentType>,
    pub(crate) provider: Arc<dyn Provider>,
    policy: PolicySnapshot,
    confinement: Confinement,
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

impl Offer<'_> {
    fn agent(&self, agent: &AgentType) -> Option<Agent> {
        let plugin = self.serving.agent(agent.as_str())?;
        let settings = self.set.settings(plugin.agent()?);
        let decision = self.policy.decide(plugin, self.plugins.carries(plugin.digest()));
        Some(Agent { plugin: Arc::clone(plugin), settings, decision: Arc::new(decision) })
    }

    /// One that is registered from code goes before a plugin of the same name.
    fn condition(&self, name: &str) -> Option<Condition> {
        if let Some(native) = self.native.get(name) {
            return Some(Condition::Native(Arc::clone(native)));
        }
        let plugin = self.serving.condition(name)?;
        let limits = self.policy.limits(plugin, self.plugins.carries(plugin.digest()));
        Some(Condition::Plugin(Arc::clone(plugin), limits))
    }
}

impl Pins {
    /// Takes what `workflow` refers to.
    ///
    /// # Errors
    /// What is wrong with the workflow, by what there is.
    pub(crate) fn take(workflow: Workflow, offer: Offer<'_>) -> Result<Self, Vec<Violation>> {
        let violations = validate(&workflow, &known(&offer.serving, &offer.native));
        if !violations.is_empty() {
            return Err(violations);
        }
        let (mut agents, mut conditions) = (BTreeMap::new(), BTreeMap::new());
        for step in &workflow.steps {
            agents.extend(offer.agent(&step.agent_type).map(|agent| (step.agent_type.clone(), agent)));
            if let Some(ConditionRef { name, .. }) = &step.condition {
                conditions.extend(offer.condition(name).map(|condition| (name.clone(), condition)));
            }
        }
        let disabled = offer.set.disabled();
        let Offer { provider, policy, confinement, .. } = offer;
        Ok(Self { workflow, agents, conditions, disabled, provider, policy, confinement })
    }

    /// The first event of the run, which records them.
    pub(crate) fn accepted(&self, request: RunRequest, actor: Actor) -> Status {
        Status::Accepted {
            request: Box::new(request),
            workflow: Box::new(self.workflow.clone()),
            plugins: self.plugins(),
            disabled: self.disabled.clone(),
            provider: self.provider.name().to_owned(),
            sandbox: Box::new(self.confinement.clone()),
            actor: Some(actor),
            policy: self.policy.digest(),
        }
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
    fn plugins(&self) -> Vec<PinnedPlugin> {
        self.kept()
            .map(|plugin| PinnedPlugin {
                name: plugin.name().to_owned(),
                version: plugin.version().to_owned(),
                digest: plugin.digest().to_owned(),
            })
            .collect()
    }
}
