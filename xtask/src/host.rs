//! Cargo on the host workspace.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::process::host_cargo_program;

/// Where the program's build script, and tests, find the built plugins.
const PLUGINS: &str = "ORCHESTRATOR_PLUGINS";

/// Where tests find their guests.
const TEST_GUESTS: &str = "ORCHESTRATOR_TEST_GUESTS";

/// A cargo call on the host workspace. Every one says where the plugins are, since a call that said otherwise would have
/// the program rebuilt each time two of them take turns.
pub(crate) fn cargo(layout: &Layout) -> Command {
    with_plugins(layout, host_cargo_program())
}

/// As `cargo <name>`, by a program that cargo itself may not find ([`crate::tools`]).
pub(crate) fn cargo_addition(layout: &Layout, program: &Path, name: &str) -> Command {
    let mut command = with_plugins(layout, Command::new(program));
    command.arg(name);
    command
}

fn with_plugins(layout: &Layout, mut command: Command) -> Command {
    command
        .current_dir(&layout.root)
        .env("CARGO_TARGET_DIR", &layout.target)
        .env(PLUGINS, layout.plugins())
        .env(TEST_GUESTS, layout.test_guests());
    command
}

/// A call of the program that `cargo build` left for a profile (`debug`, `release`).
pub(crate) fn program(layout: &Layout, profile: &str) -> Command {
    Command::new(layout.target.join(profile).join(PROGRAM))
}

/// Puts the release program where a person finds it.
pub(crate) fn hand_over(layout: &Layout) -> Result<std::path::PathBuf> {
    let built = layout.target.join("release").join(PROGRAM);
    let folder = layout.root.join("bin");
    fs::create_dir_all(&folder)?;
    // Renamed into place: a program that is running cannot be written to.
    let (new, place) = (folder.join(".new"), folder.join(PROGRAM));
    fs::copy(&built, &new).with_context(|| format!("{} could not be copied", built.display()))?;
    fs::rename(&new, &place)?;
    Ok(place)
}

#[cfg(not(windows))]
const PROGRAM: &str = "orchestrator";
#[cfg(windows)]
const PROGRAM: &str = "orchestrator.exe";
