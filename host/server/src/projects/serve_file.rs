//! One file of a project, as bytes.
//!
//! What an agent wrote is served from the API's own origin, so nothing in it may run there: whatever a browser would
//! execute is sent as plain text, sniffing is off, and the content security policy sandboxes what is opened all the same.
//!
//! A page of another origin may show an image if it may call the API: `<img>` sends no `Origin`, so what tells such a page
//! is the `Referer`. Whatever is no image stays with our own pages, and so does everything for pages that say nothing.

use super::{MomentQuery, precondition};
use crate::{
    app::App,
    config::Origin,
    docs::shared::{FilePath, ProjectPath},
    extract::{NameAndPath, QueryString},
    named::{Named as _, Project},
    problem::{Kind, Problem},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use orchestrator::{FileContent, RelativePath};

/// A file that a browser shows may neither run anything nor load anything.
const POLICY: &str = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";
/// Whose pages may have an answer without being able to read it.
const SHOWN_TO: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Get a file of a project
///
/// The bytes as they are. Pages, scripts and images that can hold scripts come as plain text, so that nothing an agent
/// wrote runs in the API's origin. Images are shown by pages of the origins that may call the API.
#[utoipa::path(get, operation_id = "getProjectFile", path = "/projects/{project_id}/files/{*path}", tag = "projects",
    params(
        ProjectPath,
        FilePath,
        ("If-None-Match" = Option<String>, Header, description = "An `ETag` that arrived before"),
        MomentQuery,
    ),
    responses(
        (
            status = 200,
            description = "The file; `ETag` is the SHA-256 of its content",
            content(
                (crate::docs::Binary = "application/octet-stream"),
                (String = "text/plain"),
                (crate::docs::Binary = "image/*"),
            ),
            headers(("ETag" = String, description = "The SHA-256 of its content")),
        ),
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
    let Project(project) = Project::named(&app, project).await?;
    let path = RelativePath::parse(&path).map_err(|error| {
        Problem::new(Kind::InvalidRequest, format!("path: {path:?} cannot be used: {error}")).in_field("path")
    })?;
    let FileContent { path, content, digest } =
        app.orchestrator.project_file(&project, path, query.snapshot.into()).await?;
    let digest = digest.to_string();
    let etag = etag(&digest);
    let media_type = media_type(&path, &content);
    // Also where it is as it was: a browser takes these over into what it has.
    let shown_to = [
        (SHOWN_TO, HeaderValue::from_static(shown_to(media_type, &headers, &app.config.origins))),
        (header::VARY, HeaderValue::from_static("referer")),
    ];
    if precondition::has(&headers, &digest) {
        return Ok((StatusCode::NOT_MODIFIED, shown_to, [(header::ETAG, etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok((shown_to, headers, content).into_response())
}

/// Which pages may have the answer as a part of theirs: of an image, also the one that asks, if it may call the API. A
/// page of `127.0.0.1` is of another site than `localhost`, so `same-site` would not do.
fn shown_to(media_type: &str, headers: &HeaderMap, origins: &[Origin]) -> &'static str {
    match media_type.starts_with("image/")
        && (origins.iter().any(Origin::is_any) || is_listed(headers, origins))
    {
        true => "cross-origin",
        false => "same-origin",
    }
}

/// Whether the page that asks is of a listed origin. Browsers write the `Referer`, and pages can leave it out but not
/// change it into that of another origin.
fn is_listed(headers: &HeaderMap, origins: &[Origin]) -> bool {
    let mut pages = headers.get_all(header::REFERER).iter();
    let (Some(page), None) = (pages.next(), pages.next()) else { return false };
    let Some(origin) = page.to_str().ok().and_then(origin_of) else { return false };
    origins.iter().any(|listed| listed.header().as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
}

/// The origin in an address: all before the path.
fn origin_of(address: &str) -> Option<&str> {
    let host = address.find("://")? + "://".len();
    let rest = address.get(host..)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    address.get(..host + end)
}

/// The `ETag` of a content with this digest.
pub(super) fn etag(digest: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{digest}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
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
    fn an_image_is_for_the_pages_that_may_call_the_api_and_nothing_else_is() {
        let listed = crate::ServerConfig::default().origins;
        let shown_to = |media_type: &str, pages: &[&'static str], origins: &[Origin]| {
            let mut headers = HeaderMap::new();
            for page in pages {
                headers.append(header::REFERER, HeaderValue::from_static(page));
            }
            shown_to(media_type, &headers, origins)
        };
        for page in ["http://localhost:5173/", "http://localhost:5173", "http://127.0.0.1:3000/a?b#c"] {
            assert_eq!(shown_to("image/png", &[page], &listed), "cross-origin", "{page}");
            assert_eq!(shown_to("text/plain; charset=utf-8", &[page], &listed), "same-origin", "{page}");
            assert_eq!(shown_to("application/octet-stream", &[page], &listed), "same-origin", "{page}");
        }
        for page in [
            "http://localhost:9999/",
            "https://localhost:5173/",
            "http://localhost:5173.evil.example/",
            "http://localhost:5173@evil.example/",
            "http://evil.example/http://localhost:5173/",
            "https://evil.example/?http://localhost:5173",
            "http://localhost:51733/",
            "localhost:5173",
            "",
            "about:blank",
        ] {
            assert_eq!(shown_to("image/png", &[page], &listed), "same-origin", "{page}");
        }
        let two = ["http://localhost:5173/", "https://evil.example/"];
        assert_eq!(shown_to("image/png", &two, &listed), "same-origin");
        assert_eq!(shown_to("image/png", &[], &listed), "same-origin");
        assert_eq!(shown_to("image/png", &[], &[Origin::parse("*").unwrap()]), "cross-origin");
    }
}
