//! Checks that read the code, its documentation and what it depends on, without running it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::components;
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::{run, run_within, say};
use crate::{guests, host, left_out, tools};

/// How long the advisory database may take to arrive. It is a git repository of a few megabytes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Formatting, lints, documentation, unused dependencies, licences and advisories. `offline` leaves out what package registries do not have.
pub(crate) fn lint(layout: &Layout, offline: bool) -> Result<()> {
    tools::components(&[("rustfmt", "fmt"), ("clippy", "clippy")])?;
    let mut workspaces = vec![layout.root.clone()];
    workspaces.extend(guests::rust_workspaces(layout));
    for workspace in &workspaces {
        run(on(layout, workspace, "fmt").args(["--all", "--check"]))?;
    }
    // The program's build script reads the plugins.
    components(layout, false)?;
    for workspace in &workspaces {
        // Guests too are checked as this machine's code: clippy belongs to the active toolchain, and the one that
        // builds guests may be another.
        say(format!("clippy in {}", workspace.display()));
        run(on(layout, workspace, "clippy").args([
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]))?;
    }
    for workspace in &workspaces {
        say(format!("documentation of {}", workspace.display()));
        // A link that leads nowhere is a warning.
        run(on(layout, workspace, "doc")
            .args(["--workspace", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    unused(layout)?;
    dependencies(layout, &workspaces, offline)
}

/// Dependencies that a package states and does not use, in every workspace below the root. Found by their names in the
/// text, so one that only a macro's expansion names has to be listed in its package's `package.metadata.cargo-machete`.
fn unused(layout: &Layout) -> Result<()> {
    let Some(program) = found(layout, &tools::MACHETE, "dependencies that are not used")? else {
        return Ok(());
    };
    say("unused dependencies");
    run(Command::new(program).arg("--skip-target-dir").arg(&layout.root))
}

/// Where a tool is; none, and a line that says so, where it cannot be installed.
fn found(layout: &Layout, tool: &tools::Tool, what: &'static str) -> Result<Option<PathBuf>> {
    match tool.find_or_install(layout) {
        Ok(program) => Ok(Some(program)),
        Err(error) => {
            let left_out = LeftOut { name: tool.name, what, why: format!("{error:#}") };
            left_out::report(&[left_out]).map(|()| None)
        }
    }
}

/// What `deny.toml` says about dependencies, in each lock file.
fn dependencies(layout: &Layout, workspaces: &[PathBuf], offline: bool) -> Result<()> {
    let what = "licences, sources and advisories of dependencies";
    let Some(program) = found(layout, &tools::DENY, what)? else { return Ok(()) };
    let deny = |workspace: &Path| {
        let mut command = host::cargo_addition(layout, &program, "deny");
        command.arg("--manifest-path").arg(workspace.join("Cargo.toml"));
        command
    };
    let check = |workspace: &Path, what: &[&str]| {
        let mut command = deny(workspace);
        run(command.arg("--config").arg(layout.root.join("deny.toml")).arg("check").args(what))
    };
    for workspace in workspaces {
        check(workspace, &["licenses", "bans", "sources"])?;
    }
    if offline {
        say("check left out: advisories: no package registry has their database (--offline)");
        return Ok(());
    }
    if let Err(error) = run_within(PATIENCE, deny(&layout.root).args(["fetch", "db"])) {
        say(format!("check left out: advisories: their database cannot be fetched here: {error:#}"));
        return Ok(());
    }
    for workspace in workspaces {
        check(workspace, &["advisories"])?;
    }
    Ok(())
}

/// A cargo command on one workspace.
fn on(layout: &Layout, workspace: &Path, command: &str) -> Command {
    let mut cargo = host::cargo(layout);
    cargo.arg(command).arg("--manifest-path").arg(workspace.join("Cargo.toml"));
    cargo
}
