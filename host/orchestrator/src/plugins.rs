//! What people do with plugins: look at them, grant, take back, let go.

use crate::{
    orchestrator::Orchestrator,
    policy::{GrantView, PluginError, PolicySnapshot, quarantine_message},
};
use orchestrator_plugins::{PluginView, Registry};
use orchestrator_runtime::Plugin;
use serde_json::json;
use std::sync::Arc;

impl Orchestrator {
    /// Every plugin with what it asks for, gets and waits for, and every file in the plugins folder that is none, with
    /// the reason.
    #[must_use]
    pub fn plugins(&self) -> Vec<PluginView> {
        let mut views = views(&self.inner.plugins, &self.policy_snapshot());
        for view in &mut views {
            view.quarantine = view.digest.as_deref().and_then(|digest| self.inner.quarantine.check(digest));
        }
        views
    }

    /// Grants a plugin permissions and programs, on top of what it has. New runs have them at once.
    ///
    /// # Errors
    /// When there is no such plugin, the policy file decides about it, or something is granted that does not exist.
    pub async fn grant(
        &self,
        plugin: &str,
        permissions: &[String],
        programs: &[String],
    ) -> Result<GrantView, PluginError> {
        let found = self.find_plugin(plugin)?;
        if let Some(place) = self.inner.policy.policy().settles(plugin) {
            return Err(PluginError::Settled { plugin: plugin.to_owned(), place: place.to_string() });
        }
        self.inner.grants.add(plugin, found.digest(), permissions, programs, &self.actor).await
    }

    /// Takes back everything that was granted to a plugin over the API. Returns whether there was something.
    ///
    /// # Errors
    /// When there is no such plugin and never was a grant for it, or the journal cannot be written.
    pub async fn revoke(&self, plugin: &str) -> Result<bool, PluginError> {
        let had = self.inner.grants.remove(plugin, &self.actor).await?;
        if !had {
            self.find_plugin(plugin)?;
        }
        Ok(had)
    }

    /// Ends a plugin's quarantine, where there is one. Returns the plugin as it is then.
    ///
    /// # Errors
    /// When there is no such plugin, or the journal cannot be written; it is released then all the same.
    pub async fn release(&self, plugin: &str) -> Result<PluginView, PluginError> {
        let found = self.find_plugin(plugin)?;
        let released = self.inner.quarantine.release(found.digest());
        if released {
            let detail = json!({"digest": found.digest()});
            let entry = self.record("plugin.release", plugin, None, detail).await;
            entry.map_err(|error| PluginError::Internal(error.into()))?;
        }
        let digest = Some(found.digest());
        let mut views = self.plugins().into_iter();
        let view = views.find(|view| view.name == plugin && view.digest.as_deref() == digest);
        view.ok_or_else(|| self.unknown_plugin(plugin))
    }

    /// Counts the changes of the policy file, for those who wait for one.
    #[must_use]
    pub fn policy_generations(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.policy.generations()
    }

    pub(crate) fn policy_snapshot(&self) -> PolicySnapshot {
        PolicySnapshot::new(self.inner.policy.policy(), self.inner.grants.all())
    }

    /// What operators should know about plugins that are quarantined.
    pub(crate) fn quarantine_notices(&self) -> Vec<String> {
        let serving = self.inner.plugins.serving();
        let plugins = serving.agents().chain(serving.conditions());
        let quarantined = plugins.filter_map(|plugin| {
            let sentence = self.inner.quarantine.check(plugin.digest())?;
            Some(quarantine_message(plugin.name(), &sentence))
        });
        quarantined.collect()
    }

    fn find_plugin(&self, name: &str) -> Result<Arc<Plugin>, PluginError> {
        let serving = self.inner.plugins.serving();
        let found = serving.agent(name).or_else(|| serving.condition(name)).cloned();
        found.ok_or_else(|| self.unknown_plugin(name))
    }

    fn unknown_plugin(&self, name: &str) -> PluginError {
        let serving = self.inner.plugins.serving();
        let plugins = serving.agents().chain(serving.conditions());
        let known = plugins.map(|plugin| plugin.name().to_owned()).collect();
        PluginError::Unknown { plugin: name.to_owned(), known }
    }
}

/// Every plugin and every refused file, with what a policy grants.
pub(crate) fn views(plugins: &Registry, policy: &PolicySnapshot) -> Vec<PluginView> {
    let mut views = plugins.views();
    for view in &mut views {
        let built_in = view.digest.as_deref().is_some_and(|digest| plugins.carries(digest));
        policy.complete(view, built_in);
    }
    views
}
