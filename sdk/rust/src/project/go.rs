//! Go: `go.mod`.

use super::{Ecosystem, ManifestFolder, Recipe, Surroundings, argv};

/// `go test` brings in what is missing on its own.
pub(super) fn recipe<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Option<Recipe> {
    if !place.has("go.mod") {
        return None;
    }
    let has_tests = place.files().any(|path| path.ends_with("_test.go"));
    Some(Recipe {
        test: has_tests.then(|| argv(["go", "test", "./..."])),
        ..place.recipe(Ecosystem::Go, "go.mod")
    })
}
