//! The audit: who did what, and when.
//!
//! What is changed through an [`Orchestrator`] is put down, in the same transaction, to whom that value acts for (see
//! [`Orchestrator::on_behalf_of`]). What changes without anybody's call, plugins that come and go in their folder, is
//! put down to `system`. Runs and commands are not written here: they are in their runs' events, and the ledger shows
//! them out of those.

use crate::{
    error::AuditError, orchestrator::Orchestrator, part::Part, policy::PolicyFile, views::AuditView,
};
use orchestrator_core::{Actor, RunId};
use orchestrator_journal::{AuditEntry, AuditFilter, EntryId, Ledger, NewEntry, WeakLedger};
use orchestrator_plugins::{FolderChange, Registry};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// Most entries in one answer.
const LIST_MAX: usize = 500;

/// Tokens and audit of a data folder, for an operator's tools. Works whether or not a program is at work there.
pub struct Desk {
    ledger: Ledger,
}

impl Desk {
    /// Opens them. Blocks for the disk.
    ///
    /// # Errors
    /// When the folder cannot be written, the journal is damaged, or a program of another version is at work.
    pub fn open(data_dir: impl AsRef<Path>) -> Result<Self, AuditError> {
        Ok(Self { ledger: Ledger::open(data_dir)? })
    }

    /// The tokens.
    #[must_use]
    pub fn tokens(&self) -> crate::Tokens {
        crate::Tokens::new(self.ledger.clone(), orchestrator_core::Chance::of_system())
    }

    /// Entries of the audit; see [`Orchestrator::audit`].
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn audit(&self, filter: AuditFilter) -> Result<Part<AuditView, EntryId>, AuditError> {
        entries(&self.ledger, filter).await
    }
}

impl Orchestrator {
    /// Entries of the audit, at most 500, the newest first unless the filter says otherwise: changes by operators, plugins, tokens,
    /// grants and denials; runs that were asked for, and commands that they started.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn audit(&self, filter: AuditFilter) -> Result<Part<AuditView, EntryId>, AuditError> {
        entries(&self.inner.journal.ledger(), filter).await
    }

    /// Writes an entry about something that no other method writes down, such as a grant or a denial, on behalf of whom
    /// this value acts for. `action` is `family.verb`; `detail` must hold no secret.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn record(
        &self,
        action: &str,
        subject: &str,
        run_id: Option<RunId>,
        detail: Value,
    ) -> Result<(), AuditError> {
        let entry = NewEntry { run_id, ..NewEntry::new(self.actor.clone(), action, subject, detail) };
        Ok(self.inner.journal.ledger().record(entry).await?)
    }
}

async fn entries(ledger: &Ledger, filter: AuditFilter) -> Result<Part<AuditView, EntryId>, AuditError> {
    let limit = filter.limit.min(LIST_MAX);
    let found = ledger.audit(AuditFilter { limit: limit + 1, ..filter }).await?;
    Ok(Part::of(found, limit, |entry| entry.id).map(view))
}

fn view(entry: AuditEntry) -> AuditView {
    let AuditEntry { id, time, actor, action, subject, run_id, detail } = entry;
    AuditView { id: id.to_string(), time, actor, action, subject, run_id, detail }
}

/// Puts down what comes of files in the plugins folder. The task ends with the registry.
pub(crate) fn follow_plugins(plugins: &Registry, ledger: WeakLedger) {
    let Some(mut changes) = plugins.changes() else { return };
    tokio::spawn(async move {
        while let Some(change) = changes.recv().await {
            let Some(ledger) = ledger.upgrade() else { return };
            if let Err(error) = ledger.record(entry(change)).await {
                tracing::error!(%error, "a change of the plugins could not be put into the audit");
            }
        }
    });
}

/// Puts down what becomes of the policy file while the program runs. The task ends with the file's follower, or with the
/// journal.
pub(crate) fn follow_policy(policy: &Arc<PolicyFile>, ledger: WeakLedger) {
    let (mut generations, policy) = (policy.generations(), Arc::downgrade(policy));
    tokio::spawn(async move {
        while generations.changed().await.is_ok() {
            let (Some(policy), Some(ledger)) = (policy.upgrade(), ledger.upgrade()) else { return };
            let (action, detail) = match policy.problem() {
                None => ("policy.load", json!({"digest": policy.policy().digest()})),
                Some(problem) => ("policy.refuse", json!({"reason": problem})),
            };
            let entry = NewEntry::new(Actor::SYSTEM, action, policy.name(), detail);
            if let Err(error) = ledger.record(entry).await {
                tracing::error!(%error, "a change of the policy could not be put into the audit");
            }
        }
    });
}

fn entry(change: FolderChange) -> NewEntry {
    let (action, subject, detail) = match change {
        FolderChange::Loaded { file, plugin, version, digest } => {
            ("plugin.load", plugin, json!({"file": file, "version": version, "sha256": digest}))
        }
        FolderChange::Refused { file, reason } => ("plugin.refuse", file, json!({"reason": reason})),
        FolderChange::Removed { file } => ("plugin.remove", file, json!({})),
    };
    NewEntry::new(Actor::SYSTEM, action, subject, detail)
}
