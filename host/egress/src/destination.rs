//! The words of a policy's key `network`.

use crate::{Endpoint, Host, HostError};
use std::{fmt, str::FromStr};

/// A package registry by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Registry {
    /// What npm fetches from.
    Npm,
    /// What pip fetches from.
    PyPi,
    /// What cargo fetches from.
    Crates,
}

/// One thing that commands may connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The hosts of a package registry.
    Registry(Registry),
    /// One host by name, and one port.
    Host(Endpoint),
}

/// A word that is no destination.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{}' is neither a registry (npm, pypi, crates) nor an exact host and port such as \"example.org:443\": {problem}",
    word.escape_debug()
)]
pub struct DestinationError {
    /// The word.
    pub word: String,
    /// What is wrong with it as a host.
    pub problem: HostError,
}

impl Registry {
    /// The kinds, by the words for them.
    pub const ALL: [(&'static str, Self); 3] =
        [("npm", Self::Npm), ("pypi", Self::PyPi), ("crates", Self::Crates)];

    /// The registry whose client a program is, by the name of its file: `npm`, `npx`, `pnpm` and `yarn`; `pip`,
    /// `python`, with a version behind it too, `uv` and `uvx`; `cargo`. None for any other program.
    #[must_use]
    pub fn of_client(program: &str) -> Option<Self> {
        let name = program.rsplit('/').next().unwrap_or_default();
        match name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.') {
            "pip" | "python" => Some(Self::PyPi),
            _ => match name {
                "npm" | "npx" | "pnpm" | "yarn" => Some(Self::Npm),
                "uv" | "uvx" => Some(Self::PyPi),
                "cargo" => Some(Self::Crates),
                _ => None,
            },
        }
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, known)| known == self).map_or("", |(name, _)| name);
        out.write_str(name)
    }
}

impl FromStr for Destination {
    type Err = DestinationError;

    fn from_str(word: &str) -> Result<Self, DestinationError> {
        if let Some((_, registry)) = Registry::ALL.iter().find(|(name, _)| *name == word) {
            return Ok(Self::Registry(*registry));
        }
        let wrong = |problem| DestinationError { word: word.to_owned(), problem };
        match Endpoint::parse(word).map_err(wrong)? {
            // An address in a policy would bypass what is refused of names.
            Endpoint { host: Host::Address(_), .. } => Err(wrong(HostError::Number)),
            endpoint => Ok(Self::Host(endpoint)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_and_exact_hosts_are_read() {
        assert_eq!("crates".parse(), Ok(Destination::Registry(Registry::Crates)));
        assert_eq!("A.example:443".parse(), Ok(Destination::Host(Endpoint::parse("a.example:443").unwrap())));
    }

    #[test]
    fn a_registry_is_for_its_own_clients() {
        for (program, registry) in [
            ("npm", Some(Registry::Npm)),
            ("pip3.11", Some(Registry::PyPi)),
            (".venv/bin/python", Some(Registry::PyPi)),
            ("/usr/bin/python3", Some(Registry::PyPi)),
            ("cargo", Some(Registry::Crates)),
            ("node", None),
            ("npm2", None),
            ("cargo-test", None),
            ("pipx", None),
            ("npm/", None),
            ("", None),
        ] {
            assert_eq!(Registry::of_client(program), registry, "{program}");
        }
    }

    #[test]
    fn n10_what_could_mean_everything_is_refused() {
        for word in
            ["", "*", "*:443", "*.example:443", "all", "NPM", ":443", "127.0.0.1:80", "[::1]:80", "0.0.0.0:0"]
        {
            assert!(word.parse::<Destination>().is_err(), "{word:?}");
        }
    }
}
