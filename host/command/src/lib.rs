//! Programs that agents start: `npm test`, `pytest`, `cargo build`.
//!
//! Three things are kept apart. A [`Launcher`] starts a program and can end it together with everything it started;
//! it decides how well the program is locked up. [`Commands`] knows the rules that hold under any launcher: how many
//! programs at once, how long, how much output, which events. The module [`host`] is what a guest sees of it.
//!
//! There are two launchers. [`SandboxLauncher`] is the one to use: programs in a sandbox of the operating system, or
//! refused. [`PlainLauncher`] starts ordinary child processes: it keeps the server's secrets out of their environment
//! and leaves nothing running, but what a program may read, write or reach over the network is what the user of the
//! server may. [`Launcher::warning`] says so at start-up.
//!
//! A command is a list of arguments and never a shell line, so there is nothing to quote and nothing to inject into.

mod chunk;
mod commands;
mod excerpt;
mod fold;
pub mod host;
mod launcher;
mod limits;
mod line;
mod network;
mod output;
mod plain;
mod policy;
mod process;
mod project;
#[cfg_attr(not(target_os = "linux"), path = "sandbox_none.rs")]
pub mod sandbox;
mod scratch;
mod supervise;

pub use chunk::OutputChunk;
pub use commands::Commands;
pub use host::{CommandCall, CommandRoom, CommandView};
pub use launcher::{Exit, Launched, Launcher, OutputPipe, RunningProcess};
pub use limits::{CommandLimits, LowerLimits};
pub use line::CommandLine;
pub use network::{Gateway, HOME, Network, NoGateway, Open, PROXY};
pub use orchestrator_core::Isolation;
pub use plain::PlainLauncher;
pub use policy::CommandPolicy;
pub use process::Process;
pub use project::Project;
pub use sandbox::{SandboxConfig, SandboxError, SandboxLauncher, SandboxReport};
pub use scratch::Scratch;

/// Programs that one call may have at work at once.
pub const PROCESSES_MAX: usize = 2;
/// Programs that one call may hold handles of, ended ones included.
pub const HANDLES_MAX: usize = 64;
/// Bytes of one program's output that become events and can be read; the rest is seen only in the outcome's tail.
pub const OUTPUT_MAX: usize = 1024 * 1024;
/// Bytes of output that one call may leave unread; what comes then can be read in the outcome alone.
pub const UNREAD_MAX: usize = 2 * OUTPUT_MAX;
/// Bytes at the beginning of the output that the outcome keeps, and the same number at its end.
pub const EXCERPT_MAX: usize = 32 * 1024;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod attacks;
#[cfg(test)]
mod tests;
