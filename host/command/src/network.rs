//! A way out for one command, where it was granted one.
//!
//! A sandbox has a network of its own with nothing in it but loopback. What a command may reach it reaches through a
//! proxy outside, which decides; into the sandbox comes that proxy's socket and nothing else. Package clients know
//! proxies by host and port, so a program inside, the bridge, carries connections from loopback to the socket.

use crate::CommandLine;
use async_trait::async_trait;
use orchestrator_core::{Failure, NetworkUse};
use std::path::PathBuf;

/// Where the proxy's socket is found inside of a sandbox.
pub const PROXY: &str = "/run/orchestrator/proxy.sock";
/// Where a program's home is inside of a sandbox.
pub const HOME: &str = "/home/agent";

/// A way out for one command.
pub struct Network {
    /// The proxy's UNIX socket. The user that the command runs as must be allowed to connect to it; see
    /// [`Launcher::account`](crate::Launcher::account).
    pub socket: PathBuf,
    /// The program that leads to the socket from inside, absolute. It is started with [`Self::arguments`], the command's
    /// program and its arguments, and has to end as that does.
    pub bridge: PathBuf,
    /// The bridge's own arguments; it finds the socket at [`PROXY`].
    pub arguments: Vec<String>,
    /// What tells programs of it, `HTTPS_PROXY` for instance.
    pub environment: Vec<(String, String)>,
    /// Files that programs find inside, read-only: where, absolute, and what is in them.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// What is open for as long as the command runs: the proxy.
    pub open: Box<dyn Open>,
}

/// What is open for one command. Dropping it ends it as well.
#[async_trait]
pub trait Open: Send + Sync {
    /// Ends it and says what went through.
    async fn close(self: Box<Self>) -> NetworkUse;
}

/// Opens ways out, as what was granted to a plugin says.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// A way out for one command, which runs as the user `uid`; none when it may reach nothing.
    ///
    /// # Errors
    /// When it was granted one and there can be none here.
    async fn open(&self, command: &CommandLine, uid: Option<u32>) -> Result<Option<Network>, Failure>;
}

/// No way out, for whoever was granted none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGateway;

#[async_trait]
impl Gateway for NoGateway {
    async fn open(&self, _command: &CommandLine, _uid: Option<u32>) -> Result<Option<Network>, Failure> {
        Ok(None)
    }
}
