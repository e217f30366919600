//! The keys under which runs are being begun, so that two requests with one key take turns.

use orchestrator_core::{Actor, IdempotencyKey};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// Held while a run is begun for one key.
pub(crate) type Turn = tokio::sync::Mutex<()>;

/// Those keys for which a run is being begun.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<(Actor, IdempotencyKey), Weak<Turn>>>);

impl Keys {
    /// What is to be held while a run is begun for this key.
    pub(crate) fn turn(&self, actor: &Actor, key: &IdempotencyKey) -> Arc<Turn> {
        // Each entry is whole at each point, whether or not a holder panicked.
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = turns.entry((actor.clone(), key.clone())).or_default();
        turn.upgrade().unwrap_or_else(|| {
            let new = Arc::default();
            *turn = Arc::downgrade(&new);
            new
        })
    }
}
