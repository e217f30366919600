//! The agents: what their plugins say, overlaid with what the operator set.
//!
//! An operator's changes are kept in the journal by agent type, apart from the plugins, so they survive a restart and
//! the replacement of a plugin, and are there again when a plugin that was taken away comes back.

mod changes;
mod options;
mod patch;

pub(crate) use changes::SetNow;
pub use patch::AgentPatch;

use crate::{
    error::AgentError,
    kept::Kept,
    views::{AgentDetail, AgentSet, AgentView},
};
use changes::{Changes, ChangesByAgent, settings};
use orchestrator_core::{Actor, AgentType, Digest};
use orchestrator_journal::{Journal, NewEntry};
use orchestrator_model::Provider;
use orchestrator_plugins::{PluginSet, Registry};
use orchestrator_runtime::Plugin;
use serde_json::{Value, json};
use std::sync::Arc;

/// Longest system prompt, in bytes. It is sent with each request of the agent.
pub(crate) const PROMPT_MAX: usize = 128 << 10;
/// Under which settings are kept in the journal.
const PREFIX: &str = "agent/";

/// The agents. Cheap to clone.
#[derive(Clone)]
pub struct AgentRegistry {
    inner: Arc<Inner>,
    /// Who changes through this value are put down to.
    actor: Actor,
}

struct Inner {
    plugins: Arc<Registry>,
    provider: Arc<dyn Provider>,
    changes: Kept<Changes>,
}

impl AgentRegistry {
    /// Reads back what operators set. An agent whose settings cannot be read serves as its plugin describes it.
    pub(crate) async fn open(
        journal: &Journal,
        plugins: Arc<Registry>,
        provider: Arc<dyn Provider>,
    ) -> Result<Self, String> {
        let changes = Kept::open(journal.ledger(), PREFIX).await?;
        let inner = Inner { plugins, provider, changes };
        Ok(Self { inner: Arc::new(inner), actor: Actor::LIBRARY })
    }

    /// The same agents, with changes put down to `actor`.
    pub(crate) fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { inner: Arc::clone(&self.inner), actor }
    }

    /// All agents: the built-in types in the order in which a project meets them, then others by type.
    #[must_use]
    pub fn list(&self) -> Vec<AgentView> {
        let changes = self.inner.changes.all();
        let serving = self.inner.plugins.serving();
        let mut agents: Vec<_> = serving.agents().filter_map(|plugin| view(plugin, &changes)).collect();
        let place =
            |agent: &AgentView| AgentType::BUILT_IN.iter().position(|known| *known == agent.agent_type);
        agents.sort_by_key(|agent| place(agent).unwrap_or(AgentType::BUILT_IN.len()));
        agents
    }

    /// One agent.
    ///
    /// # Errors
    /// [`AgentError::Unknown`] with the agents that there are.
    pub fn get(&self, agent: &str) -> Result<AgentDetail, AgentError> {
        let serving = self.inner.plugins.serving();
        let plugin = find(&serving, agent)?;
        let changes = self.inner.changes.all();
        let detail = detail(plugin, &changes, &*self.inner.provider);
        detail.ok_or_else(|| unknown(&serving, agent))
    }

    /// Sets the system prompt that new runs use.
    ///
    /// # Errors
    /// When there is no such agent, or the prompt is empty or too long.
    pub async fn set_prompt(&self, agent: &str, prompt: String) -> Result<AgentDetail, AgentError> {
        check_prompt(&prompt)?;
        let detail = told_of_prompt(&prompt);
        self.change(agent, "agent.prompt", detail, |changes| changes.prompt = Some(prompt)).await
    }

    /// Goes back to the plugin's own system prompt.
    ///
    /// # Errors
    /// When there is no such agent.
    pub async fn reset_prompt(&self, agent: &str) -> Result<AgentDetail, AgentError> {
        self.change(agent, "agent.prompt", json!({"reset": true}), |changes| changes.prompt = None).await
    }

    /// Sets the model that new runs use.
    ///
    /// # Errors
    /// When there is no such agent or no such model.
    pub async fn set_model(&self, agent: &str, model: String) -> Result<AgentDetail, AgentError> {
        self.check_model(&model)?;
        let detail = json!({"model": model});
        self.change(agent, "agent.model", detail, |changes| changes.model = Some(model)).await
    }

    /// Says whether the agent's steps are done or skipped in new runs.
    ///
    /// # Errors
    /// When there is no such agent.
    pub async fn set_enabled(&self, agent: &str, enabled: bool) -> Result<AgentDetail, AgentError> {
        let action = if enabled { "agent.enable" } else { "agent.disable" };
        self.change(agent, action, json!({}), |changes| changes.disabled = !enabled).await
    }

    fn check_model(&self, model: &str) -> Result<(), AgentError> {
        match self.inner.provider.resolve(model) {
            Ok(_) => Ok(()),
            Err(unknown) => Err(AgentError::UnknownModel { model: model.to_owned(), known: unknown.valid }),
        }
    }

    async fn change(
        &self,
        agent: &str,
        action: &str,
        detail: Value,
        change: impl FnOnce(&mut Changes),
    ) -> Result<AgentDetail, AgentError> {
        let change = |changes: &mut Changes, _: &Plugin| {
            change(changes);
            Ok(())
        };
        self.try_change(agent, action, detail, change).await
    }

    async fn try_change(
        &self,
        agent: &str,
        action: &str,
        detail: Value,
        change: impl FnOnce(&mut Changes, &Plugin) -> Result<(), AgentError>,
    ) -> Result<AgentDetail, AgentError> {
        let changing = self.inner.changes.changing().await;
        let plugin = Arc::clone(find(&self.inner.plugins.serving(), agent)?);
        let mut changes = changing.get(agent).unwrap_or_default();
        change(&mut changes, &plugin)?;
        let entry = NewEntry::new(self.actor.clone(), action, agent, detail);
        changing.set(agent, Some(&changes), entry).await.map_err(AgentError::Internal)?;
        self.get(agent)
    }

    /// What operators have set, as it is at this moment.
    pub(crate) fn set_now(&self) -> SetNow {
        SetNow::new(self.inner.changes.all())
    }
}

fn check_prompt(prompt: &str) -> Result<(), AgentError> {
    if prompt.trim().is_empty() {
        let message = "it is empty; to go back to the agent's own prompt, reset it".to_owned();
        return Err(AgentError::InvalidPrompt(message));
    }
    if prompt.len() > PROMPT_MAX {
        let message = format!("it is {} bytes long; at most {PROMPT_MAX} are allowed", prompt.len());
        return Err(AgentError::InvalidPrompt(message));
    }
    Ok(())
}

/// What the audit tells of a prompt. The text itself is in the settings; that it was this one, and not another, is what
/// has to be proved.
fn told_of_prompt(prompt: &str) -> Value {
    json!({"bytes": prompt.len(), "sha256": Digest::of(prompt.as_bytes()).to_string()})
}

fn view(plugin: &Plugin, all: &ChangesByAgent) -> Option<AgentView> {
    let description = plugin.agent()?;
    let changes = all.get(description.agent_type.as_str());
    let settings = settings(description, changes);
    Some(AgentView {
        name: description.name.clone(),
        agent_type: description.agent_type.clone(),
        model: settings.model.clone(),
        temperature: settings.temperature,
        max_tokens: settings.max_tokens,
        capabilities: description.capabilities.clone(),
        enabled: !changes.is_some_and(|changes| changes.disabled),
        has_custom_prompt: changes.is_some_and(|changes| changes.prompt.is_some()),
        purpose: description.purpose.clone(),
        version: description.version.clone(),
        digest: plugin.digest().to_owned(),
    })
}

fn detail(plugin: &Plugin, all: &ChangesByAgent, provider: &dyn Provider) -> Option<AgentDetail> {
    let agent = view(plugin, all)?;
    let changes = all.get(agent.agent_type.as_str()).cloned().unwrap_or_default();
    let settings = settings(plugin.agent()?, Some(&changes));
    Some(AgentDetail {
        system_prompt: settings.prompt.clone(),
        effort: provider.effort(&settings.model, &agent.agent_type, settings.effort),
        options_schema: plugin.agent()?.options_schema.clone(),
        set: AgentSet {
            model: changes.model,
            temperature: changes.temperature,
            max_tokens: changes.max_tokens,
            effort: changes.effort,
            options: changes.options,
            enabled: changes.disabled.then_some(false),
        },
        agent,
    })
}

fn find<'a>(serving: &'a PluginSet, agent: &str) -> Result<&'a Arc<Plugin>, AgentError> {
    serving.agent(agent).ok_or_else(|| unknown(serving, agent))
}

fn unknown(serving: &PluginSet, agent: &str) -> AgentError {
    let known =
        serving.agents().filter_map(|plugin| plugin.agent()).map(|agent| agent.agent_type.clone()).collect();
    AgentError::Unknown { agent: agent.to_owned(), known }
}
