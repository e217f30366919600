//! What a plugin may be allowed: one permission by name, and a set of them.
//!
//! A text becomes a permission in one place, [`Permission::from_str`]. What it does not know is no permission, so nothing
//! that is written wrongly anywhere can be taken for one that is granted.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// One thing that a plugin may be allowed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Ask language models for completions.
    Model,
    /// Start programs in the workspace.
    Command,
    /// Read the project's files.
    ReadFiles,
    /// Create, change and delete the project's files; includes reading them.
    WriteFiles,
}

impl Permission {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Model, Self::Command, Self::ReadFiles, Self::WriteFiles];

    /// Its name, as the contract, the policy and the API spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Command => "command",
            Self::ReadFiles => "read-files",
            Self::WriteFiles => "write-files",
        }
    }

    /// The names of all, for a sentence.
    #[must_use]
    pub fn known() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no permission '{0}'; there are {known}", known = Permission::known())]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        let known = Self::ALL.into_iter().find(|permission| permission.as_str() == text);
        known.ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// What a plugin asks to be allowed. What it gets is the smaller of this and the operator's policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Permissions {
    /// Ask language models for completions.
    pub model: bool,
    /// Start programs in the workspace.
    pub command: bool,
    /// Read the project's files.
    pub read_files: bool,
    /// Create, change and delete the project's files.
    pub write_files: bool,
}

impl From<Permission> for Permissions {
    /// Writing includes reading.
    fn from(permission: Permission) -> Self {
        let none = Self::default();
        match permission {
            Permission::Model => Self { model: true, ..none },
            Permission::Command => Self { command: true, ..none },
            Permission::ReadFiles => Self { read_files: true, ..none },
            Permission::WriteFiles => Self { read_files: true, write_files: true, ..none },
        }
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().map(Self::from).fold(Self::default(), Self::union)
    }
}

impl Permissions {
    /// Those that are set.
    #[must_use]
    pub fn list(self) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| self.allows(*permission)).collect()
    }

    /// Whether this one is set.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        match permission {
            Permission::Model => self.model,
            Permission::Command => self.command,
            Permission::ReadFiles => self.read_files,
            Permission::WriteFiles => self.write_files,
        }
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.each(other, |a, b| a || b)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        self.each(other, |a, b| a && b)
    }

    /// What is in this one alone.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.each(other, |a, b| a && !b)
    }

    fn each(self, other: Self, combine: fn(bool, bool) -> bool) -> Self {
        Self {
            model: combine(self.model, other.model),
            command: combine(self.command, other.command),
            read_files: combine(self.read_files, other.read_files),
            write_files: combine(self.write_files, other.write_files),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_permission_is_read_as_it_is_written_everywhere() {
        for permission in Permission::ALL {
            assert_eq!(permission.to_string().parse(), Ok(permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
            let alone = Permissions::from(permission);
            assert!(alone.allows(permission));
            assert_eq!(alone.list().into_iter().collect::<Permissions>(), alone);
        }
        assert!(Permissions::from(Permission::WriteFiles).allows(Permission::ReadFiles));
        assert!(!Permissions::from(Permission::ReadFiles).allows(Permission::WriteFiles));
    }

    proptest! {
        /// Near misses above all: what is not spelt exactly is refused, by both ways in.
        #[test]
        fn what_names_no_permission_is_none(text in "(model|command|read-files|write-files)?[ -~]{0,3}") {
            let known = Permission::ALL.iter().any(|permission| permission.as_str() == text);
            prop_assert_eq!(text.parse::<Permission>().is_ok(), known);
            let json = serde_json::from_value::<Permission>(serde_json::Value::String(text));
            prop_assert_eq!(json.is_ok(), known);
        }

        #[test]
        fn a_permission_is_allowed_where_it_is_set_and_nowhere_else(bits in 0u8..16) {
            let set = Permission::ALL.into_iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
            let set: Permissions = set.map(|(_, permission)| permission).collect();
            let listed = set.list();
            for permission in Permission::ALL {
                prop_assert_eq!(set.allows(permission), listed.contains(&permission));
                prop_assert!(!Permissions::default().allows(permission));
            }
        }
    }
}
