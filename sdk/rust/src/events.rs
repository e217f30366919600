//! What the people who watch a run see. Events of files and commands come from `edits`, `workspace` and `command` on
//! their own.
//!
//! Each function fails with [`crate::ErrorCode::Cancelled`] when the run is over, and with
//! [`crate::ErrorCode::LimitExceeded`] when the event is too large.

use crate::{Error, Plan, error::ErrorCode, sys};
use serde::Serialize;

/// Says what the agent is doing.
///
/// # Errors
/// As the module says.
pub fn status(message: &str) -> Result<(), Error> {
    sys::status(message, None)
}

/// Says what the agent is doing, with anything attached that can be written as JSON.
///
/// # Errors
/// As the module says; [`ErrorCode::Internal`] when the detail cannot be written as JSON.
pub fn status_with(message: &str, detail: &impl Serialize) -> Result<(), Error> {
    let json = serde_json::to_string(detail).map_err(|error| {
        Error::new(ErrorCode::Internal, format!("the status's detail is not JSON: {error}"))
    })?;
    sys::status(message, Some(&json))
}

/// Shares a thought: why this and not that.
///
/// # Errors
/// As the module says.
pub fn thinking_step(message: &str) -> Result<(), Error> {
    sys::thinking_step(message)
}

/// Announces the plan. Later steps find it in their context.
///
/// # Errors
/// As the module says.
pub fn plan_created(plan: &Plan) -> Result<(), Error> {
    sys::plan_created(plan)
}

/// How far the step has come, 0 to 1. A value lower than an earlier one is ignored.
pub fn progress(fraction: f32) {
    sys::progress(fraction);
}
