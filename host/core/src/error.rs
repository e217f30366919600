//! What can go wrong in a plugin call, as one vocabulary shared by host, contract and journal.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The kind of a failure. It alone decides whether a retry can help, so nobody has to read messages for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The caller passed something that can never work.
    InvalidInput,
    /// The named thing is not there.
    NotFound,
    /// The plugin has no grant for what it tried.
    Denied,
    /// A limit of size, number or rate was reached.
    LimitExceeded,
    /// The run was cancelled.
    Cancelled,
    /// The time allowed is over.
    Timeout,
    /// A service did not answer or asked to come back later.
    Unavailable,
    /// The model's answer could not be used; another attempt may bring a better one.
    MalformedAnswer,
    /// The model declined to answer.
    Refused,
    /// The plugin stopped by a WebAssembly trap or a panic.
    Trap,
    /// The program was stopped while the run was in flight.
    Interrupted,
    /// A defect, or a failing disk: nothing that the caller did.
    Internal,
}

/// The longest that a run waits because the other side asks for it. Who asks for more will not be back within this run.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(600);

impl ErrorCode {
    /// Its name, as everything that tells of it writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::NotFound => "not_found",
            Self::Denied => "denied",
            Self::LimitExceeded => "limit_exceeded",
            Self::Cancelled => "cancelled",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::MalformedAnswer => "malformed_answer",
            Self::Refused => "refused",
            Self::Trap => "trap",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
        }
    }

    /// Whether doing the same again can end differently.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        match self {
            Self::Timeout | Self::Unavailable | Self::MalformedAnswer => true,
            Self::InvalidInput
            | Self::NotFound
            | Self::Denied
            | Self::LimitExceeded
            | Self::Cancelled
            | Self::Refused
            | Self::Trap
            | Self::Interrupted
            | Self::Internal => false,
        }
    }
}

/// What keeps the program from doing what it was asked for, and no asking otherwise would change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A disk has no room for what was to be written. It works again once there is some.
    #[error("{0}")]
    DiskFull(String),
    /// A failing disk, a damaged file, a defect.
    #[error("{0}")]
    Other(String),
}

impl Fault {
    /// A fault that more room would not mend.
    pub fn other(what: impl ToString) -> Self {
        Self::Other(what.to_string())
    }
}

/// A failure that a plugin, a person or a retry policy can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Failure {
    /// What kind of failure this is.
    pub code: ErrorCode,
    /// One sentence: what was being done, to what, why it failed, and what to do.
    pub message: String,
    /// How long the other side asked to be left alone, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure of the given kind.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// Whether a run that does the same again can end differently: not when it would have to wait for too long.
    #[must_use]
    pub fn is_worth_repeating(&self) -> bool {
        self.code.is_retryable() && self.retry_after.is_none_or(|wait| wait <= RETRY_AFTER_MAX)
    }

    /// Adds how long the other side asked to be left alone.
    #[must_use]
    pub fn after(mut self, retry_after: Option<Duration>) -> Self {
        self.retry_after = retry_after;
        self
    }
}
