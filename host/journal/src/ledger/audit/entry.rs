//! An entry of the audit: as it is written, as it is read, and which of them are asked for.

use orchestrator_core::{Actor, RunId, Timestamp};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// Something that was done, before it is written down.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// Who did it.
    pub actor: Actor,
    /// What was done, as `family.verb`, such as `token.create`.
    pub action: String,
    /// What it was done to: a name.
    pub subject: String,
    /// The run that it was done in or to.
    pub run_id: Option<RunId>,
    /// The particulars. Never a secret.
    pub detail: Value,
}

impl NewEntry {
    /// An entry about something outside of runs.
    pub fn new(actor: Actor, action: impl Into<String>, subject: impl Into<String>, detail: Value) -> Self {
        Self { actor, action: action.into(), subject: subject.into(), run_id: None, detail }
    }

    /// The same entry about a run.
    #[must_use]
    pub fn of_run(mut self, run_id: RunId) -> Self {
        self.run_id = Some(run_id);
        self
    }
}

/// An entry's place among all others: by time, then by source. Larger is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    pub(super) at: i64,
    pub(super) source: i64,
    pub(super) seq: i64,
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at, self.source, self.seq)
    }
}

/// A text that is no entry's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no entry's id; give the `id` of an entry as it was shown")]
pub struct EntryIdError(String);

impl FromStr for EntryId {
    type Err = EntryIdError;

    fn from_str(text: &str) -> Result<Self, EntryIdError> {
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse::<i64>().ok(),
            false => None,
        };
        let mut parts = text.split('.').map(number);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(at)), Some(Some(source)), Some(Some(seq)), None) => Ok(Self { at, source, seq }),
            _ => Err(EntryIdError(text.to_owned())),
        }
    }
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its place among all entries.
    pub id: EntryId,
    /// When it was done.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done, as `family.verb`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// The run that it was done in or to.
    pub run_id: Option<RunId>,
    /// The particulars.
    pub detail: Value,
}

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// Only this action (`token.create`), or this family of actions (`token`).
    pub action: Option<String>,
    /// Only what this actor did.
    pub actor: Option<String>,
    /// Only what was done in or to this run.
    pub run_id: Option<RunId>,
    /// Only entries before this one: the last of the page before.
    pub before: Option<EntryId>,
    /// Only entries after this one.
    pub after: Option<EntryId>,
    /// The oldest first, rather than the newest.
    pub oldest_first: bool,
    /// Most entries to return; never more than 1,000.
    pub limit: usize,
}
