//! `If-Match` and `If-None-Match`: for which content of a file a request is meant.
//!
//! A tag is the SHA-256 of a content, so two that are equal stand for equal bytes, and a weak one is as good as another:
//! proxies that compress answers make tags weak on their way out, or write the coding into them, and clients send them back
//! as they came.

use crate::problem::{Kind, Problem};
use axum::http::{HeaderMap, HeaderName, header};
use orchestrator::{Contents, Precondition};

/// What Apache's modules and others write behind a tag whose answer they compress.
const CODINGS: [&str; 4] = ["-gzip", "-br", "-zstd", "-deflate"];

/// What has to hold of the file.
pub(crate) fn precondition(headers: &HeaderMap) -> Result<Precondition, Problem> {
    Ok(Precondition {
        matches: contents(headers, header::IF_MATCH, "If-Match")?,
        differs: contents(headers, header::IF_NONE_MATCH, "If-None-Match")?,
    })
}

/// Whether the client has the content with this digest already. What cannot be read names none, as of a header that is
/// not there: then the content is sent.
pub(crate) fn has(headers: &HeaderMap, digest: &str) -> bool {
    match contents(headers, header::IF_NONE_MATCH, "If-None-Match") {
        Ok(Some(Contents::Any)) => true,
        Ok(Some(Contents::These(digests))) => digests.iter().any(|known| known == digest),
        Ok(None) | Err(_) => false,
    }
}

fn contents(headers: &HeaderMap, name: HeaderName, field: &str) -> Result<Option<Contents>, Problem> {
    let mut values = Vec::new();
    for value in headers.get_all(name) {
        values.push(value.to_str().map_err(|_| refused(field))?.trim());
    }
    match values.as_slice() {
        [] => Ok(None),
        ["*"] => Ok(Some(Contents::Any)),
        values => {
            let mut digests = Vec::new();
            for value in values {
                digests.extend(tags(value).ok_or_else(|| refused(field))?);
            }
            // Nothing but commas names no content, and is more likely a mistake than a wish for none.
            if digests.is_empty() { Err(refused(field)) } else { Ok(Some(Contents::These(digests))) }
        }
    }
}

/// The digests in a list of tags (RFC 9110, 5.6.1 and 8.8.3): elements may be empty, and tags may hold commas.
fn tags(mut list: &str) -> Option<Vec<String>> {
    let mut digests = Vec::new();
    loop {
        list = list.trim_start_matches([' ', '\t', ',']);
        if list.is_empty() {
            return Some(digests);
        }
        let opened = list.strip_prefix("W/").unwrap_or(list).strip_prefix('"')?;
        let (tag, rest) = opened.split_once('"')?;
        if tag.contains([' ', '\t']) {
            return None;
        }
        let digest = CODINGS.iter().find_map(|coding| tag.strip_suffix(coding)).unwrap_or(tag);
        digests.push(digest.to_owned());
        list = rest.trim_start_matches([' ', '\t']);
        if !list.is_empty() && !list.starts_with(',') {
            return None;
        }
    }
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
        assert_eq!(read(&["\"a-gzip\", W/\"b-br\"", "\"c-zstd\""]), these(&["a", "b", "c"]));
        assert_eq!(read(&[", \"a\" ,,\t\"b,c\", "]), these(&["a", "b,c"]));
        for bad in [
            "a",
            "",
            ",",
            "\"a",
            "a\"",
            "w/\"a\"",
            "\"",
            "\"a\" \"b\"",
            "\"a\"\"b\"",
            "*, \"a\"",
            "\"a b\"",
            "W/ \"a\"",
        ] {
            assert_eq!(read(&[bad]), Err(Some("If-Match".to_owned())), "{bad}");
        }
        assert!(read(&["*", "*"]).is_err());
    }

    #[test]
    fn a_client_has_what_one_of_its_tags_names() {
        let has = |values: &[&'static str]| {
            let values = values.iter().map(|value| HeaderValue::from_static(value));
            let mut headers = HeaderMap::new();
            values.for_each(|value| {
                headers.append(header::IF_NONE_MATCH, value);
            });
            has(&headers, "abc")
        };
        for known in
            [&["\"abc\""][..], &["W/\"abc\""], &["\"x\", \"abc-gzip\""], &["\"x\"", "\"abc\""], &["*"]]
        {
            assert!(has(known), "{known:?}");
        }
        for known in [&[][..], &[""], &["abc"], &["\"ab\""], &["\"x\""], &["\"x,abc\""]] {
            assert!(!has(known), "{known:?}");
        }
    }
}
