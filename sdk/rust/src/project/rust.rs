//! Rust: `Cargo.toml`.

use super::{Ecosystem, ManifestFolder, Recipe, Surroundings, argv};

/// Cargo brings in what is missing on its own, and knows itself which tests there are.
pub(super) fn recipe<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Option<Recipe> {
    place.has("Cargo.toml").then(|| Recipe {
        test: Some(argv(["cargo", "test"])),
        ..place.recipe(Ecosystem::Rust, "Cargo.toml")
    })
}
