//! The quarantine, with a clock.

use orchestrator_core::{ErrorCode, Failure, RunId, Timestamp};
use orchestrator_policy::{Quarantine, QuarantineRules, Sentence};
use orchestrator_runtime::Plugin;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who is quarantined, shared by all runs.
#[derive(Default)]
pub(crate) struct Cell(Mutex<Quarantine>);

impl Cell {
    fn lock(&self) -> MutexGuard<'_, Quarantine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The quarantine in force for a component.
    pub(crate) fn check(&self, digest: &str) -> Option<Sentence> {
        self.lock().check(digest, Timestamp::now()).cloned()
    }

    /// Passes a plugin that is not quarantined.
    pub(crate) fn admit(&self, plugin: &Plugin) -> Result<(), Failure> {
        match self.check(plugin.digest()) {
            None => Ok(()),
            Some(sentence) => Err(Failure::new(ErrorCode::LimitExceeded, message(plugin.name(), &sentence))),
        }
    }

    /// Takes down that a plugin trapped or overran a limit. Returns the quarantine that begins with it.
    pub(crate) fn strike(
        &self,
        plugin: &Plugin,
        run_id: RunId,
        reason: &str,
        rules: &QuarantineRules,
    ) -> Option<Sentence> {
        let (name, digest) = (plugin.name(), plugin.digest());
        tracing::warn!(plugin = name, digest, %run_id, cause = reason, "a plugin trapped");
        let sentence = self.lock().strike(digest, reason, Timestamp::now(), rules)?;
        let (until, times) = (sentence.until, sentence.times);
        tracing::warn!(plugin = name, digest, %run_id, %until, times, cause = reason, "a plugin was quarantined");
        Some(sentence)
    }

    /// Lets a component go. Returns whether it was quarantined.
    pub(crate) fn release(&self, digest: &str) -> bool {
        self.lock().release(digest, Timestamp::now())
    }
}

/// One sentence with the way out.
pub(crate) fn message(plugin: &str, sentence: &Sentence) -> String {
    format!(
        "plugin '{plugin}' is quarantined until {} because it failed again and again, last with: {}; a repaired version \
         is called at once, and so is this one once an admin releases it over the API",
        sentence.until, sentence.reason
    )
}
