//! What can go wrong, in the contract's words. The kind alone decides whether a step is tried again.

pub use crate::contract::types::{Error, ErrorCode};

impl Error {
    /// An error of the given kind, with one sentence: what was being done, to what, why it failed, what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after_ms: None }
    }

    /// The caller passed something that can never work.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidInput, message)
    }

    /// The named thing is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// The model's answer could not be used. The step is tried again.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::MalformedAnswer, message)
    }

    /// The model declined to answer.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Refused, message)
    }

    /// The run was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(ErrorCode::Cancelled, "the run was cancelled")
    }

    /// Puts what was being done in front of the message: `reading the plan: …`.
    #[must_use]
    pub fn while_doing(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}
