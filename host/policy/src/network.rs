//! Where a plugin's programs may connect to.
//!
//! An empty list is an error and not "everything" or "nothing": both have been meant by somebody. Registries are
//! named by kind, because their hosts differ from machine to machine and are read from the package client's own
//! configuration where programs are started. Anything else is one exact host and one exact port.

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Where programs may connect to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Network {
    /// Nowhere.
    #[default]
    None,
    /// To these, of which there is at least one.
    Allow(Vec<Destination>),
}

/// A package registry by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registry {
    /// npm, pnpm, yarn.
    Npm,
    /// pip, uv.
    PyPi,
    /// cargo.
    Crates,
}

/// One thing that programs may connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The hosts of a package registry.
    Registry(Registry),
    /// A host by its exact name, in lower case, and a port.
    Host {
        /// The name.
        name: String,
        /// The port.
        port: u16,
    },
}

impl Registry {
    /// The kinds, by name.
    pub const ALL: [(&'static str, Self); 3] =
        [("npm", Self::Npm), ("pypi", Self::PyPi), ("crates", Self::Crates)];
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, registry)) = Registry::ALL.iter().find(|(name, _)| *name == text) {
            return Ok(Self::Registry(*registry));
        }
        let wrong = || {
            format!(
                "'{text}' is neither a registry (npm, pypi, crates) nor an exact host and port such as \
                 \"example.org:443\"; addresses, '*' and paths are not taken"
            )
        };
        let (name, port) = text.split_once(':').ok_or_else(wrong)?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?;
        let name = name.to_ascii_lowercase();
        match is_host(&name) {
            true => Ok(Self::Host { name, port }),
            false => Err(wrong()),
        }
    }
}

/// A name of letters, digits, `-` and `.`, whose last part has a letter: that rules out addresses in numbers.
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253
        && name.split('.').all(label)
        && name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
}

impl fmt::Display for Destination {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(kind) => {
                let name = Registry::ALL.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name);
                out.write_str(name)
            }
            Self::Host { name, port } => write!(out, "{name}:{port}"),
        }
    }
}

impl Network {
    /// The destinations, as a policy writes them; none for no network.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::Allow(destinations) => destinations.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Allow(_) => self.names().serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_and_exact_hosts_are_read() {
        assert_eq!("npm".parse(), Ok(Destination::Registry(Registry::Npm)));
        let host = Destination::Host { name: "example.org".into(), port: 443 };
        assert_eq!("Example.org:443".parse(), Ok(host));
    }

    #[test]
    fn what_could_mean_more_than_one_host_is_refused() {
        for text in [
            "",
            "*",
            "*.example.org:443",
            "example.org",
            "example.org:0",
            "example.org:99999",
            "10.0.0.1:80",
            "evil\0.example.org:443",
            "user@example.org:443",
            "example.org:443/x",
            "[::1]:80",
            "example.org.:443",
            "-x.org:1",
            "0x7f000001:80",
            "a b.org:1",
        ] {
            assert!(text.parse::<Destination>().is_err(), "{text:?}");
        }
    }
}
