//! The policy while the program runs: the file, the grants over the API, the quarantine.
//!
//! A run takes a [`PolicySnapshot`] when it is asked for and keeps it, as it keeps its plugins: what is granted or taken
//! back later reaches new runs, at once. The one thing that reaches a run under way is a quarantine, because a plugin
//! that misbehaves in one run misbehaves in the next step of another.

mod file;
mod grants;
mod quarantine;

pub(crate) use file::{Follower, PolicyFile};
pub(crate) use grants::Grants;
pub use grants::{GrantView, PluginError};
pub(crate) use quarantine::{Cell, message as quarantine_message};

use orchestrator_core::{Digest, Permissions};
use orchestrator_plugins::PluginView;
use orchestrator_policy::{CallLimits, Decision, Policy, QuarantineRules, Subject};
use orchestrator_runtime::Plugin;
use std::sync::Arc;

/// Policy and grants as they are at one moment.
#[derive(Clone)]
pub(crate) struct PolicySnapshot {
    policy: Arc<Policy>,
    grants: Arc<grants::All>,
}

impl PolicySnapshot {
    pub(crate) fn new(policy: Arc<Policy>, grants: Arc<grants::All>) -> Self {
        Self { policy, grants }
    }

    /// Decides about a plugin that is loaded.
    pub(crate) fn decide(&self, plugin: &Plugin, built_in: bool) -> Decision {
        let asked = plugin.agent().map(|agent| agent.permissions).unwrap_or_default();
        self.decide_for(plugin.name(), plugin.digest(), asked, built_in)
    }

    /// What a condition may use up.
    pub(crate) fn limits(&self, plugin: &Plugin, built_in: bool) -> CallLimits {
        self.decide(plugin, built_in).limits
    }

    /// When plugins are quarantined.
    pub(crate) fn quarantine_rules(&self) -> QuarantineRules {
        self.policy.quarantine()
    }

    /// Adds to a view what only the policy knows.
    pub(crate) fn complete(&self, view: &mut PluginView, built_in: bool) {
        let Some(digest) = view.digest.clone() else { return };
        let decision = self.decide_for(&view.name, &digest, view.asked, built_in);
        view.permissions = decision.permissions;
        view.waiting = decision.waiting();
    }

    /// SHA-256 over the policy and all grants, in hexadecimal: two runs with the same one had the same rules.
    pub(crate) fn digest(&self) -> String {
        let grants = serde_json::to_vec(&*self.grants).unwrap_or_default();
        Digest::of_parts(&[self.policy.digest().as_bytes(), &grants]).to_string()
    }

    fn decide_for(&self, name: &str, digest: &str, asked: Permissions, built_in: bool) -> Decision {
        let grant = self.grants.get(name).filter(|grant| grant.digest == digest);
        let programs = grant.map(grants::Grant::patterns).unwrap_or_default();
        let granted = grant.map(grants::Grant::granted).unwrap_or_default();
        self.policy.decide(&Subject { name, built_in, asked, granted, programs: &programs })
    }
}
