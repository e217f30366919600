//! Names that are kept for files on their way: what a transaction stages, and what it could not put back.
//!
//! The name of a staged file says which process staged it, so that another one can tell what is nobody's any more.

use orchestrator_core::path::spelled_elsewhere;
use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};
use uuid::Uuid;

/// What the names of files begin with that a transaction has staged.
pub(crate) const STAGED_PREFIX: &str = ".orchestrator-staged-";
/// What the names of earlier contents begin with that could not be put back. They are files like others, and stay.
const KEPT_PREFIX: &str = ".orchestrator-kept-";

/// Whether a file of this name is one that a transaction stages, here or on a system that compares names otherwise: no
/// listing shows it, and another process removes it.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    spelled_elsewhere(name).starts_with(STAGED_PREFIX)
}

/// How the names of what this process stages begin. Not its number, which another one may have had before it.
static OWN_PREFIX: LazyLock<String> =
    LazyLock::new(|| format!("{STAGED_PREFIX}{}-", Uuid::now_v7().simple()));

/// Whether this process stages a file by this name, and no earlier one.
pub(crate) fn is_own(name: &str) -> bool {
    name.starts_with(OWN_PREFIX.as_str())
}

/// A name that nothing has yet, for an earlier content that stays.
pub(crate) fn kept_name() -> String {
    format!("{KEPT_PREFIX}{}", Uuid::now_v7().simple())
}

/// A name that nothing has yet, for a content on its way.
pub(crate) fn staged_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}{}", *OWN_PREFIX, COUNT.fetch_add(1, Ordering::Relaxed))
}
