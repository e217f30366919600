//! Which parts of a patch are about the same file, and which have nothing to do with each other.

use crate::hunk::{FilePatch, Intent, Parts, Unusable};
use orchestrator_core::RelativePath;
use std::collections::{BTreeMap, BTreeSet};

/// Parts about one file, which are tried as one patch first.
pub(super) type Group<'t> = Result<Vec<FilePatch<'t>>, Unusable>;

/// Brings parts together that change the same file, at the place of the first; whatever else a part does ends that.
pub(super) fn grouped(parts: Parts<'_>) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut open: BTreeMap<RelativePath, usize> = BTreeMap::new();
    for part in parts {
        let patch = match part {
            Ok(patch) => patch,
            Err(unusable) => {
                groups.push(Err(unusable));
                continue;
            }
        };
        let key = match &patch.intent {
            Intent::Modify(names) => names.first().cloned(),
            Intent::Create(_) | Intent::Delete(_) | Intent::Rename { .. } => None,
        };
        let Some(key) = key else {
            open.clear();
            groups.push(Ok(vec![patch]));
            continue;
        };
        match open.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(Ok(group)) => group.push(patch),
            _ => {
                open.insert(key, groups.len());
                groups.push(Ok(vec![patch]));
            }
        }
    }
    groups
}

/// Whether no file is named by two of `groups`: what one comes to does not depend on the others then.
pub(super) fn are_independent(groups: &[Group<'_>]) -> bool {
    let mut seen = BTreeSet::new();
    groups.iter().flatten().flat_map(|group| names(group)).all(|name| seen.insert(name))
}

fn names<'g>(group: &'g [FilePatch<'_>]) -> BTreeSet<&'g RelativePath> {
    group.iter().flat_map(|patch| patch.intent.names()).collect()
}
