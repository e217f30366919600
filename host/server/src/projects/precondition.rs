//! `If-Match` and `If-None-Match` of a request that changes a file.
//!
//! A tag is the SHA-256 of a content, so two that are equal stand for equal bytes, and a weak one is as good as another:
//! proxies that compress answers make tags weak on their way out, and clients send them back as they came.

use crate::problem::{Kind, Problem};
use axum::http::{HeaderMap, HeaderName, header};
use orchestrator::{Contents, Precondition};

/// What has to hold of the file.
pub(crate) fn precondition(headers: &HeaderMap) -> Result<Precondition, Problem> {
    Ok(Precondition {
        matches: contents(headers, header::IF_MATCH, "If-Match")?,
        differs: contents(headers, header::IF_NONE_MATCH, "If-None-Match")?,
    })
}

fn contents(headers: &HeaderMap, name: HeaderName, field: &str) -> Result<Option<Contents>, Problem> {
    let mut digests = None;
    for value in headers.get_all(name) {
        let digests = digests.get_or_insert_with(Vec::new);
        let text = value.to_str().map_err(|_| refused(field))?;
        for tag in text.split(',').map(str::trim) {
            if tag == "*" {
                return Ok(Some(Contents::Any));
            }
            let quoted = tag.strip_prefix("W/").unwrap_or(tag);
            let digest = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            digests.push(digest.ok_or_else(|| refused(field))?.to_owned());
        }
    }
    Ok(digests.map(Contents::These))
}

fn refused(field: &str) -> Problem {
    let detail = format!(
        "{field}: give an ETag as the file's answer has it, with its quotes, several with commas, or *"
    );
    Problem::new(Kind::InvalidRequest, detail).in_field(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(values: &[&'static str]) -> Result<Option<Contents>, Option<String>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_static(value));
        }
        precondition(&headers).map(|read| read.matches).map_err(|problem| problem.field)
    }

    #[test]
    fn tags_are_read_as_they_were_given_out() {
        let these = |digests: &[&str]| {
            Ok(Some(Contents::These(digests.iter().map(|digest| (*digest).to_owned()).collect())))
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["*"]), Ok(Some(Contents::Any)));
        assert_eq!(read(&["\"a\""]), these(&["a"]));
        assert_eq!(read(&["W/\"a\", \"b\"", "\"c\""]), these(&["a", "b", "c"]));
        assert_eq!(read(&["\"\""]), these(&[""]));
        for bad in ["a", "", "\"a", "a\"", "\"a\",", "w/\"a\"", "\""] {
            assert_eq!(read(&[bad]), Err(Some("If-Match".to_owned())), "{bad}");
        }
    }
}
