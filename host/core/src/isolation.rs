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
