//! The head of a request, read strictly.
//!
//! What could be read in two ways is refused rather than repaired: the next reader might repair it differently. Nothing
//! of the text is passed on as it came: what is forwarded is written anew from the parts.

use crate::{Endpoint, Refusal};
use httparse::{EMPTY_HEADER, Header, Status};

/// Headers that one request may have.
const HEADERS: usize = 64;
/// Headers that are between the client and this proxy, or announce what is not forwarded.
const NOT_FORWARDED: [&str; 12] = [
    "connection",
    "proxy-connection",
    "proxy-authorization",
    "proxy-authenticate",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "content-length",
    "upgrade",
    "expect",
    "host",
];

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// Bytes to and from a host.
    Connect(Endpoint),
    /// One answer of a host, in clear. `head` is what the host is sent.
    Forward { endpoint: Endpoint, head: Vec<u8> },
}

impl Request {
    pub(crate) fn endpoint(&self) -> &Endpoint {
        match self {
            Self::Connect(endpoint) | Self::Forward { endpoint, .. } => endpoint,
        }
    }
}

/// Where the head ends, with the empty line; none when it is not there yet.
pub(crate) fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4)
}

/// Reads the head of a request; `bytes` is all that came so far.
pub(crate) fn parse(bytes: &[u8]) -> Result<Request, Refusal> {
    let end = end_of_head(bytes).ok_or(Refusal::BrokenOff)?;
    let (head, rest) = bytes.split_at(end);
    check_lines(head)?;
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(Status::Complete(length)) if length == head.len() => {}
        Ok(_) => return Err(Refusal::BrokenOff),
        Err(error) => return Err(Refusal::NotHttp(error.to_string())),
    }
    if !rest.is_empty() {
        return Err(Refusal::Body);
    }
    let (method, target) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    let asked = match method {
        "CONNECT" => Request::Connect(Endpoint::parse(target).map_err(Refusal::Target)?),
        "GET" | "HEAD" => forward(method, target, request.headers)?,
        _ => return Err(Refusal::Method),
    };
    check_headers(request.headers, asked.endpoint())?;
    Ok(asked)
}

/// Lines end with CR LF, and between them are visible characters, blanks and tabs.
fn check_lines(head: &[u8]) -> Result<(), Refusal> {
    let mut before = 0;
    for (index, byte) in head.iter().copied().enumerate() {
        let fine = match byte {
            b'\n' => before == b'\r',
            b'\r' => head.get(index + 1) == Some(&b'\n'),
            b'\t' | b' '..=b'~' => true,
            _ => false,
        };
        if !fine {
            return Err(Refusal::Control);
        }
        before = byte;
    }
    Ok(())
}

fn check_headers(headers: &[Header<'_>], endpoint: &Endpoint) -> Result<(), Refusal> {
    let mut hosts = 0;
    for header in headers {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("transfer-encoding") || (is("content-length") && header.value != b"0") {
            return Err(Refusal::Body);
        }
        if is("host") {
            hosts += 1;
            let text = str::from_utf8(header.value).map_err(|_| Refusal::Control)?;
            let named = Endpoint::parse_or(text, endpoint.port).map_err(Refusal::Target)?;
            if hosts > 1 || named != *endpoint {
                return Err(Refusal::HostDiffers);
            }
        }
    }
    Ok(())
}

/// `GET http://host/path` as the host itself is to be asked.
fn forward(method: &str, target: &str, headers: &[Header<'_>]) -> Result<Request, Refusal> {
    let scheme = target.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://"));
    let rest = scheme.and(target.get(7..)).ok_or(Refusal::Method)?;
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    // Without a path, or with a fragment: clients send neither, and `?` alone is read in two ways.
    if !path.starts_with('/') || path.contains('#') {
        return Err(Refusal::NotHttp("the address has no path, or a fragment".into()));
    }
    let endpoint = Endpoint::parse_or(authority, 80).map_err(Refusal::Target)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {endpoint}\r\n").into_bytes();
    let named = named_by_connection(headers);
    for header in headers {
        let name = header.name.to_ascii_lowercase();
        if !NOT_FORWARDED.contains(&name.as_str()) && !named.contains(&name) {
            head.extend_from_slice(header.name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(header.value);
            head.extend_from_slice(b"\r\n");
        }
    }
    head.extend_from_slice(b"Connection: close\r\n\r\n");
    Ok(Request::Forward { endpoint, head })
}

/// What the header `Connection` says is for this proxy alone.
fn named_by_connection(headers: &[Header<'_>]) -> Vec<String> {
    let values = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("connection"));
    let names = values.flat_map(|header| header.value.split(|byte| *byte == b','));
    names.map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
