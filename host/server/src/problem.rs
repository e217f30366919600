//! What the server answers when it says no: problem documents (RFC 9457).
//!
//! A client gets three things out of one: `type`, which is stable and made for programs; `detail`, one sentence made
//! for people that says what would be right; and, where they apply, the field, the valid values, the run in the way.
//! What went wrong inside the server goes to its log in full and into the answer only as the fact that it did.

mod kind;
mod refusals;

pub(crate) use kind::Kind;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use orchestrator::{Fault, Role, RunId, Violation};
use serde::Serialize;
use utoipa::ToSchema;

/// Media type of a problem document.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// After how many seconds a request is worth repeating that a full disk refused.
const DISK_FULL_WAIT: u64 = 60;

/// What every `type` begins with.
const TYPE_PREFIX: &str = "urn:problem-type:orchestrator:";

/// Why a request was refused, as the last part of `type` says it: on each answer that is a problem, for those who watch
/// answers go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason(pub(crate) String);

/// A problem document (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem; stable, made for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:problem-type:orchestrator:invalid-request")]
    pub kind: String,
    /// Names the kind of problem.
    pub title: &'static str,
    /// The response's status code, repeated.
    pub status: u16,
    /// What is wrong and what would be right, in a sentence for people.
    pub detail: String,
    /// The field of the body, the query parameter or the header that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Values that would have been accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<Vec<String>>,
    /// The run that holds the project, that the key belongs to, or that is not over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// The file's `ETag` as it is; also in the header of that name. Not there where there is no such file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub etag: Option<Box<str>>,
    /// The role that is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// After how many seconds it is worth trying again; also in the `Retry-After` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Everything that is wrong with a workflow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// Where malformed JSON stops being JSON, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column of that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let (slug, status, title) = kind.entry();
        Self {
            kind: format!("{TYPE_PREFIX}{slug}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            valid: None,
            run_id: None,
            etag: None,
            role: None,
            retry_after: None,
            violations: Vec::new(),
            line: None,
            column: None,
        }
    }

    /// Something failed that is not the client's doing. What it was goes to the log, and into the answer alone that a
    /// disk is full: then it is worth asking again, and somebody can do something about it.
    pub(crate) fn fault(fault: &Fault) -> Self {
        match fault {
            Fault::Other(what) => Self::internal(what),
            Fault::DiskFull(what) => {
                tracing::error!(error = what, "a request could not be answered because a disk is full");
                Self {
                    retry_after: Some(DISK_FULL_WAIT),
                    ..Self::new(
                        Kind::DiskFull,
                        "The orchestrator's disk is full, so nothing can be written; free some space, then send the \
                         request again.",
                    )
                }
            }
        }
    }

    /// Something failed that is not the client's doing. `what` goes to the log alone.
    pub(crate) fn internal(what: &str) -> Self {
        tracing::error!(error = what, "a request could not be answered");
        Self::new(
            Kind::Internal,
            "The orchestrator could not answer because of a failure on its side; its log says which.",
        )
    }

    /// The same problem of a thing that a body names, not the address: the address was found, its content is wrong.
    #[must_use]
    pub(crate) fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self.status = match self.status {
            404 => StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
            status => status,
        };
        self
    }

    #[must_use]
    pub(crate) fn valid(mut self, valid: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.valid = Some(valid.into_iter().map(Into::into).collect());
        self
    }
}

impl Problem {
    /// What a 401 says about how to do better (RFC 6750).
    fn challenge(&self) -> Option<&'static str> {
        match self.kind.strip_prefix(TYPE_PREFIX) {
            Some("token-needed") => Some("Bearer realm=\"orchestrator\""),
            Some("token-invalid") => Some("Bearer realm=\"orchestrator\", error=\"invalid_token\""),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (retry_after, challenge) = (self.retry_after, self.challenge());
        let etag = self.etag.as_deref().and_then(|etag| HeaderValue::from_str(etag).ok());
        let reason = Reason(self.kind.trim_start_matches(TYPE_PREFIX).to_owned());
        let mut response = (status, Json(self)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(etag) = etag {
            response.headers_mut().insert(header::ETAG, etag);
        }
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response.extensions_mut().insert(reason);
        response
    }
}

#[cfg(test)]
mod tests;
