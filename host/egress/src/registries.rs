//! The hosts of package registries, as the package clients of this machine have them configured.
//!
//! A policy says `npm`; which hosts that is, this machine's own configuration says, so that a company's mirror is used
//! without being named twice. Files and variables are read. Where they name nothing, the client's own default holds, and
//! only the client knows it: it is asked, away from any project. No host is named in this program.
//!
//! A registry may hand out its packages from another host than its index. Where the index says so, by a rule of its
//! format (`dl` of cargo's, the links of pip's), that is fetched once and the host is allowed, too.
//!
//! Projects have files of that kind as well; they are written by models and are not read.

mod cargo;
mod npm;
mod pip;
#[cfg(test)]
mod tests;
mod world;

use crate::{Destination, Endpoint, Entry, Host, Network, Reach, Registry, address};
use reqwest::Url;
use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use world::{Machine, World};

/// How long an answer is used again: asking takes a second, and a configuration changes rarely.
const KEPT: Duration = Duration::from_secs(600);
/// The same when there was none: what was missing is soon mended.
const ERROR_KEPT: Duration = Duration::from_secs(20);

/// The hosts of a registry, and what its client has to be told in a sandbox, where none of this machine's configuration
/// is. Passwords and tokens are not in it: what a command knows, it can send away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The hosts; none when the client fetches from folders only.
    pub entries: Vec<Entry>,
    /// Variables for the client's environment.
    pub environment: Vec<(String, String)>,
    /// Certificate authorities that the client is to trust: the variable that names a file with them, and what is in
    /// that file on this machine. It has to be put where the client finds it.
    pub certificates: Vec<(String, String)>,
    /// Text for `config.toml` in cargo's home; empty for none.
    pub cargo_config: String,
}

/// The hosts of a registry could not be found out. Nothing is allowed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the hosts of the registry '{registry}' are not known: {problem}; configure the registry in the package client's \
     own settings, or name its hosts in the policy's key 'network', as in \"example.org:443\""
)]
pub struct RegistryError {
    /// The registry.
    pub registry: Registry,
    /// What failed.
    pub problem: RegistryProblem,
}

/// What failed in finding the hosts of a registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryProblem {
    /// Nothing is configured, and the client did not say what its default is.
    #[error("no registry is configured, and asking the client failed: {0}")]
    Client(String),
    /// A configured address cannot be used.
    #[error("its address '{0}' is none that a proxy can reach")]
    Address(String),
    /// A configured address may hold a secret where it cannot be taken out.
    #[error(
        "its address at '{0}' has a query, or a path with what reads like a token, and what a command knows it can send \
         away; put the token where the client keeps its password, or use a mirror that needs none"
    )]
    Secret(String),
    /// A file of settings cannot be read.
    #[error("{0}")]
    Settings(String),
    /// The index does not say where its packages are.
    #[error("where the packages of {index} are could not be read from it: {problem}")]
    Index {
        /// The index, without what could be a password.
        index: String,
        /// Why not.
        problem: String,
    },
}

/// An answer and when it was given.
type Known = (Instant, Result<Found, RegistryError>);

/// Finds the hosts of registries on this machine, and remembers them for a while.
pub struct Registries {
    world: Arc<dyn World>,
    known: Mutex<HashMap<Registry, Known>>,
}

impl Default for Registries {
    fn default() -> Self {
        Self::of(Arc::new(Machine))
    }
}

impl Registries {
    /// Those of this machine and this program's user.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn of(world: Arc<dyn World>) -> Self {
        Self { world, known: Mutex::default() }
    }

    /// The hosts of one registry. May start its client and fetch from it, which can take seconds the first time.
    ///
    /// # Errors
    /// When they cannot be found out.
    pub async fn find(&self, registry: Registry) -> Result<Found, RegistryError> {
        let mut known = self.known.lock().await;
        if let Some((since, found)) = known.get(&registry) {
            let kept = if found.is_ok() { KEPT } else { ERROR_KEPT };
            if since.elapsed() < kept {
                return found.clone();
            }
        }
        let world = &*self.world;
        let found = match registry {
            Registry::Npm => npm::find(world).await,
            Registry::PyPi => pip::find(world).await,
            Registry::Crates => cargo::find(world).await,
        };
        let found = found.map_err(|problem| RegistryError { registry, problem });
        known.insert(registry, (Instant::now(), found.clone()));
        found
    }

    /// The network for a policy's words, and what clients have to be told. A registry that cannot be found out adds
    /// nothing, and its error is among those returned: the rest stays usable, and nothing becomes wider.
    pub async fn network(&self, destinations: &[Destination]) -> (Network, Found, Vec<RegistryError>) {
        let (mut all, mut errors) = (Found::default(), Vec::new());
        for destination in destinations {
            match destination {
                Destination::Host(endpoint) => all.entries.push(endpoint.clone().into()),
                Destination::Registry(registry) => match self.find(*registry).await {
                    Ok(found) => {
                        all.entries.extend(found.entries);
                        all.environment.extend(found.environment);
                        all.certificates.extend(found.certificates);
                        all.cargo_config.push_str(&found.cargo_config);
                    }
                    Err(error) => errors.push(error),
                },
            }
        }
        (all.entries.iter().cloned().collect(), all, errors)
    }
}

impl Found {
    /// Adds the file with certificate authorities that `variable` is to name. Only certificates of it are passed on: a
    /// key that lies beside them is nothing for commands.
    fn add_certificates(
        &mut self,
        world: &dyn World,
        variable: &str,
        file: &str,
    ) -> Result<(), RegistryProblem> {
        let wrong = |problem: &str| {
            RegistryProblem::Settings(format!(
                "the certificate authorities in {file} cannot be read: {problem}"
            ))
        };
        let text = world.read(Path::new(file)).map_err(|error| wrong(&error.to_string()))?;
        let certificates = certificates(&text.ok_or_else(|| wrong("there is no such file"))?);
        if certificates.is_empty() {
            return Err(wrong("there are none in it"));
        }
        self.certificates.push((variable.to_owned(), certificates));
        Ok(())
    }
}

/// The certificates of a PEM file, without what else is in it.
fn certificates(text: &str) -> String {
    let mut inside = false;
    let mut certificates = String::new();
    for line in text.lines() {
        inside |= line.trim_end() == "-----BEGIN CERTIFICATE-----";
        if inside {
            certificates.extend([line, "\n"]);
        }
        inside &= line.trim_end() != "-----END CERTIFICATE-----";
    }
    certificates
}

/// Whether somebody on this machine chose an address, or it is what comes with the client. Only what was chosen may be
/// at an internal address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Here,
    ByDefault,
}

fn parse_url(text: &str) -> Result<Url, RegistryProblem> {
    // What is no address may still hold a password, before '@'.
    let unreadable = |_| RegistryProblem::Address(text.rsplit('@').next().unwrap_or_default().to_owned());
    let url = Url::parse(text).map_err(unreadable)?;
    match url.scheme() {
        "http" | "https" if holds_a_secret(&url) => {
            Err(RegistryProblem::Secret(url.host_str().unwrap_or_default().into()))
        }
        "http" | "https" => Ok(url),
        _ => Err(RegistryProblem::Address(shown(&url))),
    }
}

/// Letters and digits without anything between them from which a part of a path is taken for a secret. Names that long are
/// made of words; an identifier with dashes is shorter from dash to dash.
const SECRET: usize = 20;

/// Whether an address has a query, or a part of its path that reads like a token. The client in a sandbox needs the whole
/// path, so that cannot be kept from it.
fn holds_a_secret(url: &Url) -> bool {
    let reads_like_one = |part: &str| {
        part.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word.len() >= SECRET && word.bytes().filter(u8::is_ascii_digit).count() >= 2)
    };
    url.query().is_some() || url.path_segments().is_some_and(|mut parts| parts.any(reads_like_one))
}

/// The host of an address, with the internal addresses that it has now.
async fn entry(world: &dyn World, url: &Url, chosen: Chosen) -> Result<Entry, RegistryProblem> {
    let wrong = || RegistryProblem::Address(shown(url));
    let host = Host::parse(url.host_str().ok_or_else(wrong)?).map_err(|_| wrong())?;
    let port = url.port_or_known_default().ok_or_else(wrong)?;
    let addresses = match (chosen, &host) {
        (Chosen::ByDefault, _) => Vec::new(),
        (Chosen::Here, Host::Address(address)) => vec![*address],
        // One that does not answer now has no internal address that could be let through later.
        (Chosen::Here, Host::Name(name)) => world.resolve(name).await.unwrap_or_default(),
    };
    let internal = addresses.into_iter().filter(|address| address::may_be_mirror(*address)).collect();
    let plain = url.scheme() == "http" && chosen == Chosen::Here;
    let reach = Reach { tunnel: !plain, plain, internal };
    Ok(Entry { endpoint: Endpoint { host, port }, reach })
}

/// An address without user and password.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Fails for addresses that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
