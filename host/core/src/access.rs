//! Who does something, and what a token lets its holder do.
//!
//! Roles are a ladder, because each does what the one below it does: a matrix of single rights would be a second
//! policy that nobody reads. Actors are plain names, so that the record of who did what outlives the token, and the
//! five that are no tokens' names are kept from tokens (see [`Actor::is_reserved`]): otherwise a token called `system`
//! could sign for the program.

use crate::ids::TokenName;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// What the holder of a token may do. Each role may do what the ones before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look at everything but tokens and the audit.
    Viewer,
    /// Also start and cancel runs, and work on projects.
    Runner,
    /// Everything.
    Admin,
}

impl Role {
    /// All roles, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Runner, Self::Admin];

    /// Its name, as people write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Runner => "runner",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no role '{0}'; give viewer, runner or admin")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Who did something: the name of a token, or one of the five that need none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "ada")]
pub struct Actor(Cow<'static, str>);

impl Actor {
    /// Somebody on this machine, over HTTP, of a server that asks for no tokens.
    pub const LOCAL: Self = Self(Cow::Borrowed("local"));
    /// Somebody at this machine's command line.
    pub const CLI: Self = Self(Cow::Borrowed("cli"));
    /// A program that uses the library.
    pub const LIBRARY: Self = Self(Cow::Borrowed("library"));
    /// The program itself, such as when it takes up a plugin that was dropped into its folder.
    pub const SYSTEM: Self = Self(Cow::Borrowed("system"));

    /// Somebody who was refused and did not show who they are.
    pub const UNKNOWN: Self = Self(Cow::Borrowed("unknown"));

    /// The holder of a token.
    #[must_use]
    pub fn token(name: &TokenName) -> Self {
        Self(Cow::Owned(name.as_str().to_owned()))
    }

    /// An actor as it was written down.
    #[must_use]
    pub fn recorded(name: String) -> Self {
        Self(Cow::Owned(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a token may not have this name.
    #[must_use]
    pub fn is_reserved(name: &str) -> bool {
        [Self::LOCAL, Self::CLI, Self::LIBRARY, Self::SYSTEM, Self::UNKNOWN]
            .iter()
            .any(|actor| actor.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_the_ones_below_it_may() {
        assert!(Role::Admin > Role::Runner && Role::Runner > Role::Viewer);
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole("root".into())));
    }

    #[test]
    fn a_token_cannot_sign_for_those_that_need_none() {
        for name in ["system", "CLI", "local", "Library", "unknown"] {
            assert!(Actor::is_reserved(name), "{name}");
        }
        assert!(!Actor::is_reserved("ada"));
    }
}
