//! What people do with plugins: look at them, grant, take back, let go.

use crate::{
    orchestrator::Orchestrator,
    policy::{GrantView, PluginError, PolicySnapshot, quarantine_message},
};
use orchestrator_plugins::PluginView;
use orchestrator_runtime::Plugin;
use std::sync::Arc;

impl Orchestrator {
    /// Every plugin with what it asks for, gets and waits for, and every file in the plugins folder that is none, with
    /// the reason.
    #[must_use]
    pub fn plugins(&self) -> Vec<PluginView> {
        let snapshot = self.policy_snapshot();
        let mut views = self.inner.plugins.views();
        for view in &mut views {
            let Some(digest) = &view.digest else { continue };
            view.quarantine = self.inner.quarantine.check(digest);
            let built_in = self.inner.plugins.carries(digest);
            snapshot.complete(view, built_in);
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
        by: &str,
    ) -> Result<GrantView, PluginError> {
        let found = self.find_plugin(plugin)?;
        if let Some(place) = self.inner.policy.policy().settles(plugin) {
            return Err(PluginError::Settled { plugin: plugin.to_owned(), place: place.to_string() });
        }
        self.inner.grants.add(plugin, found.digest(), permissions, programs, by).await
    }

    /// Takes back everything that was granted to a plugin over the API. Returns whether there was something.
    ///
    /// # Errors
    /// When there is no such plugin and never was a grant for it, or the journal cannot be written.
    pub async fn revoke(&self, plugin: &str, by: &str) -> Result<bool, PluginError> {
        let had = self.inner.grants.remove(plugin, by).await?;
        if !had {
            self.find_plugin(plugin)?;
        }
        Ok(had)
    }

    /// Ends a plugin's quarantine. Returns whether there was one.
    ///
    /// # Errors
    /// When there is no such plugin.
    pub fn release(&self, plugin: &str) -> Result<bool, PluginError> {
        let found = self.find_plugin(plugin)?;
        Ok(self.inner.quarantine.release(found.digest()))
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
        found.ok_or_else(|| {
            let plugins = serving.agents().chain(serving.conditions());
            let known = plugins.map(|plugin| plugin.name().to_owned()).collect();
            PluginError::Unknown { plugin: name.to_owned(), known }
        })
    }
}
