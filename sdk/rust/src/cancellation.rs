//! Whether to go on. The host ends a cancelled call in any case; asking lets an agent stop at a clean place.

use crate::{Error, sys};
use std::time::Duration;

/// Whether somebody cancelled the run.
#[must_use]
pub fn is_cancelled() -> bool {
    sys::is_cancelled()
}

/// Passes unless the run was cancelled; worth a `?` before each expensive thing.
///
/// # Errors
/// [`crate::ErrorCode::Cancelled`].
pub fn check() -> Result<(), Error> {
    if is_cancelled() { Err(Error::cancelled()) } else { Ok(()) }
}

/// How long until the step's time is over.
#[must_use]
pub fn remaining() -> Duration {
    Duration::from_millis(sys::remaining_ms())
}
