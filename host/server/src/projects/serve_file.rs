//! One file of a project, as bytes.
//!
//! What an agent wrote is served from the API's own origin, so nothing in it may run there: whatever a browser would
//! execute is sent as plain text, sniffing is off, and the content security policy sandboxes what is opened all the same.

use super::{MomentQuery, parse};
use crate::{
    app::App,
    extract::{NameAndPath, QueryString},
    problem::{Kind, Problem},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use orchestrator::{FileContent, RelativePath};

/// A file that a browser shows may neither run anything nor load anything.
const POLICY: &str = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

/// Get a file of a project
///
/// The bytes as they are. Pages, scripts and images that can hold scripts come as plain text, so that nothing an agent
/// wrote runs in the API's origin.
#[utoipa::path(get, operation_id = "getProjectFile", path = "/projects/{project_id}/files/{*path}", tag = "projects",
    params(
        ("project_id" = String, Path, description = "The project", example = "my-project-001"),
        ("path" = String, Path, description = "The file, relative to the project's root, with `/`", example = "README.md"),
        ("If-None-Match" = Option<String>, Header, description = "An `ETag` that arrived before"),
        MomentQuery,
    ),
    responses(
        (status = 200, description = "The file; `ETag` is the SHA-256 of its content", content_type = "application/octet-stream", body = crate::docs::Binary),
        (status = 304, description = "It is as it was"),
        (status = 404, description = "There is no such project, snapshot or file"),
        (status = 422, description = "The path cannot be used, or leads to no file"),
    )
)]
pub(crate) async fn file(
    State(app): State<App>,
    NameAndPath(project, path): NameAndPath,
    QueryString(query): QueryString<MomentQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = parse(&app, project).await?;
    let path = RelativePath::parse(&path).map_err(|error| {
        Problem::new(Kind::InvalidRequest, format!("path: {path:?} cannot be used: {error}")).in_field("path")
    })?;
    let FileContent { path, content, digest } =
        app.orchestrator.project_file(&project, path, query.snapshot.into()).await?;
    let digest = digest.to_string();
    let (tag, etag) = (format!("\"{digest}\""), etag(&digest));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| matches(known, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type(&path, &content))),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok((headers, content).into_response())
}

/// The `ETag` of a content with this digest.
pub(super) fn etag(digest: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{digest}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Whether a header's list of tags has this one. Weak tags count: the bytes are equal or they are not.
fn matches(known: &str, tag: &str) -> bool {
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Images that cannot hold scripts go by their name; everything else is text, or bytes.
fn media_type(path: &RelativePath, content: &[u8]) -> &'static str {
    let extension = path.as_str().rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        _ if std::str::from_utf8(content).is_ok() => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_would_run_is_plain_text() {
        let media_type =
            |path: &str, content: &[u8]| media_type(&RelativePath::parse(path).unwrap(), content);
        for path in ["index.html", "a.svg", "a.js", "a.xhtml", "a.xml", "a.PDF", "Makefile", ".png.html"] {
            assert_eq!(media_type(path, b"<script>alert(1)</script>"), "text/plain; charset=utf-8", "{path}");
        }
        assert_eq!(media_type("logo.PNG", b"\x89PNG"), "image/png");
        assert_eq!(media_type("a.wasm", b"\0asm\xff"), "application/octet-stream");
    }

    #[test]
    fn tags_are_found_in_a_list() {
        let tag = "\"abc\"";
        for known in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(matches(known, tag), "{known}");
        }
        for known in ["", "abc", "\"ab\"", "\"x\""] {
            assert!(!matches(known, tag), "{known}");
        }
    }
}
