//! Where the API is.

/// What the address of everything in the API begins with.
pub(crate) const PREFIX: &str = "/api/v1/orchestrator";
