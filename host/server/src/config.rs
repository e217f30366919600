//! What an operator can set about the server itself.

use crate::tls::Tls;
use axum::http::HeaderValue;
use std::{num::NonZeroU32, time::Duration};

/// Where development servers of frontends listen; browsers there may call the API unless an operator says otherwise.
///
/// The ports are the defaults of Next.js and Create React App (3000), `vite preview` (4173), Angular (4200), Vite (5173)
/// and of webpack and Vue CLI (8080).
pub const DEFAULT_ORIGINS: [&str; 10] = [
    "http://localhost:3000",
    "http://localhost:4173",
    "http://localhost:4200",
    "http://localhost:5173",
    "http://localhost:8080",
    "http://127.0.0.1:3000",
    "http://127.0.0.1:4173",
    "http://127.0.0.1:4200",
    "http://127.0.0.1:5173",
    "http://127.0.0.1:8080",
];

/// How the server behaves, apart from the address it listens on.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Web pages of these origins may call the API from a browser.
    pub origins: Vec<Origin>,
    /// Host names under which the server may be addressed besides `localhost` and the loopback addresses. None turns
    /// the check off, which is right for a server that other machines reach; see [`serve`](crate::serve()).
    pub hosts: Option<Vec<String>>,
    /// Whether a token is needed even where there is none. [`serve`](crate::serve()) sets it for addresses that other machines
    /// reach.
    pub tokens_required: bool,
    /// How many requests a second one caller may send, and twice as many at once; none for any number.
    pub requests_per_second: Option<NonZeroU32>,
    /// How many requests of one caller may be under way at the same time, streams apart.
    pub requests_at_once: usize,
    /// How many streams one caller may have open at the same time.
    pub streams_at_once: usize,
    /// Certificate and key; none to serve in the open, on a loopback address or behind a proxy.
    pub tls: Option<Tls>,
    /// After so much silence a stream gets a comment, so that proxies do not take it for dead.
    pub ping_every: Duration,
    /// How long a shutdown waits for runs to write their last event.
    pub grace: Duration,
    /// How long a shutdown waits after that for clients to take what is left for them.
    pub drain: Duration,
    /// Most bytes of an archive that is brought in.
    pub import_max: u64,
    /// How long a client may take to send a request's body.
    pub body_timeout: Duration,
    /// How long a client may take to send a request's head.
    pub header_timeout: Duration,
}

impl ServerConfig {
    /// Whether pages of any origin may call the API.
    #[must_use]
    pub fn lets_any_origin_in(&self) -> bool {
        self.origins.iter().any(Origin::is_any)
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            origins: DEFAULT_ORIGINS.iter().filter_map(|origin| Origin::parse(origin).ok()).collect(),
            hosts: Some(Vec::new()),
            tokens_required: false,
            requests_per_second: NonZeroU32::new(200),
            requests_at_once: 64,
            streams_at_once: 256,
            tls: None,
            ping_every: Duration::from_secs(15),
            grace: Duration::from_secs(10),
            drain: Duration::from_secs(5),
            import_max: 64 << 20,
            body_timeout: Duration::from_secs(30),
            header_timeout: Duration::from_secs(30),
        }
    }
}

/// Where a web page comes from: scheme, host and port, or `*` for anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no origin: give scheme, host and port alone, such as http://localhost:3000, or '*' for any"
)]
pub struct OriginError(String);

impl Origin {
    /// Checks that `text` is what a browser sends in its `Origin` header.
    ///
    /// # Errors
    /// When it has a path, lacks a scheme, or could not be a header's value.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let wrong = || OriginError(text.to_owned());
        if text != "*" {
            let host = ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
            let host = host.ok_or_else(wrong)?;
            if host.is_empty() || host.contains(['/', '?', '#', '@', ' ', '*']) {
                return Err(wrong());
            }
        }
        // Browsers write schemes and hosts in lower case, and origins are compared byte by byte.
        HeaderValue::from_str(&text.to_ascii_lowercase()).map(Self).map_err(|_| wrong())
    }

    pub(crate) fn is_any(&self) -> bool {
        self.0 == "*"
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl std::str::FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_origins_are_all_there() {
        assert_eq!(ServerConfig::default().origins.len(), DEFAULT_ORIGINS.len());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        for good in ["http://localhost:3000", "https://app.example.org", "*"] {
            assert!(Origin::parse(good).is_ok(), "{good}");
        }
        assert_eq!(Origin::parse("HTTP://Localhost:1"), Err(OriginError("HTTP://Localhost:1".into())));
        assert_eq!(Origin::parse("http://Localhost:1"), Origin::parse("http://localhost:1"));
        for bad in [
            "",
            "localhost:3000",
            "http://",
            "http://a/",
            "http://a/b",
            "http://*.a",
            "ftp://a",
            "http://a\n",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }
}
