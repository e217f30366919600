//! Where things are: the checkout, what is built from it, and what outlives it.
//!
//! Two kinds of output, because they age differently. What comes from this checkout's sources goes under its target
//! folder and dies with `make clean`. What only depends on versions (a toolchain, another language's compiler) takes
//! minutes to make and is the same for every checkout, so it lives in the user's cache folder.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::{host_cargo_program, output};

/// The folders that the verbs work in, all absolute.
pub(crate) struct Layout {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) cache: PathBuf,
}

impl Layout {
    /// Asks cargo, which knows about `CARGO_TARGET_DIR`, configuration files and relative paths.
    pub(crate) fn find() -> Result<Self> {
        // Set by `cargo run`; the compiled-in path serves when the program is called on its own.
        let here = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.parent().context("xtask lies at the root of a file system")?.to_owned();
        let metadata = output(
            host_cargo_program()
                .args(["metadata", "--format-version=1", "--no-deps", "--manifest-path"])
                .arg(root.join("Cargo.toml")),
        )?;
        let Metadata { target_directory } =
            serde_json::from_str(&metadata).context("cargo metadata did not answer as expected")?;
        Ok(Self { root, target: target_directory, cache: cache_folder()? })
    }

    /// The sources of the plugins that the program embeds: a cargo workspace of its own.
    pub(crate) fn plugin_sources(&self) -> PathBuf {
        self.root.join("plugins")
    }

    /// The built plugins; the program's build script reads this folder.
    pub(crate) fn plugins(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// What guests in Rust are made with: a crate that stands alone, as it will in a registry.
    pub(crate) fn sdk(&self) -> PathBuf {
        self.root.join("sdk/rust")
    }

    /// The sources of the guests that only tests call, one folder for each language.
    pub(crate) fn test_guest_sources(&self, language: &str) -> PathBuf {
        self.root.join("tests/guests").join(language)
    }

    /// The built test guests.
    pub(crate) fn test_guests(&self) -> PathBuf {
        self.target.join("test-guests")
    }

    /// Cargo's target folder for guests. Not the host's: the two may be built by different compilers.
    pub(crate) fn guest_target(&self) -> PathBuf {
        self.target.join("guests")
    }

    /// The contract that guests of any language are built from.
    pub(crate) fn wit(&self) -> PathBuf {
        self.root.join("wit")
    }
}

/// `$XDG_CACHE_HOME`, or what that specification says stands for it.
fn cache_folder() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .context("no place for caches: set HOME, or XDG_CACHE_HOME to an absolute path")?;
    Ok(base.join("dynamic-orchestrator"))
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}
