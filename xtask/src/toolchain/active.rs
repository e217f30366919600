//! The Rust toolchain that is already in use here, whoever installed it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::TARGET;
use crate::process::output;

/// What the active `rustc` says of itself.
pub(super) struct Active {
    pub(super) sysroot: PathBuf,
    /// All of `rustc -vV`.
    pub(super) version: String,
    /// The triple of this machine.
    pub(super) host: String,
}

impl Active {
    pub(super) fn detect() -> Result<Self> {
        let rustc = || Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let sysroot = output(rustc().args(["--print", "sysroot"]))?;
        let version = output(rustc().arg("-vV"))?;
        let host = field(&version, "host").context("`rustc -vV` named no host")?.to_owned();
        Ok(Self { sysroot: PathBuf::from(sysroot.trim_end()), version, host })
    }

    /// Whether the target's standard library is there, which is all that building for it takes.
    pub(super) fn has_target(&self) -> bool {
        let Ok(folder) = self.sysroot.join("lib/rustlib").join(TARGET).join("lib").read_dir() else {
            return false;
        };
        folder.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    }

    /// The folder of the linkers that toolchains from rustup bring for targets other than their own.
    pub(super) fn linkers(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(&self.host).join("bin")
    }
}

/// One field of `rustc -vV`, for any rustc.
pub(super) fn rustc_field(rustc: &Path, name: &str) -> Result<String> {
    let version = output(Command::new(rustc).arg("-vV"))?;
    Ok(field(&version, name).with_context(|| format!("`{} -vV` has no {name}", rustc.display()))?.to_owned())
}

fn field<'a>(version: &'a str, name: &str) -> Option<&'a str> {
    version.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_the_verbose_version() {
        let version =
            "rustc 1.95.0 (59807616e 2026-04-14)\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(field(version, "host"), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(field(version, "release"), Some("1.95.0"));
        assert_eq!(field(version, "LLVM version"), None);
    }

    #[test]
    fn the_target_counts_only_with_its_standard_library() {
        let sysroot = tempfile::tempdir().unwrap();
        let active = Active { sysroot: sysroot.path().into(), version: String::new(), host: "h".into() };
        assert!(!active.has_target());
        let lib = sysroot.path().join("lib/rustlib").join(TARGET).join("lib");
        std::fs::create_dir_all(lib.join("self-contained")).unwrap();
        assert!(!active.has_target());
        std::fs::write(lib.join("libstd-0.rlib"), "").unwrap();
        assert!(active.has_target());
    }
}
