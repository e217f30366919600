//! What may be connected to.
//!
//! An empty list once meant "everything" elsewhere. Here it cannot be written down: no network is one variant, and the
//! other holds at least one entry because the only ways to make one take one.

use crate::{Endpoint, Host};
use std::{collections::BTreeMap, net::IpAddr};

/// Where a command may connect to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Network {
    /// Nowhere.
    #[default]
    None,
    /// To these and nothing else.
    Allow(Allow),
}

/// At least one host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    entries: BTreeMap<Endpoint, Reach>,
}

/// One host and port, and how it may be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The exact host and port.
    pub endpoint: Endpoint,
    /// How.
    pub reach: Reach,
}

/// How a host may be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Whether bytes pass to and from it (`CONNECT`). What they say is between the client and the host.
    pub tunnel: bool,
    /// Whether requests are forwarded in clear (`GET http://host/...`), as clients do for a mirror without TLS. Where this
    /// is all, the mirror is asked for packages and for nothing else: a tunnel to it would carry any request.
    pub plain: bool,
    /// Internal addresses that the name may have. Any other internal address is refused.
    pub internal: Vec<IpAddr>,
}

impl From<Endpoint> for Entry {
    /// By `CONNECT`, at an address of the internet.
    fn from(endpoint: Endpoint) -> Self {
        let reach = Reach { tunnel: true, ..Reach::default() };
        Self { endpoint, reach }
    }
}

impl Allow {
    /// Allows one host and port.
    #[must_use]
    pub fn new(first: Entry) -> Self {
        Self { entries: BTreeMap::from([(first.endpoint, first.reach)]) }
    }

    /// Allows another one. What is allowed of the same host and port already stays so.
    pub fn add(&mut self, entry: Entry) {
        let reach = self.entries.entry(entry.endpoint).or_default();
        reach.tunnel |= entry.reach.tunnel;
        reach.plain |= entry.reach.plain;
        reach.internal.extend(entry.reach.internal);
    }

    /// How a host may be reached; none when it may not.
    #[must_use]
    pub fn reach(&self, endpoint: &Endpoint) -> Option<&Reach> {
        self.entries.get(endpoint)
    }

    /// What is allowed, in order.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.entries.keys()
    }

    /// Whether something allowed is on this machine's own loopback, as its name says. Clients that are told to connect
    /// to loopback directly must not be told so then.
    #[must_use]
    pub fn has_loopback(&self) -> bool {
        self.endpoints().any(|endpoint| match &endpoint.host {
            Host::Name(name) => name == "localhost",
            Host::Address(address) => address.is_loopback(),
        })
    }
}

impl FromIterator<Entry> for Network {
    /// No entries are no network.
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut entries = entries.into_iter();
        let Some(first) = entries.next() else { return Self::None };
        let mut allow = Allow::new(first);
        entries.for_each(|entry| allow.add(entry));
        Self::Allow(allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Endpoint::parse(text).unwrap().into()
    }

    #[test]
    fn n10_an_empty_list_is_no_network() {
        assert_eq!(Network::from_iter([]), Network::None);
        assert_eq!(Network::default(), Network::None);
    }

    #[test]
    fn an_entry_is_one_host_and_one_port() {
        let Network::Allow(allow) = Network::from_iter([entry("a.example:443")]) else { panic!("one entry") };
        assert!(allow.reach(&entry("A.example:443").endpoint).is_some());
        for other in
            ["a.example:80", "b.a.example:443", "a.example.evil:443", "aa.example:443", "example:443"]
        {
            assert!(allow.reach(&entry(other).endpoint).is_none(), "{other}");
        }
    }
}
