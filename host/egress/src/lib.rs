//! Where commands may connect to that have no network of their own.
//!
//! A sandboxed command has a network namespace with nothing in it but loopback. Where a policy lets it reach something,
//! one UNIX socket is put into the sandbox, and behind it is an [`Egress`]: a proxy outside, for this command alone,
//! that connects to what is on its list and to nothing else. Inside, [`bridge`] carries loopback TCP to that socket,
//! since package clients know proxies by host and port. A command that ignores the proxy reaches nothing.
//!
//! ```text
//!   sandbox: npm ──TCP──▶ bridge ──UNIX socket──▶ Egress ──TCP──▶ registry
//!            (HTTPS_PROXY=127.0.0.1:PORT)         list, limits, account
//! ```
//!
//! The proxy understands `CONNECT host:port`, and requests in clear for package mirrors without TLS. It decides by host
//! and port and does not look into TLS: what is said to an allowed host is not seen. Names are resolved here, once, and
//! an address of this machine or its neighbours is refused whatever the name.
//!
//! The list is made from the policy's words: exact hosts, and registries by kind, whose hosts [`Registries`] takes from
//! the configuration of the package clients on this machine. The list is fixed when listening begins, and an empty one
//! cannot be written down ([`Network`]).

// Network namespaces, and signals that follow a parent, are Linux's. Elsewhere there is no such sandbox.
#![cfg(target_os = "linux")]

mod address;
mod allow;
pub mod bridge;
mod dial;
mod limits;
mod observe;
mod proxy;
mod refusal;
mod registries;
mod relay;
mod request;

pub use allow::{Allow, Entry, Network, Reach};
pub use dial::{Resolve, SystemResolver};
pub use limits::EgressLimits;
pub use observe::{Connection, ConnectionOutcome, End, Observer};
pub use orchestrator_policy::{Destination, Endpoint, Host, HostError, Registry};
pub use proxy::{Egress, EgressError};
pub use refusal::Refusal;
pub use registries::{Found, Registries, RegistryError, RegistryProblem};
