//! What one plugin may do in one run: what it asks for, as far as it is granted.

use crate::{document::Located, limits::CallLimits, network::Network, programs::Programs};
use orchestrator_core::{Denials, Grant, Permission, Permissions};

/// A plugin about which is decided.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Agent type or condition name.
    pub name: &'a str,
    /// Whether it is the one that the program carries. A file that takes its name is another plugin.
    pub built_in: bool,
    /// What its description asks for.
    pub asked: Permissions,
    /// What was granted over the API to a component of this digest.
    pub granted: Permissions,
    /// Which programs were granted over the API to a component of this digest.
    pub programs: &'a [crate::Pattern],
}

/// What one plugin may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The plugin.
    pub plugin: String,
    /// What it asks for.
    pub asked: Permissions,
    /// What it asks for and gets.
    pub permissions: Permissions,
    /// Where the grants come from: a line of a policy, and the API where that added something.
    pub from: String,
    /// Whether a line of the operator's file for this very plugin decides; then grants over the API do not count.
    pub settled_by_file: bool,
    /// The programs that it may start.
    pub programs: Programs,
    /// Where those may connect to.
    pub network: Located<Network>,
    /// What one call may use up.
    pub limits: CallLimits,
}

/// What a plugin asks for and was not granted, with the two ways to grant it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Waiting {
    /// The permissions.
    pub permissions: Vec<Permission>,
    /// The lines for the policy file.
    pub policy: String,
    /// The request that does the same; none when the policy file decides.
    // Whoever answers requests puts it in, and nobody else knows its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Whether a grant over the API counts, because no line of the policy file decides.
    #[serde(skip)]
    pub grantable: bool,
}

impl Decision {
    /// The answer for one permission, as the rooms ask for it.
    #[must_use]
    pub fn grant(&self, permission: Permission) -> Grant {
        let granted = self.permissions.allows(permission);
        let advice = match granted {
            true => String::new(),
            false => self.advice(permission),
        };
        Grant { plugin: self.plugin.clone(), permission, granted, advice, denials: Denials::default() }
    }

    /// What it asks for and was not granted.
    #[must_use]
    pub fn waiting(&self) -> Option<Waiting> {
        let missing = self.asked.without(self.permissions);
        (missing != Permissions::default()).then(|| self.ways(missing))
    }

    fn advice(&self, permission: Permission) -> String {
        if !self.asked.allows(permission) {
            return format!(
                "its description does not ask for '{permission}'; have its `describe` ask for it"
            );
        }
        let ways = self.ways(Permissions::from(permission).without(self.permissions));
        let lines = ways.policy.replace('\n', ": ");
        let grant = match ways.grantable {
            true => format!(
                "; or grant it '{permission}' over the API, by the request that the list of plugins shows"
            ),
            false => String::new(),
        };
        format!(
            "it asks for it and nobody granted it ({}); write into the policy file, under {lines}{grant}",
            self.from
        )
    }

    fn ways(&self, missing: Permissions) -> Waiting {
        let plugin = &self.plugin;
        let list = |permissions: Permissions| {
            permissions.list().iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
        };
        let all = list(self.permissions.union(missing));
        Waiting {
            permissions: missing.list(),
            policy: format!("[plugin.{plugin}]\npermissions = [{all}]"),
            request: None,
            grantable: !self.settled_by_file,
        }
    }
}
