//! Anything with a `Makefile`.

use super::{Ecosystem, ManifestFolder, Recipe, Surroundings, argv};
use crate::Error;

/// Asked last: a `Makefile` beside another manifest usually calls the same tools.
pub(super) fn recipe<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Result<Option<Recipe>, Error> {
    for name in ["Makefile", "makefile", "GNUmakefile"] {
        let Some(text) = place.read(name)? else { continue };
        let target = ["test", "check"].into_iter().find(|target| has_target(&text, target));
        let test = target.map(|target| argv(["make", target]));
        return Ok(Some(Recipe { test, ..place.recipe(Ecosystem::Make, name) }));
    }
    Ok(None)
}

/// Whether a rule has this target: `test: build`, `lint test:`, and not the assignment `test := x`.
fn has_target(makefile: &str, target: &str) -> bool {
    makefile.lines().any(|line| {
        if line.starts_with(['\t', '#', '.']) {
            return false;
        }
        let Some((targets, rest)) = line.split_once(':') else { return false };
        !rest.starts_with('=')
            && !targets.contains('=')
            && targets.split_whitespace().any(|known| known == target)
    })
}
