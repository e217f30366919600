//! Rust: `Cargo.toml`.

use super::{Ecosystem, Place, Recipe, Surroundings, argv};

/// Cargo brings in what is missing on its own, and knows itself which tests there are.
pub(super) fn recipe<S: Surroundings>(place: &Place<'_, S>) -> Option<Recipe> {
    place.has("Cargo.toml").then(|| Recipe {
        test: Some(argv(["cargo", "test"])),
        ..place.recipe(Ecosystem::Rust, "Cargo.toml")
    })
}
