//! Being told to stop: politely first.
//!
//! The first signal (Ctrl-C, or SIGTERM from a supervisor) is handed on, so that runs can end in order. A second
//! Ctrl-C ends the program on the spot, for whoever has no patience left.

use crate::error::CliError;
use std::{io, process};
use tokio_util::sync::CancellationToken;

/// What shells report for a program that Ctrl-C ended: 128 and the signal's number.
pub(crate) const INTERRUPTED: u8 = 130;

/// A token that is cancelled by the first signal. From then on Ctrl-C ends the program at once.
pub(crate) fn stop() -> Result<CancellationToken, CliError> {
    let mut signals = Signals::listen().map_err(CliError::Signals)?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        token.cancel();
        signals.next().await;
        process::exit(INTERRUPTED.into());
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
