//! What an import leaves out, or leaves as it is.

use orchestrator_archive::Skipped;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that was not brought in, or not taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Left {
    /// Its name, as it was given; shortened where it is long. A folder, with `/` at its end, stands for all in it.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl From<Skipped> for Left {
    fn from(skipped: Skipped) -> Self {
        Self { name: skipped.name, reason: skipped.reason.to_string() }
    }
}
