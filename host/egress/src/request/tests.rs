use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

fn connect(target: &str) -> Result<Request, Refusal> {
    parse(format!("CONNECT {target} HTTP/1.1\r\n\r\n").as_bytes())
}

#[test]
fn what_clients_send_is_understood() {
    let endpoint = Endpoint::parse("a.example:443").unwrap();
    for text in [
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nProxy-Connection: Keep-Alive\r\n\r\n",
        "CONNECT A.Example:443 HTTP/1.0\r\n\r\n",
        "CONNECT a.example:443 HTTP/1.1\r\nhost: A.example\r\nContent-Length: 0\r\n\r\n",
    ] {
        assert_eq!(parse(text.as_bytes()), Ok(Request::Connect(endpoint.clone())), "{text}");
    }
}

/// One line for each hostile head: what it is answered.
#[test]
fn n6_hostile_requests_are_refused_each_for_its_reason() {
    let heads: &[(&str, &[u8])] = &[
        ("a nul within the name", b"CONNECT evil.example\0.allowed.example:443 HTTP/1.1\r\n\r\n"),
        ("an encoded nul", b"CONNECT evil.example%00.allowed.example:443 HTTP/1.1\r\n\r\n"),
        ("a dot at the end", b"CONNECT allowed.example.:443 HTTP/1.1\r\n\r\n"),
        ("userinfo", b"CONNECT allowed.example@evil.example:443 HTTP/1.1\r\n\r\n"),
        ("userinfo with a port", b"CONNECT allowed.example:443@evil.example:443 HTTP/1.1\r\n\r\n"),
        ("a path", b"CONNECT allowed.example:443/x HTTP/1.1\r\n\r\n"),
        ("no port", b"CONNECT allowed.example HTTP/1.1\r\n\r\n"),
        ("port 0", b"CONNECT allowed.example:0 HTTP/1.1\r\n\r\n"),
        ("a port that wraps", b"CONNECT allowed.example:65979 HTTP/1.1\r\n\r\n"),
        ("a signed port", b"CONNECT allowed.example:+443 HTTP/1.1\r\n\r\n"),
        ("letters beyond ASCII", "CONNECT b\u{fc}cher.example:443 HTTP/1.1\r\n\r\n".as_bytes()),
        ("a number for an address", b"CONNECT 2130706433:443 HTTP/1.1\r\n\r\n"),
        ("a short address", b"CONNECT 127.1:443 HTTP/1.1\r\n\r\n"),
        ("an octal address", b"CONNECT 0177.0.0.1:443 HTTP/1.1\r\n\r\n"),
        ("an address of IPv6 without brackets", b"CONNECT ::1:443 HTTP/1.1\r\n\r\n"),
        ("two blanks", b"CONNECT  allowed.example:443 HTTP/1.1\r\n\r\n"),
        ("lines that end with LF", b"CONNECT allowed.example:443 HTTP/1.1\n\r\n\r\n"),
        ("a CR alone", b"CONNECT allowed.example:443 HTTP/1.1\r\nA: b\rC: d\r\n\r\n"),
        ("a header that goes on", b"CONNECT allowed.example:443 HTTP/1.1\r\nA: b\r\n c\r\n\r\n"),
        ("a blank before the colon", b"CONNECT allowed.example:443 HTTP/1.1\r\nA : b\r\n\r\n"),
        ("another host in the header", b"CONNECT allowed.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        (
            "two hosts in headers",
            b"CONNECT allowed.example:443 HTTP/1.1\r\nHost: allowed.example\r\nHost: allowed.example\r\n\r\n",
        ),
        (
            "a second request",
            b"CONNECT allowed.example:443 HTTP/1.1\r\n\r\nCONNECT evil.example:443 HTTP/1.1\r\n\r\n",
        ),
        ("chunks", b"CONNECT allowed.example:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("a length", b"CONNECT allowed.example:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\n"),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("HTTP/3", b"CONNECT allowed.example:443 HTTP/3.0\r\n\r\n"),
        ("HTTP/0.9", b"GET http://allowed.example/\r\n\r\n"),
        ("SOCKS", b"\x05\x01\x00\r\n\r\n"),
        ("TLS", b"\x16\x03\x01\x02\x00\r\n\r\n"),
        ("another method", b"POST http://mirror.example/ HTTP/1.1\r\n\r\n"),
        ("a method in lower case", b"connect allowed.example:443 HTTP/1.1\r\n\r\n"),
        ("no proxy's request", b"GET / HTTP/1.1\r\nHost: allowed.example\r\n\r\n"),
        ("another scheme", b"GET https://allowed.example/ HTTP/1.1\r\n\r\n"),
        ("userinfo in an address", b"GET http://mirror.example@evil.example/ HTTP/1.1\r\n\r\n"),
        ("a backslash", b"GET http://evil.example\\@mirror.example/ HTTP/1.1\r\n\r\n"),
        ("a query for a path", b"GET http://mirror.example?@evil.example/ HTTP/1.1\r\n\r\n"),
        ("a body", b"GET http://mirror.example/ HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
        ("broken off", b"CONNECT allowed.example:443 HTTP/1.1\r\n"),
    ];
    let mut lines = String::new();
    for (name, head) in heads {
        let refusal = parse(head).expect_err(name);
        writeln!(lines, "{name}: {}: {refusal}", refusal.status()).unwrap();
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn names_that_are_near_an_allowed_one_are_other_names() {
    let allowed = Endpoint::parse("allowed.example:443").unwrap();
    for near in [
        "allowed.example.evil:443",
        "xallowed.example:443",
        "xn--allowed-8ya.example:443",
        "allowed.example:444",
    ] {
        assert_ne!(connect(near).unwrap().endpoint(), &allowed, "{near}");
    }
    assert_eq!(connect("ALLOWED.example:443").unwrap().endpoint(), &allowed);
}

#[test]
fn a_request_in_clear_is_written_anew() {
    let text = "GET http://Mirror.example:8081/simple/?a=b HTTP/1.1\r\nHost: mirror.example:8081\r\nAccept: x\r\n\
                Connection: keep-alive, X-Secret\r\nX-Secret: 1\r\nProxy-Authorization: y\r\nTE: trailers\r\n\r\n";
    let Ok(Request::Forward { endpoint, head }) = parse(text.as_bytes()) else {
        panic!("a request in clear")
    };
    assert_eq!(endpoint.to_string(), "mirror.example:8081");
    insta::assert_snapshot!(String::from_utf8(head).unwrap().replace('\r', ""));
}

proptest! {
    /// Whatever comes, what is forwarded is one head and names the host that was decided upon.
    #[test]
    fn what_is_forwarded_is_one_head(
        target in "[ -~]{0,30}",
        name in "[ -~]{0,12}",
        value in "[\\PC\r\n\t]{0,30}",
    ) {
        let text = format!("GET http://{target} HTTP/1.1\r\n{name}: {value}\r\n\r\n");
        if let Ok(Request::Forward { endpoint, head }) = parse(text.as_bytes()) {
            prop_assert_eq!(end_of_head(&head), Some(head.len()));
            let host = format!("\r\nHost: {endpoint}\r\n");
            prop_assert_eq!(String::from_utf8_lossy(&head).matches(&host).count(), 1);
        }
    }

    #[test]
    fn nothing_breaks_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
        let mut whole = b"CONNECT ".to_vec();
        whole.extend_from_slice(&bytes);
        whole.extend_from_slice(b" HTTP/1.1\r\n\r\n");
        if let Ok(request) = parse(&whole) {
            let written = request.endpoint().to_string().to_ascii_lowercase();
            prop_assert_eq!(written, String::from_utf8_lossy(&bytes).to_ascii_lowercase());
        }
    }
}
