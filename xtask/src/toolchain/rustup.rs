//! The ordinary way: rustup downloads the target.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::TARGET;
use super::active::Active;
use crate::process::{find, run_within, say};

/// The download is 20 MB. A network that drops packets rather than refusing them makes rustup retry for many minutes;
/// past this one, the other way is quicker.
const PATIENCE: Duration = Duration::from_secs(120);

/// Adds the target to the active toolchain.
pub(super) fn add_target(active: &Active) -> Result<()> {
    let rustup = find("rustup").context("rustup is not installed")?;
    add_target_by(Command::new(rustup), PATIENCE)?;
    // rustup adds to the toolchain that it thinks active, which RUSTC or another rustc on PATH may not be.
    if !active.has_target() {
        bail!("rustup added the target, but not to the rustc in use ({})", active.sysroot.display());
    }
    Ok(())
}

fn add_target_by(mut rustup: Command, patience: Duration) -> Result<()> {
    say(format!("rustup target add {TARGET} (waiting {} s at most)", patience.as_secs()));
    run_within(patience, rustup.args(["target", "add", TARGET]))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    /// A rustup that does what a shell script says: the real one would talk to its server.
    fn rustup_that(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script, "rustup"]);
        command
    }

    #[test]
    fn the_target_is_asked_for_by_name() {
        add_target_by(rustup_that(r#"[ "$*" = "target add wasm32-wasip2" ]"#), PATIENCE).unwrap();
    }

    #[test]
    fn a_refusal_is_an_error() {
        let error = add_target_by(rustup_that("exit 1"), PATIENCE).unwrap_err();
        assert!(error.to_string().contains("failed"), "{error}");
    }

    #[test]
    fn a_network_that_swallows_everything_is_given_up_on() {
        let error = add_target_by(rustup_that("exec sleep 60"), Duration::from_millis(200)).unwrap_err();
        assert!(error.to_string().contains("was ended"), "{error}");
    }
}
