//! Telling of what a plugin was denied, while it is denied.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Most denials of one call that are told. A plugin may ask without end.
const MOST: usize = 16;
/// Most characters of one.
const LENGTH: usize = 300;

/// Tells of what one call of a plugin was denied: each thing once, and of so many things at most. Clones share what was
/// told. The default tells nobody.
#[derive(Clone, Default)]
pub struct Denials(Option<Arc<Teller>>);

struct Teller {
    tell: Box<dyn Fn(String) + Send + Sync>,
    told: Mutex<BTreeSet<String>>,
}

impl Denials {
    /// Tells `tell`, which must not block: a permission's name, or a command as people write it.
    pub fn new(tell: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Teller { tell: Box::new(tell), told: Mutex::default() })))
    }

    /// Tells that `what` was denied.
    pub fn tell(&self, what: &str) {
        let Some(teller) = &self.0 else { return };
        let what: String = what.chars().take(LENGTH).collect();
        let mut told = teller.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST && told.insert(what.clone()) {
            drop(told);
            (teller.tell)(what);
        }
    }
}

impl fmt::Debug for Denials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Denials")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_and_not_without_end() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = Arc::clone(&heard);
        let denials = Denials::new(move |what| hearing.lock().unwrap().push(what));
        for _ in 0..3 {
            denials.clone().tell("command");
        }
        assert_eq!(*heard.lock().unwrap(), ["command"]);
        for n in 0..1000 {
            denials.tell(&format!("{n} {}", "x".repeat(10_000)));
        }
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), MOST);
        assert!(heard.iter().all(|what| what.chars().count() <= LENGTH));
        Denials::default().tell("nobody hears this");
    }
}
