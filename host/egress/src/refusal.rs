//! Why a connection was refused, and what the client is told.

use crate::{Endpoint, HostError};
use std::net::IpAddr;

/// Why a connection was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The host and port are not on the list.
    #[error(
        "{0} is not among the hosts that this command may connect to; the policy's key 'network' lists them"
    )]
    NotAllowed(Endpoint),
    /// The host's name leads to where only the host of the sandbox may go.
    #[error(
        "{endpoint} leads to {address}, an internal address; only a package mirror may be there that the package \
         client's configuration on this machine names"
    )]
    Internal {
        /// What was asked for.
        endpoint: Endpoint,
        /// Where it leads to.
        address: IpAddr,
    },
    /// The host has no address.
    #[error("no address was found for {endpoint}: {problem}")]
    Unknown {
        /// What was asked for.
        endpoint: Endpoint,
        /// Why not.
        problem: String,
    },
    /// The host does not answer.
    #[error("{endpoint} cannot be reached: {problem}")]
    Unreachable {
        /// What was asked for.
        endpoint: Endpoint,
        /// Why not.
        problem: String,
    },
    /// Requests in clear are not forwarded to this host.
    #[error(
        "{0} may be connected to with CONNECT only: requests in clear are for package mirrors without TLS"
    )]
    InClear(Endpoint),
    /// A package mirror without TLS is asked in clear, where each request can be seen.
    #[error(
        "{0} is a package mirror without TLS, which is asked with GET and HEAD alone and not with CONNECT"
    )]
    OnlyInClear(Endpoint),
    /// A method that is not forwarded.
    #[error("only CONNECT, and GET and HEAD for package mirrors without TLS, are understood here")]
    Method,
    /// The head of the request is no HTTP/1.
    #[error("this is no request of HTTP/1.0 or HTTP/1.1: {0}")]
    NotHttp(String),
    /// Line ends or control characters that others may read differently.
    #[error("the head of the request has control characters, or lines that do not end with CR LF")]
    Control,
    /// The host and port are not written as one may be.
    #[error("what the request names is no host with a port: {0}")]
    Target(HostError),
    /// The header `Host` names another host than the request.
    #[error("the header Host names something else than the request")]
    HostDiffers,
    /// Something follows the head.
    #[error("nothing may follow the head of a request before the answer")]
    Body,
    /// The head is too large.
    #[error("the head of the request has more than {0} bytes")]
    HeadTooLarge(usize),
    /// The head did not come in time.
    #[error("the head of the request did not come in time")]
    HeadTooSlow,
    /// The head was broken off.
    #[error("the connection ended within the head of the request")]
    BrokenOff,
    /// Too many connections at the same time.
    #[error("this command has {0} connections already")]
    Crowded(usize),
    /// Too many connections in all.
    #[error("this command had {0} connections, the last that it may have")]
    Exhausted(u64),
    /// No bytes are left to be sent or received.
    #[error("this command has used up what it may send or receive")]
    UsedUp,
}

impl Refusal {
    /// The status of the answer and its words.
    pub(crate) fn status(&self) -> &'static str {
        match self {
            Self::NotAllowed(_)
            | Self::Internal { .. }
            | Self::InClear(_)
            | Self::OnlyInClear(_)
            | Self::UsedUp => "403 Forbidden",
            Self::Unknown { .. } | Self::Unreachable { .. } => "502 Bad Gateway",
            Self::Method => "405 Method Not Allowed",
            Self::HeadTooSlow => "408 Request Timeout",
            Self::HeadTooLarge(_) => "431 Request Header Fields Too Large",
            Self::Crowded(_) | Self::Exhausted(_) => "503 Service Unavailable",
            Self::NotHttp(_)
            | Self::Control
            | Self::Target(_)
            | Self::HostDiffers
            | Self::Body
            | Self::BrokenOff => "400 Bad Request",
        }
    }

    /// The whole answer.
    pub(crate) fn answer(&self) -> Vec<u8> {
        let text = format!("{self}\n");
        format!(
            "HTTP/1.1 {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            self.status(),
            text.len()
        )
        .into_bytes()
    }
}
