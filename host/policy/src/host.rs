//! Names of hosts, read in one way and in one place.
//!
//! Two readers that disagree about a name are how such proxies were broken: one saw the end of `evil\0.allowed` where
//! the other saw the beginning. So whatever names a host (a policy, a package client's settings, a request) becomes a
//! [`Host`] here, and only a [`Host`] is compared, resolved and written into a request.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A host: a name in lower case, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// A name of letters, digits, `-` and `.`, without a dot at its end.
    Name(String),
    /// An address, written as such.
    Address(IpAddr),
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// The host.
    pub host: Host,
    /// The port, from 1.
    pub port: u16,
}

/// A text that names no host and port in the one way that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// A character that no name has: blanks, control characters, `@`, `%`, `_`, `*`, anything that is not ASCII.
    #[error("a host's name has letters, digits, '-' and '.' only; write other letters as punycode")]
    Character,
    /// An empty name or label, a dot at the end, a label that begins or ends with `-`, or one that is too long.
    #[error(
        "a host's name is made of labels of 1 to 63 characters with single dots between them, 253 in all"
    )]
    Shape,
    /// Something that some programs would take for an address, such as `127.1` or `0x7f000001`.
    #[error("an address is written as four numbers with dots, or in brackets as IPv6")]
    Number,
    /// No port, or not one from 1 to 65535.
    #[error("a port from 1 to 65535 has to follow the host, after ':'")]
    Port,
}

impl Host {
    /// Reads a name or an address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            let address: Ipv6Addr = inner.parse().map_err(|_| HostError::Number)?;
            return Ok(Self::Address(address.into()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
            return Err(HostError::Character);
        }
        let name = text.to_ascii_lowercase();
        if name.len() > 253 || !name.split('.').all(is_label) {
            return Err(HostError::Shape);
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        if last.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Ok(Self::Name(name));
        }
        let address: Ipv4Addr = name.parse().map_err(|_| HostError::Number)?;
        Ok(Self::Address(address.into()))
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

impl Endpoint {
    /// Reads `host:port`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let (host, port) = text.rsplit_once(':').ok_or(HostError::Port)?;
        Ok(Self { host: Host::parse(host)?, port: parse_port(port)? })
    }

    /// Reads `host` or `host:port`; `port` is for the first.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse_or(text: &str, port: u16) -> Result<Self, HostError> {
        match Host::parse(text) {
            Ok(host) => Ok(Self { host, port }),
            Err(_) if text.contains(':') => Self::parse(text),
            Err(error) => Err(error),
        }
    }
}

/// Digits only: other readers of numbers take a sign as well.
fn parse_port(text: &str) -> Result<u16, HostError> {
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let port = if digits { text.parse().ok() } else { None };
    port.filter(|port| *port != 0).ok_or(HostError::Port)
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => out.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(out, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(out, "[{address}]"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Result<Host, HostError> {
        Ok(Host::Name(text.into()))
    }

    #[test]
    fn names_are_compared_in_lower_case() {
        assert_eq!(Host::parse("Registry.Example.ORG"), name("registry.example.org"));
        assert_eq!(Host::parse("xn--bcher-kva.example"), name("xn--bcher-kva.example"));
    }

    #[test]
    fn a_name_with_an_end_in_the_middle_is_refused() {
        for text in
            ["evil\0.allowed.example", "evil%00.allowed.example", "evil\r\n.allowed.example", "a b.c", "a\t"]
        {
            assert_eq!(Host::parse(text), Err(HostError::Character), "{text:?}");
        }
    }

    #[test]
    fn letters_that_look_like_others_are_refused() {
        for text in [
            "аllowed.example",
            "allowed。example",
            "allowed.example\u{200b}",
            "bücher.example",
            "user@allowed",
            "a_b",
        ] {
            assert_eq!(Host::parse(text), Err(HostError::Character), "{text:?}");
        }
    }

    #[test]
    fn a_dot_at_the_end_and_empty_labels_are_refused() {
        for text in
            ["", ".", "allowed.example.", ".allowed.example", "allowed..example", "-a.example", "a-.example"]
        {
            assert_eq!(Host::parse(text), Err(HostError::Shape), "{text:?}");
        }
    }

    #[test]
    fn addresses_in_other_clothes_are_refused() {
        for text in
            ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "1.2.3.4.5", "256.0.0.1", "[::1%lo]", "[1.2.3.4]"]
        {
            assert_eq!(Host::parse(text), Err(HostError::Number), "{text:?}");
        }
        assert_eq!(Host::parse("127.0.0.1"), Ok(Host::Address([127, 0, 0, 1].into())));
        assert_eq!(Host::parse("[::1]"), Ok(Host::Address(Ipv6Addr::LOCALHOST.into())));
    }

    #[test]
    fn a_port_is_digits_and_not_zero() {
        for text in [
            "a.example",
            "a.example:",
            "a.example:0",
            "a.example:65536",
            "a.example:+443",
            "a.example:443 ",
            "a:0x1",
        ] {
            assert_eq!(Endpoint::parse(text), Err(HostError::Port), "{text:?}");
        }
        assert!(Endpoint::parse("a.example:443:443").is_err());
        assert!(Endpoint::parse("::1:443").is_err());
        assert!(Endpoint::parse("[::1]:443").is_ok());
    }

    proptest! {
        /// What is read says itself again, and has no character that another reader could stop at.
        #[test]
        fn what_is_read_is_written_the_same(text in "\\PC{0,40}|[A-Za-z0-9.:\\[\\]-]{0,40}|([a-z0-9]{1,8}\\.){0,4}[a-z]{2,5}:[0-9]{1,5}") {
            if let Ok(host) = Host::parse(&text) {
                let written = host.to_string();
                prop_assert_eq!(Host::parse(&written), Ok(host.clone()));
                if let Host::Name(name) = &host {
                    prop_assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')));
                    prop_assert!(!name.ends_with('.') && !name.contains(".."));
                    prop_assert!(name.parse::<IpAddr>().is_err());
                    prop_assert_eq!(name, &text.to_ascii_lowercase());
                }
            }
            if let Ok(endpoint) = Endpoint::parse(&text) {
                prop_assert_eq!(Endpoint::parse(&endpoint.to_string()), Ok(endpoint));
            }
        }
    }
}
