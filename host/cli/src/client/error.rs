//! What can go wrong between a command and a server, as sentences with the way out.

use reqwest::StatusCode;
use serde_json::Value;
use std::error::Error;

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
    #[error(
        "the server {server} cannot be reached: {why}; is it running, and is that its address? (--server, \
         ORCHESTRATOR_SERVER)"
    )]
    Unreachable { server: String, why: String },
    #[error(
        "the connection to {server} was lost: {why}; the run goes on, and `orchestrator runs events` takes it up again"
    )]
    Lost { server: String, why: String },
    #[error("{server} answers as no orchestrator of this version does: {what}; is that its address?")]
    Strange { server: String, what: String },
    #[error("the server {server} asks for a token: give one in ORCHESTRATOR_TOKEN, or with --token")]
    TokenNeeded { server: String },
    #[error(
        "the server {server} does not know the token: make one with `orchestrator token create`, and give it in \
         ORCHESTRATOR_TOKEN, or with --token"
    )]
    TokenInvalid { server: String },
    #[error("{detail}")]
    Refused { kind: String, detail: String },
}

impl ClientError {
    /// What an answer means that is none of success.
    pub(super) fn refused(server: String, status: StatusCode, body: &[u8], with_token: bool) -> Self {
        let problem: Option<Value> = serde_json::from_slice(body).ok();
        let text = |key: &str| problem.as_ref()?.get(key)?.as_str().map(str::to_owned);
        let (Some(kind), Some(detail)) = (text("type"), text("detail")) else {
            return Self::Strange { server, what: format!("status {status} without a reason") };
        };
        match status {
            StatusCode::UNAUTHORIZED if with_token => Self::TokenInvalid { server },
            StatusCode::UNAUTHORIZED => Self::TokenNeeded { server },
            _ => Self::Refused { kind: kind.rsplit(':').next().unwrap_or_default().to_owned(), detail },
        }
    }

    /// Whether the server refused for this reason; see the problem documents in `docs/api.md`.
    pub(crate) fn is(&self, reason: &str) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == reason)
    }
}

/// What is at the bottom of an error: "connection refused" and not "error sending request".
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str, with_token: bool) -> String {
        let status = StatusCode::from_u16(status).unwrap();
        ClientError::refused("http://h".into(), status, body.as_bytes(), with_token).to_string()
    }

    #[test]
    fn a_problem_is_its_detail_and_anything_else_is_no_orchestrator() {
        let problem =
            r#"{"type": "urn:problem-type:orchestrator:unknown-run", "detail": "there is no run '1'"}"#;
        assert_eq!(said(404, problem, false), "there is no run '1'");
        insta::assert_snapshot!(said(401, problem, false), @"the server http://h asks for a token: give one in ORCHESTRATOR_TOKEN, or with --token");
        insta::assert_snapshot!(said(401, problem, true), @"the server http://h does not know the token: make one with `orchestrator token create`, and give it in ORCHESTRATOR_TOKEN, or with --token");
        insta::assert_snapshot!(said(404, "<html>", false), @"http://h answers as no orchestrator of this version does: status 404 Not Found without a reason; is that its address?");
    }
}
