//! The C library that the target's standard library stands on.
//!
//! Debian 12's own wasi-libc is from before the target existed. Debian 13's has it, and is data for any machine: it is
//! fetched from the mirror that this machine already uses, through a private list of sources, and unpacked without
//! being installed. Nothing outside the given folder changes, and apt checks the archive's signature as for any package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::TARGET;
use crate::process::{output, say};

/// The oldest release whose wasi-libc knows the target.
const RELEASE: &str = "trixie";

const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Fetches wasi-libc into `folder` and gives the folder of its libraries. `codename` is this machine's release.
pub(super) fn fetch(folder: &Path, codename: &str) -> Result<PathBuf> {
    let targets = output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(CODENAME) $(COMPONENT) $(REPO_URI)",
    ]))?;
    let mirror = mirror(&targets, codename).with_context(|| {
        format!(
            "apt lists no `main` of {codename}; run `apt-get update`, or add Debian's archive to its sources"
        )
    })?;
    say(format!("fetching wasi-libc of Debian {RELEASE}"));
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(folder.join(part))?;
    }
    let signed_by = if Path::new(KEYS).is_file() { format!("[signed-by={KEYS}] ") } else { String::new() };
    fs::write(folder.join("sources.list"), format!("deb {signed_by}{mirror} {RELEASE} main\n"))?;

    output(apt_get(folder).arg("update"))?;
    output(apt_get(folder).args(["download", "wasi-libc"]).current_dir(folder))?;
    let package = folder
        .read_dir()?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt-get download left no package")?;
    let unpacked = folder.join("unpacked");
    output(Command::new("dpkg").arg("--extract").arg(package).arg(&unpacked))?;
    let libraries = unpacked.join("usr/lib").join(TARGET);
    if !libraries.join("libc.a").is_file() {
        bail!("Debian {RELEASE}'s wasi-libc has no {TARGET}");
    }
    Ok(libraries)
}

/// An apt that reads and writes lists and packages in `folder` only.
fn apt_get(folder: &Path) -> Command {
    let mut command = Command::new("apt-get");
    for (option, value) in [
        ("Dir::Etc::sourcelist", folder.join("sources.list")),
        ("Dir::Etc::sourceparts", "-".into()),
        ("Dir::State::Lists", folder.join("lists")),
        ("Dir::Cache", folder.join("cache")),
        // Catalogues for graphical shops, larger than all the rest.
        ("Acquire::IndexTargets::deb::DEP-11::DefaultEnabled", "false".into()),
        ("Acquire::Languages", "none".into()),
    ] {
        command.arg("-o").arg(format!("{option}={}", value.display()));
    }
    command
}

fn mirror<'a>(targets: &'a str, codename: &str) -> Option<&'a str> {
    targets.lines().find_map(|line| line.strip_prefix(codename)?.strip_prefix(" main "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_archive_not_its_updates() {
        let targets = "bookworm-security main mirror://security/\nbookworm main mirror://archive/\n";
        assert_eq!(mirror(targets, "bookworm"), Some("mirror://archive/"));
        assert_eq!(mirror(targets, "trixie"), None);
    }
}
