//! Log lines to standard error, out of the way of whatever is drawn on the terminal.

use crate::{
    error::CliError,
    settings::{LogFormat, Settings},
};
use std::io::{self, IsTerminal, Write};
use tracing_subscriber::fmt::MakeWriter;

/// Starts logging; `default` is the filter where none is set.
pub(crate) fn start(settings: &Settings, default: &'static str) -> Result<(), CliError> {
    start_through(settings, default, io::stderr)
}

/// Starts logging through a writer that knows how to get at the terminal.
pub(crate) fn start_through<W>(settings: &Settings, default: &'static str, writer: W) -> Result<(), CliError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // What is wrong with a certificate is said by whoever wanted to connect, with the way out.
    let default = format!("{default},rustls_platform_verifier=off");
    let builder = tracing_subscriber::fmt()
        .with_env_filter(settings.log_filter(&default)?)
        .with_ansi(io::stderr().is_terminal() && console::colors_enabled_stderr())
        .with_writer(writer);
    match settings.log_format()? {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}

/// Collects what is written for one log line and hands it on in one piece.
pub(crate) struct WholeLine<F: Fn(&[u8])> {
    bytes: Vec<u8>,
    hand_on: F,
}

impl<F: Fn(&[u8])> WholeLine<F> {
    pub(crate) fn new(hand_on: F) -> Self {
        Self { bytes: Vec::new(), hand_on }
    }
}

impl<F: Fn(&[u8])> Write for WholeLine<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<F: Fn(&[u8])> Drop for WholeLine<F> {
    fn drop(&mut self) {
        (self.hand_on)(&self.bytes);
    }
}
