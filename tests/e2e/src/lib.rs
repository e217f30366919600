//! What the end-to-end tests are written in.
//!
//! Each test starts a program of its own: a real [`orchestrator::Orchestrator`] on a fresh data folder behind the real
//! HTTP server on a port of its own, with real components in real sandboxes. It talks to it as a frontend would, over
//! HTTP and Server-Sent Events. Only the model is not real: it is a script, or a server that speaks a provider's wire
//! format and fails on request.
//!
//! Nothing is shared between tests but compiled code, which is kept under the target folder by digest: without that,
//! each test would compile the guests that it drops in. Tests wait for signals (an event, a request that arrived, a change of the
//! plugins) and never for time; every wait has [`PATIENCE`], so that a lost signal is a failure and not a hang.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test fails it"
)]

mod api;
pub mod components;
mod guests;
pub mod models;
pub mod processes;
mod server;
mod stream;
mod transcript;

pub use api::{Answer, Api};
pub use guests::{Language, builtin, guest, guest_if_built};
pub use server::{Server, Setup};
pub use stream::{EventStream, Line};
pub use transcript::{Transcript, label};

use std::{path::PathBuf, time::Duration};

/// Longest wait for anything that a test waits for. Far more than any of it takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for `future`, at most [`PATIENCE`].
///
/// # Panics
/// When it takes longer; `what` says what did not come.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited {} s for {what}", PATIENCE.as_secs()))
}

/// The folder that cargo builds into: `<target>/<profile>/deps/<this program>` lies in it.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().expect("a program knows where it is");
    program.ancestors().nth(3).expect("cargo puts tests three folders deep").to_owned()
}
