//! How well the programs that agents start are locked up.

use serde::{Deserialize, Serialize};

/// How well started programs are locked up, from worst to best.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Isolation {
    /// Not at all: they may do what the user of the server may.
    #[default]
    None,
    /// In namespaces of their own: no other files, processes and network than what they were given, fewer system
    /// calls, and never as root.
    Namespaces,
}

impl Isolation {
    /// The name that reports and settings use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Namespaces => "namespaces",
        }
    }
}

/// How well the commands of one run are locked up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Confinement {
    /// The level reached when the run was asked for.
    pub level: Isolation,
    /// What was missing then: what keeps the level from being higher, and limits that this machine cannot set.
    #[serde(default)]
    pub missing: Vec<String>,
}
