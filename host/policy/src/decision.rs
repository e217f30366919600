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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
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
        let request = ways.request.map(|request| format!("; or send: {request}")).unwrap_or_default();
        format!(
            "it asks for it and nobody granted it ({}); write into the policy file, under {lines}{request}",
            self.from
        )
    }

    fn ways(&self, missing: Permissions) -> Waiting {
        let plugin = &self.plugin;
        let list = |permissions: Permissions| {
            permissions.list().iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
        };
        let all = list(self.permissions.union(missing));
        let body = format!("{{\"permissions\": [{}]}}", list(missing));
        let request = format!(
            "curl -X POST http://localhost:8000/api/v1/orchestrator/plugins/{plugin}/grants \
             -H 'Content-Type: application/json' -d '{body}'"
        );
        Waiting {
            permissions: missing.list(),
            policy: format!("[plugin.{plugin}]\npermissions = [{all}]"),
            request: (!self.settled_by_file).then_some(request),
        }
    }
}
