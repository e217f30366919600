//! Under which name the server may be addressed.
//!
//! A server on a loopback address may have no tokens, because only this machine reaches it. Web pages in this machine's
//! browser do too: a page whose own host name is pointed at 127.0.0.1 after it was loaded counts as the same origin,
//! and CORS does not apply to it. What gives such a page away is the name in its requests' `Host` header. The check
//! costs a comparison for each request, and operators of reverse proxies a setting.

use crate::{
    config::ServerConfig,
    problem::{Kind, Problem},
};
use axum::{
    extract::{Request, State},
    http::{Version, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::Arc};

/// Refuses requests under a name that is not allowed, or under none. HTTP/1.0 knows no `Host`, and what still speaks it, such
/// as the health checks of load balancers, is no browser.
pub(crate) async fn check(State(config): State<Arc<ServerConfig>>, request: Request, next: Next) -> Response {
    let refused = match (named(&request), &config.hosts) {
        (Named::Nothing, _) if request.version() < Version::HTTP_11 => None,
        (Named::Nothing, _) => Some(unnamed("A request has to say in its Host header whom it is for.")),
        (Named::Twice, _) => Some(unnamed("A request has one Host header, and this one has more.")),
        (Named::Once(name), Some(allowed)) if !is_allowed(name, allowed) => Some(foreign(name)),
        (Named::Once(_), _) => None,
    };
    match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

/// Whom a request is for.
enum Named<'a> {
    Nothing,
    Once(&'a str),
    /// Of two names, one might be what a proxy checked and the other what it let through.
    Twice,
}

fn named(request: &Request) -> Named<'_> {
    let mut names = request.headers().get_all(header::HOST).iter();
    match (names.next(), names.next(), request.uri().authority()) {
        (_, Some(_), _) => Named::Twice,
        // What is no text is no name that is allowed.
        (Some(name), None, _) => Named::Once(name.to_str().unwrap_or_default()),
        (None, None, Some(authority)) => Named::Once(authority.as_str()),
        (None, None, None) => Named::Nothing,
    }
}

fn unnamed(detail: &str) -> Problem {
    Problem::new(Kind::NoHost, detail)
}

fn foreign(name: &str) -> Problem {
    let detail = format!(
        "This server answers to 'localhost' and loopback addresses, not to '{name}'; its operator can allow the name \
         with --allowed-host."
    );
    Problem::new(Kind::ForeignHost, detail)
}

fn is_allowed(name: &str, allowed: &[String]) -> bool {
    let Ok(authority) = name.parse::<Authority>() else { return false };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.is_loopback())
        || allowed.iter().any(|other| other.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_allowed_and_others_by_configuration() {
        for name in ["localhost", "LocalHost:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000"] {
            assert!(is_allowed(name, &[]), "{name}");
        }
        assert!(is_allowed("studio.example.org:443", &["Studio.example.org".into()]));
    }

    #[test]
    fn a_name_that_was_rebound_to_loopback_is_refused() {
        for name in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:8000",
            "",
            "a b",
            "0.0.0.0",
        ] {
            assert!(!is_allowed(name, &["studio.example.org".into()]), "{name}");
        }
    }
}
