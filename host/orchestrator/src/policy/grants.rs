//! Grants that were given over the API, kept in the journal.
//!
//! A grant is given to what was loaded at the time, so it is bound to the component's digest: other bytes under the
//! same name do not inherit what somebody granted after looking at these. It waits in the journal, and counts again
//! when those bytes are back. A line of the policy file names a plugin by its name instead, and where the file has
//! permissions for a plugin, no grant over the API is taken.

use crate::kept::Kept;
use orchestrator_core::{Actor, Fault, Permission, Permissions, Timestamp, UnknownPermission};
use orchestrator_journal::{Ledger, NewEntry};
use orchestrator_policy::Pattern;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// Under which grants are kept in the journal.
const PREFIX: &str = "grant/";
/// Most programs that may be granted to one plugin.
const PROGRAMS_MAX: usize = 100;

/// What was granted to one plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) digest: String,
    permissions: Vec<Permission>,
    programs: Vec<String>,
    by: String,
    time: Timestamp,
}

pub(crate) type All = BTreeMap<String, Grant>;

/// What was granted to a plugin over the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantView {
    /// The plugin.
    pub plugin: String,
    /// SHA-256 of the component that it was granted to, in hexadecimal.
    pub digest: String,
    /// The permissions.
    pub permissions: Vec<Permission>,
    /// The programs, as patterns.
    pub programs: Vec<String>,
    /// Who granted it last.
    pub by: String,
    /// When that was.
    pub time: Timestamp,
}

/// A plugin's grants or quarantine could not be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PluginError {
    /// There is no such plugin.
    #[error("there is no plugin '{plugin}'; valid: {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        plugin: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The operator's file decides about this plugin.
    #[error(
        "the policy file has permissions for '{plugin}' ({place}), and what it says counts; change that line"
    )]
    Settled {
        /// The plugin.
        plugin: String,
        /// File and line.
        place: String,
    },
    /// A field of the request cannot be used.
    #[error("{field}: {message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
    /// The journal or the disk failed.
    #[error("{0}")]
    Internal(Fault),
}

/// The grants over the API.
pub(crate) struct Grants(Kept<Grant>);

impl Grant {
    pub(crate) fn granted(&self) -> Permissions {
        self.permissions.iter().copied().collect()
    }

    /// What was checked when it was granted is readable still.
    pub(crate) fn patterns(&self) -> Vec<Pattern> {
        self.programs.iter().filter_map(|text| Pattern::parse(text).ok()).collect()
    }

    fn view(&self, plugin: &str) -> GrantView {
        let Self { digest, permissions, programs, by, time } = self.clone();
        GrantView { plugin: plugin.to_owned(), digest, permissions, programs, by, time }
    }
}

impl Grants {
    /// Reads back what was granted. What cannot be read grants nothing.
    pub(crate) async fn open(ledger: Ledger) -> Result<Self, String> {
        Ok(Self(Kept::open(ledger, PREFIX).await?))
    }

    pub(crate) fn all(&self) -> Arc<All> {
        self.0.all()
    }

    /// Adds to what this component was granted.
    pub(crate) async fn add(
        &self,
        plugin: &str,
        digest: &str,
        permissions: &[String],
        programs: &[String],
        by: &Actor,
    ) -> Result<GrantView, PluginError> {
        let permissions = &read(permissions, programs)?;
        let changing = self.0.changing().await;
        let earlier = changing.get(plugin).filter(|grant| grant.digest == digest).unwrap_or_default();
        let grant = Grant {
            digest: digest.to_owned(),
            permissions: merged(earlier.permissions, permissions),
            programs: merged(earlier.programs, programs),
            by: by.to_string(),
            time: Timestamp::now(),
        };
        if grant.programs.len() > PROGRAMS_MAX {
            let message =
                format!("with these it would have {}; at most {PROGRAMS_MAX} are kept", grant.programs.len());
            return Err(PluginError::Invalid { field: "programs", message });
        }
        let detail = json!({"digest": digest, "permissions": permissions, "programs": programs});
        let entry = NewEntry::new(by.clone(), "grant.add", plugin, detail);
        changing.set(plugin, Some(&grant), entry).await.map_err(PluginError::Internal)?;
        tracing::info!(plugin, digest, %by, ?permissions, ?programs, "granted");
        Ok(grant.view(plugin))
    }

    /// Takes back everything that was granted under this name. Returns whether there was something.
    pub(crate) async fn remove(&self, plugin: &str, by: &Actor) -> Result<bool, PluginError> {
        let changing = self.0.changing().await;
        let Some(had) = changing.get(plugin) else { return Ok(false) };
        let detail = json!({"digest": had.digest, "permissions": had.permissions, "programs": had.programs});
        let entry = NewEntry::new(by.clone(), "grant.remove", plugin, detail);
        changing.set(plugin, None, entry).await.map_err(PluginError::Internal)?;
        tracing::info!(plugin, %by, "grants taken back");
        Ok(true)
    }
}

/// The permissions that are named, where these and the programs can be granted.
fn read(permissions: &[String], programs: &[String]) -> Result<Vec<Permission>, PluginError> {
    let invalid = |message| PluginError::Invalid { field: "permissions", message };
    if permissions.is_empty() && programs.is_empty() {
        return Err(invalid(format!("it is empty; name some of {}", Permission::known())));
    }
    let named = permissions.iter().map(|name| name.parse());
    let named =
        named.collect::<Result<_, UnknownPermission>>().map_err(|error| invalid(error.to_string()))?;
    for program in programs {
        let invalid = |message| PluginError::Invalid { field: "programs", message };
        Pattern::parse(program).map_err(|error| invalid(error.to_string()))?;
    }
    Ok(named)
}

fn merged<T: Clone + Ord>(mut earlier: Vec<T>, new: &[T]) -> Vec<T> {
    earlier.extend_from_slice(new);
    earlier.sort();
    earlier.dedup();
    earlier
}
