//! From a name to a connection.
//!
//! A name is resolved once, its addresses are checked, and what was checked is dialled. Resolving again for the
//! connection would let a name have one address for the check and another for the connection.

use crate::{EgressLimits, Endpoint, Host, Reach, Refusal, address};
use async_trait::async_trait;
use std::{
    io,
    net::{IpAddr, SocketAddr},
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// Addresses of one host that are tried.
const TRIED: usize = 4;

/// Finds the addresses of names.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of a name, the preferred first.
    ///
    /// # Errors
    /// When the name has none or nobody answers.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// As this machine resolves names.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Connects to a host that is on the list.
pub(crate) async fn dial(
    endpoint: &Endpoint,
    reach: &Reach,
    resolver: &dyn Resolve,
    limits: &EgressLimits,
) -> Result<TcpStream, Refusal> {
    let addresses = addresses(endpoint, resolver, limits).await?;
    let outside = |address: &IpAddr| address::is_internal(*address) && !reach.internal.contains(address);
    // One internal address among others is no accident either.
    if let Some(address) = addresses.iter().copied().find(outside) {
        return Err(Refusal::Internal { endpoint: endpoint.clone(), address });
    }
    let mut problem = "it did not answer in time".to_owned();
    for address in addresses.into_iter().take(TRIED) {
        let connecting = TcpStream::connect(SocketAddr::new(address, endpoint.port));
        match timeout(limits.dial_time, connecting).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => problem = error.to_string(),
            Err(_) => {}
        }
    }
    Err(Refusal::Unreachable { endpoint: endpoint.clone(), problem })
}

async fn addresses(
    endpoint: &Endpoint,
    resolver: &dyn Resolve,
    limits: &EgressLimits,
) -> Result<Vec<IpAddr>, Refusal> {
    let name = match &endpoint.host {
        Host::Address(address) => return Ok(vec![*address]),
        Host::Name(name) => name,
    };
    let unknown = |problem: String| Refusal::Unknown { endpoint: endpoint.clone(), problem };
    match timeout(limits.dial_time, resolver.resolve(name)).await {
        Ok(Ok(addresses)) if addresses.is_empty() => Err(unknown("it has none".into())),
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(error)) => Err(unknown(error.to_string())),
        Err(_) => Err(unknown("nobody answered in time".into())),
    }
}
