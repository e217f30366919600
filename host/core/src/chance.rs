//! Where chance comes from: one source, which a program opens once and hands down.
//!
//! Whoever leaves something to chance (how long a pause is, what a token is called) draws from the source that it was
//! given, so that a test can give one that is foretold, and so that there is one place to look at when it matters how
//! good it is.

use rand::{RngCore, SeedableRng, TryRngCore, rngs::StdRng};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A source of chance. Cheap to clone; clones draw from the same source.
#[derive(Clone, Default)]
pub struct Chance(Source);

#[derive(Clone, Default)]
enum Source {
    #[default]
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

/// The operating system has no randomness to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes: {0}")]
pub struct NoChance(String);

impl Chance {
    /// The operating system's randomness: nobody can foretell it.
    #[must_use]
    pub fn of_system() -> Self {
        Self(Source::System)
    }

    /// The same for the same seed. For tests: who knows the seed knows everything that comes of it, tokens included.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// Fills `bytes`, well enough for secrets where the source is the system's.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
        match &self.0 {
            Source::System => {
                rand::rngs::OsRng.try_fill_bytes(bytes).map_err(|error| NoChance(error.to_string()))
            }
            Source::Seeded(rng) => {
                rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
                Ok(())
            }
        }
    }

    /// A number from 0 up to, but not including, 1. No secret: for what is only to be spread out.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        match &self.0 {
            Source::System => rand::random(),
            Source::Seeded(rng) => {
                rand::Rng::random(&mut *rng.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    /// One of `choices`, each as likely as the others; none of an empty list. No secret, as [`Chance::fraction`].
    #[must_use]
    pub fn pick<'a, T>(&self, choices: &'a [T]) -> Option<&'a T> {
        choices.get((self.fraction() * choices.len() as f64) as usize)
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Chance(system)",
            Source::Seeded(_) => "Chance(seeded)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(chance: &Chance) -> ([u8; 8], f64, char) {
        let mut bytes = [0; 8];
        chance.fill(&mut bytes).unwrap();
        (bytes, chance.fraction(), *chance.pick(&['a', 'b', 'c']).unwrap())
    }

    #[test]
    fn a_seed_foretells_everything_and_the_system_nothing() {
        assert_eq!(drawn(&Chance::seeded(7)), drawn(&Chance::seeded(7)));
        assert_ne!(drawn(&Chance::seeded(7)).0, drawn(&Chance::seeded(8)).0);
        let system = Chance::of_system();
        assert_ne!(drawn(&system).0, drawn(&system).0);
    }

    #[test]
    fn clones_draw_from_one_source() {
        let chance = Chance::seeded(7);
        assert_ne!(drawn(&chance.clone()).0, drawn(&chance).0);
    }

    #[test]
    fn what_is_drawn_stays_within_its_bounds() {
        for chance in [Chance::seeded(1), Chance::of_system()] {
            assert!((0..1000).all(|_| (0.0..1.0).contains(&chance.fraction())));
            let picked: std::collections::BTreeSet<_> =
                (0..1000).map(|_| *chance.pick(&[1, 2, 3]).unwrap()).collect();
            assert_eq!(picked.len(), 3);
            assert_eq!(chance.pick::<u8>(&[]), None);
        }
    }
}
