//! Cargo's own additions that chores call: pinned, so that a new release's new opinions arrive by a commit, and kept in
//! the cache folder, so that neither `make clean` nor another checkout has them built again.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::process::{find, host_cargo_program, output, run, run_within, say};

/// How long a component of the toolchain may take to arrive; a network that drops packets is given up on then.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that `cargo <name>` starts.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    version: &'static str,
    takes: &'static str,
}

/// Licences, sources and advisories of dependencies.
pub(crate) const DENY: Tool = Tool { name: "deny", version: "0.20.2", takes: "a minute or two" };

/// Dependencies that are stated and not used.
pub(crate) const MACHETE: Tool = Tool { name: "machete", version: "0.9.2", takes: "a minute" };

/// Builds fuzz targets with the flags that they need, and runs them.
pub(crate) const FUZZ: Tool = Tool { name: "fuzz", version: "0.13.2", takes: "half a minute" };

impl Tool {
    /// Where the program is, installed first if it is nowhere in this version.
    pub(crate) fn find_or_install(&self, layout: &Layout) -> Result<PathBuf> {
        let root = layout.cache.join("tools");
        let program = format!("cargo-{}", self.name);
        let kept = root.join("bin").join(format!("{program}{}", env::consts::EXE_SUFFIX));
        for candidate in std::iter::once(kept.clone()).chain(find(&program)) {
            if candidate.is_file() && self.is_version_of(&candidate) {
                return Ok(candidate);
            }
        }
        say(format!("installing {program} {} from its source, once: {}", self.version, self.takes));
        let mut install = host_cargo_program();
        install
            .args(["install", "--quiet", "--locked", &format!("{program}@{}", self.version), "--root"])
            .arg(&root)
            // A target folder of its own: cargo leaves none behind then, and the project's keeps to the project.
            .env_remove("CARGO_TARGET_DIR")
            // They wait for files and for other programs: time spent on optimising them does not come back.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false");
        run(&mut install).with_context(|| format!("{program} {} could not be installed", self.version))?;
        Ok(kept)
    }

    fn is_version_of(&self, program: &PathBuf) -> bool {
        // Some say their name before it.
        let said = output(Command::new(program).arg("--version")).unwrap_or_default();
        said.split_whitespace().last() == Some(self.version)
    }
}

/// Makes sure of what rustup's smaller profiles leave out, each by its name there and the verb that it adds to cargo.
pub(crate) fn components(components: &[(&str, &str)]) -> Result<()> {
    for (component, verb) in components {
        if output(host_cargo_program().args([verb, "--version"])).is_ok() {
            continue;
        }
        let Some(rustup) = find("rustup") else {
            bail!(
                "missing: {component} (without it nothing is linted); not installed: this Rust is not rustup's"
            );
        };
        say(format!("rustup component add {component}"));
        run_within(PATIENCE, Command::new(rustup).args(["component", "add", component]))
            .with_context(|| format!("missing: {component} (without it nothing is linted); not installed"))?;
    }
    Ok(())
}
