//! Which web pages may have something changed.
//!
//! CORS keeps a foreign page from reading answers, and from sending what a form could not send. It does not keep it from
//! sending what a form can, such as a POST without a body, and of a server without tokens that is enough to cancel a run.
//! Browsers say where such a request comes from, in `Origin` and in `Sec-Fetch-Site`, and pages cannot change what they
//! say. Other programs send neither, and are not meant.

use crate::{
    config::{Origin, ServerConfig},
    problem::{Kind, Problem},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests of foreign pages that would change something.
pub(crate) async fn check(State(config): State<Arc<ServerConfig>>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_known(request.headers(), &config) {
        return next.run(request).await;
    }
    let origin = foreign(request.headers(), &config);
    let detail = match origin {
        Some(origin) => format!(
            "This came from a web page of {origin}, which may not change anything here; the operator can allow it with \
             --cors-origin {origin}."
        ),
        None => "This came from a web page that may not change anything here; the operator can allow its origin with \
                 --cors-origin."
            .to_owned(),
    };
    Problem::new(Kind::ForeignOrigin, detail).into_response()
}

/// Origins that are named in the log: each once, and no more of them than somebody would read.
#[derive(Default)]
pub(crate) struct Named(Mutex<BTreeSet<String>>);

const NAMED_MAX: usize = 50;

impl Named {
    /// Whether `origin` is to be named now.
    fn is_new(&self, origin: &str) -> bool {
        // The set is whole at each point, whether or not a holder panicked.
        let mut named = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        named.len() < NAMED_MAX && named.insert(origin.to_owned())
    }
}

/// Names the foreign pages whose requests a browser keeps back, with the option that lets them in. The page itself learns
/// no more than that its request failed, so the log is where its developer finds out.
pub(crate) async fn name(
    State((config, named)): State<(Arc<ServerConfig>, Arc<Named>)>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(origin) = foreign(request.headers(), &config)
        && named.is_new(origin)
    {
        tracing::warn!(
            origin,
            "a web page of this origin may not call the API; start the program with --cors-origin {origin} to let it"
        );
    }
    next.run(request).await
}

/// The origin of the page that sends this, if pages of it may not call the API. One that could not be allowed is nobody's
/// frontend, and is not named.
fn foreign<'a>(headers: &'a HeaderMap, config: &ServerConfig) -> Option<&'a str> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    (!is_known(headers, config) && Origin::parse(origin).is_ok()).then_some(origin)
}

/// The origin of a page that did not come from this server. It is not a person: whoever wrote the page decides what it
/// asks for, and pages that agents write are served from the very ports that development servers have.
pub(crate) fn page_of_another<'a>(headers: &'a HeaderMap, config: &ServerConfig) -> Option<&'a str> {
    let origins = headers.get_all(header::ORIGIN).iter();
    let mut origins = origins.map(|origin| origin.to_str().unwrap_or("unreadable"));
    origins.find(|origin| !is_same(origin, headers, config.tls.is_some()))
}

fn is_known(headers: &HeaderMap, config: &ServerConfig) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let site = headers.get(SEC_FETCH_SITE).map(|value| value.as_bytes());
    match (origins.next(), origins.next()) {
        // `none` is what a person does in the address bar.
        (None, _) => site.is_none_or(|site| matches!(site, b"same-origin" | b"none")),
        (Some(origin), None) => {
            let listed = config.origins.iter().any(|other| other.is_any() || other.header() == *origin);
            listed || origin.to_str().is_ok_and(|origin| is_same(origin, headers, config.tls.is_some()))
        }
        (Some(_), Some(_)) => false,
    }
}

/// Whether a page of `origin` came from this server, under the name that its request uses. That the name is one of
/// ours was checked before. Where this server speaks TLS itself its pages are `https`, and a page in the clear under the same
/// name is whoever's is between; behind a proxy they may be either.
fn is_same(origin: &str, headers: &HeaderMap, through_tls: bool) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let schemes: &[&str] = if through_tls { &["https://"] } else { &["http://", "https://"] };
    let page = schemes.iter().find_map(|scheme| origin.strip_prefix(scheme));
    match (host, page) {
        (Some(host), Some(page)) => page.parse::<Authority>().is_ok() && page.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn known(headers: &[(&'static str, &'static str)]) -> bool {
        let mut all = HeaderMap::new();
        all.append("host", HeaderValue::from_static("localhost:8000"));
        for (name, value) in headers {
            all.append(*name, HeaderValue::from_static(value));
        }
        is_known(&all, &ServerConfig::default())
    }

    #[test]
    fn a_page_in_the_clear_is_none_of_a_server_that_speaks_tls() {
        let tls = crate::Tls { certificate: "c.pem".into(), key: "k.pem".into() };
        let through_tls = ServerConfig { tls: Some(tls), ..ServerConfig::default() };
        let known = |origin: &'static str, config: &ServerConfig| {
            let host = (header::HOST, HeaderValue::from_static("localhost:8443"));
            is_known(
                &HeaderMap::from_iter([host, (header::ORIGIN, HeaderValue::from_static(origin))]),
                config,
            )
        };
        assert!(known("https://localhost:8443", &through_tls));
        assert!(!known("http://localhost:8443", &through_tls));
        // A proxy in front may speak either for it.
        assert!(known("https://localhost:8443", &ServerConfig::default()));
        assert!(known("http://localhost:8443", &ServerConfig::default()));
    }

    #[test]
    fn a_page_of_a_listed_origin_is_still_another_servers() {
        let of = |origin: &'static str| {
            let mut all = HeaderMap::new();
            all.append("host", HeaderValue::from_static("localhost:8000"));
            all.append("origin", HeaderValue::from_static(origin));
            page_of_another(&all, &ServerConfig::default()).map(str::to_owned)
        };
        for other in ["http://localhost:3000", "http://localhost:5173", "null", "https://evil.example"] {
            assert_eq!(of(other).as_deref(), Some(other));
        }
        assert_eq!(of("http://localhost:8000"), None);
        assert_eq!(page_of_another(&HeaderMap::new(), &ServerConfig::default()), None, "no page");
    }

    #[test]
    fn programs_own_pages_and_listed_origins_may_change_things() {
        assert!(known(&[]), "curl");
        assert!(known(&[("origin", "http://localhost:8000"), ("sec-fetch-site", "same-origin")]));
        assert!(known(&[("origin", "http://localhost:5173"), ("sec-fetch-site", "same-site")]));
        assert!(known(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn a_foreign_origin_is_named_once_and_never_one_that_is_known_or_cannot_be_allowed() {
        let of = |origin: &'static str| {
            let mut all = HeaderMap::new();
            all.append("host", HeaderValue::from_static("localhost:8000"));
            all.append("origin", HeaderValue::from_static(origin));
            foreign(&all, &ServerConfig::default()).map(str::to_owned)
        };
        assert_eq!(of("http://localhost:9000").as_deref(), Some("http://localhost:9000"));
        assert_eq!(
            [of("http://localhost:3000"), of("http://localhost:8000"), of("null")],
            [None, None, None]
        );
        let named = Named::default();
        assert!(named.is_new("http://a"));
        assert!(!named.is_new("http://a"));
        assert_eq!((0..100).filter(|n| named.is_new(&format!("http://{n}"))).count(), NAMED_MAX - 1);
    }

    #[test]
    fn a_form_on_a_foreign_page_is_refused() {
        for headers in [
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")][..],
            &[("origin", "null")],
            &[("origin", "http://localhost:8001"), ("sec-fetch-site", "same-site")],
            &[("origin", "http://localhost:8000.evil.example")],
            &[("origin", "http://localhost:8000"), ("origin", "https://evil.example")],
            &[("origin", "file://")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ] {
            assert!(!known(headers), "{headers:?}");
        }
    }
}
