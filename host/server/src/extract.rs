//! What a request carries, taken apart with an answer for every way in which it can be wrong.
//!
//! axum has extractors for all of this. These differ in what they say: a problem document that names the field, where
//! axum answers with a line of plain text.

use crate::{
    config::ServerConfig,
    problem::{Kind, Problem},
};
use axum::{
    extract::{FromRef, FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, header, request::Parts},
};
use serde::de::DeserializeOwned;
use std::{borrow::Cow, sync::Arc, time::Duration};

/// Largest body, in bytes. The largest thing that anybody sends is a system prompt, an eighth of this.
pub(crate) const BODY_MAX: usize = 1 << 20;

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    Arc<ServerConfig>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        check_media_type(request.headers())?;
        let allowed = Arc::<ServerConfig>::from_ref(state).body_timeout;
        let limited = axum::body::to_bytes(request.into_body(), BODY_MAX);
        let bytes = tokio::time::timeout(allowed, limited)
            .await
            .map_err(|_| too_slow(allowed))?
            .map_err(|error| unreadable(&error))?;
        parse(&bytes).map(Self)
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    let given = if given.is_empty() { "nothing".to_owned() } else { format!("'{given}'") };
    Err(Problem::new(
        Kind::NotJson,
        format!(
            "The body has to be JSON, and its Content-Type says {given}; send \"Content-Type: application/json\"."
        ),
    ))
}

pub(crate) fn too_slow(allowed: Duration) -> Problem {
    let seconds = allowed.as_secs();
    Problem::new(Kind::BodyTimeout, format!("The body was not complete after {seconds} s; send it again."))
}

fn unreadable(error: &axum::Error) -> Problem {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(current) = cause {
        if current.is::<http_body_util::LengthLimitError>() {
            let detail = format!("The body is longer than {BODY_MAX} bytes, which is the limit.");
            return Problem::new(Kind::BodyTooLarge, detail);
        }
        cause = current.source();
    }
    Problem::new(Kind::MalformedJson, format!("The body broke off before its end: {error}."))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Some editors and shells put a mark in front of text. A parser may pass it over (RFC 8259, 8.1).
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    // serde takes an array for a struct, field by field; nobody who sends one means that.
    if bytes.trim_ascii_start().starts_with(b"[") {
        let detail = "The body has to be a JSON object, and this is an array.";
        return Err(Problem::new(Kind::InvalidRequest, detail));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        mistyped::<T>(bytes, error.inner()).unwrap_or_else(|| refused(&path, error.inner()))
    })?;
    reader.end().map_err(|error| refused(".", &error))?;
    Ok(value)
}

/// What is wrong with a value, where the reader says that the body is no JSON and it is: where one of several words has to
/// stand, serde_json takes whatever is neither a text nor an object for broken.
fn mistyped<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Option<Problem> {
    if error.is_data() {
        return None;
    }
    let whole: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let error = serde_path_to_error::deserialize::<_, T>(whole).err()?;
    Some(invalid(&error.path().to_string(), &error.inner().to_string()))
}

fn refused(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let reason = text.strip_suffix(&position).unwrap_or(&text);
    if error.is_data() {
        return invalid(path, reason);
    }
    Problem {
        line: Some(error.line()),
        column: Some(error.column()),
        ..Problem::new(Kind::MalformedJson, format!("The body is not JSON: {reason}{position}."))
    }
}

/// A value that was read but cannot be used, at `path` in the notation of `serde_path_to_error`.
fn invalid(path: &str, reason: &str) -> Problem {
    // serde knows a missing field only by its message, and places the error at the object that lacks it.
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let field = match (path, missing) {
        (".", None) => {
            return Problem::new(Kind::InvalidRequest, format!("The body cannot be used: {reason}."));
        }
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    };
    let reason = if missing.is_some() { "it is required" } else { reason };
    Problem::new(Kind::InvalidRequest, format!("{field}: {reason}")).in_field(field)
}

/// The query parameters.
pub(crate) struct QueryString<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryString<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        query_text(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Parameters as the query of an address.
pub(crate) fn encoded(pairs: &[(Cow<'_, str>, Cow<'_, str>)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What these query parameters say.
pub(crate) fn query<T: DeserializeOwned>(pairs: &[(Cow<'_, str>, Cow<'_, str>)]) -> Result<T, Problem> {
    query_text(&encoded(pairs))
}

fn query_text<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        invalid(&path, &error.inner().to_string())
    })
}

/// The part of the path that names a thing.
pub(crate) struct Name(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Path::<String>::from_request_parts(parts, state).await.map(|Path(name)| Self(name)).map_err(|_| {
            Problem::new(
                Kind::NoRoute,
                "The name in the address is not valid UTF-8 once its %-escapes are undone.",
            )
        })
    }
}

/// The part of the path that names a thing, and all that follows a later part.
pub(crate) struct NameAndPath(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for NameAndPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names = Path::<(String, String)>::from_request_parts(parts, state).await;
        names.map(|Path((name, path))| Self(name, path)).map_err(|_| {
            Problem::new(
                Kind::NoRoute,
                "The names in the address are not valid UTF-8 once their %-escapes are undone.",
            )
        })
    }
}

#[cfg(test)]
mod tests;
