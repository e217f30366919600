//! The system around: its package manager, and whether commands can be put into a sandbox.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{find, output, run, say};

/// Where the host looks for it.
pub(crate) const BUBBLEWRAP: &str = "/usr/bin/bwrap";

/// Why commands cannot be put into a sandbox here; none when they can. Being installed is not enough: in a container,
/// or on a system that keeps users from making namespaces, bubblewrap is there and does not work.
pub(crate) fn no_sandbox() -> Option<String> {
    let everything = ["--unshare-all", "--ro-bind", "/", "/", "/usr/bin/true"];
    output(Command::new(BUBBLEWRAP).args(everything)).err().map(|error| format!("{error:#}"))
}

/// Whether a command finds this program in its sandbox.
pub(crate) fn commands_have(program: &str) -> bool {
    let folders = ["/usr/local/bin", "/usr/bin"].map(Path::new);
    // A link into somebody's home leads nowhere in there.
    let real = |folder: &Path| folder.join(program).canonicalize().is_ok_and(|file| file.starts_with("/usr"));
    !cfg!(target_os = "linux") || folders.into_iter().any(real)
}

/// Installs Debian packages.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if find("apt-get").is_none() {
        bail!("this system has no apt-get; install {} by its own package manager", packages.join(", "));
    }
    let apt_get = || -> Result<Command> {
        let mut command = as_root("env").with_context(|| {
            format!(
                "that takes root or passwordless sudo: `apt-get install --no-install-recommends {}`",
                packages.join(" ")
            )
        })?;
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]);
        Ok(command)
    };
    let (mut update, mut install) = (apt_get()?, apt_get()?);
    say(format!("installing {} with apt-get; that can take some minutes", packages.join(", ")));
    run(update.arg("update"))?;
    // apt-get's list of what it unpacks is long and tells nothing; what went wrong goes to stderr, which is kept.
    output(install.args(["install", "--yes", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

/// Whether this runs as root.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A command that runs as root, if there is a way that asks nothing.
pub(crate) fn as_root(program: &str) -> Option<Command> {
    if is_root() {
        return Some(Command::new(program));
    }
    let sudo = find("sudo")?;
    output(Command::new(&sudo).args(["-n", "true"])).ok()?;
    let mut command = Command::new(sudo);
    command.args(["-n", program]);
    Some(command)
}
