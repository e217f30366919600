//! What every answer says to browsers, and how large a request's head may be.
//!
//! The headers cost a hundred bytes and close doors that nobody uses: no type is guessed, no page of ours is framed by
//! another, no address of ours is told to another site, no answer of the API is kept in a cache. An answer that sets one
//! of them itself keeps its own.

use crate::problem::{Kind, Problem};
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Longest path and query, in bytes. The longest that means anything names a file of a project.
const URI_MAX: usize = 8 << 10;
/// Most bytes of names and values of headers together. Browsers send one or two thousand.
pub(crate) const HEADERS_MAX: usize = 16 << 10;

/// What answers say unless they say otherwise.
const USUAL: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
/// What documents say besides: who may hold a handle to the window that shows them.
const OF_DOCUMENTS: (HeaderName, &str) =
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
/// No document, and held in memory with its headers for as long as the stream lasts: each one counts.
const STREAM: &[u8] = b"text/event-stream";

/// Adds the usual headers to an answer.
pub(crate) async fn add(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_stream =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == STREAM);
    for (name, value) in USUAL.into_iter().chain((!is_stream).then_some(OF_DOCUMENTS)) {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Refuses requests whose head is larger than any honest one.
pub(crate) async fn limit(request: Request, next: Next) -> Response {
    if length(request.uri()) > URI_MAX {
        let detail = format!("The address is longer than {URI_MAX} bytes, which is the limit.");
        return Problem::new(Kind::UriTooLong, detail).into_response();
    }
    let size: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > HEADERS_MAX {
        let detail = format!("The headers are longer than {HEADERS_MAX} bytes, which is the limit.");
        return Problem::new(Kind::HeadersTooLarge, detail).into_response();
    }
    next.run(request).await
}

fn length(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |text| text.as_str().len())
}
