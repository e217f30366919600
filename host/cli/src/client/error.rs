//! What can go wrong between a command and a server, as sentences with the way out.

use orchestrator::RunId;
use reqwest::StatusCode;
use serde_json::Value;
use std::error::Error;

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
    #[error("the server {server} cannot be reached: {why}; {hint} (--server, ORCHESTRATOR_SERVER)")]
    Unreachable { server: String, why: String, hint: &'static str },
    #[error(
        "the connection to {server} was lost: {why}; what became of the run is not known here: once the server can be \
         reached, {} tells", again(.seen)
    )]
    Lost { server: String, why: String, seen: Option<(RunId, u64)> },
    #[error("{server} answers with status {status} and a page that is no orchestrator's: {}", by_proxy(*.status))]
    Proxy { server: String, status: StatusCode },
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
            return Self::Proxy { server, status };
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

/// The command that goes on where a connection was lost.
fn again(seen: &Option<(RunId, u64)>) -> String {
    match seen {
        Some((run, number)) => format!("`orchestrator runs events {run} --after {number} --follow`"),
        None => "`orchestrator runs`".to_owned(),
    }
}

/// What an answer of a proxy means, and what to do about it.
fn by_proxy(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            "a proxy before the server takes nothing of that size; raise its limit (client_max_body_size of nginx)"
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            "a proxy is there and does not reach the server behind it, or not in time; is that one running?"
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "a proxy before the server lets nobody through without being logged in to it"
        }
        StatusCode::TOO_MANY_REQUESTS => {
            "a proxy before the server wants fewer requests; wait, and try again"
        }
        _ => {
            "is that the server's address, with the path that a proxy has it under? (--server, ORCHESTRATOR_SERVER)"
        }
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
        for (status, told) in [
            (404, "is that the server's address"),
            (413, "client_max_body_size"),
            (502, "behind it"),
            (403, "logged in"),
        ] {
            let said = said(status, "<html>", false);
            assert!(said.contains(told) && said.contains("http://h answers with status"), "{said}");
        }
    }
}
