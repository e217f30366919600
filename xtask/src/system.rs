//! What has to come from the system's package manager, and installing it where that is allowed.
//!
//! Only what is missing is installed, and a program counts as there whatever brought it; node and npm alone have to be
//! where commands in a sandbox find them, which a version manager's in somebody's home are not. Where nothing may be installed, one line says what is missing and what that leaves out.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{find, output, run, say};

/// Something that a package brings.
struct Need {
    what: &'static str,
    /// What goes without it.
    without: &'static str,
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

const NEEDS: [Need; 5] = [
    Need {
        what: "a C compiler",
        without: "nothing builds: SQLite is compiled in, and Rust links through it",
        packages: &["gcc", "libc6-dev"],
        is_there: || find("cc").is_some(),
    },
    Need {
        what: "make",
        without: "`make <verb>` has to be typed as `cargo xtask <verb>`",
        packages: &["make"],
        is_there: || find("make").is_some(),
    },
    Need {
        what: "bubblewrap",
        without: "commands of agents are refused, and tests of their sandbox are left out",
        packages: &["bubblewrap"],
        is_there: || !cfg!(target_os = "linux") || Path::new(BUBBLEWRAP).exists(),
    },
    Need {
        what: "node and npm",
        without: "JavaScript test guests are left out, and commands of agents find neither",
        packages: &["nodejs", "npm"],
        is_there: || has_node() && ["node", "npm"].into_iter().all(commands_have),
    },
    Need {
        what: "python3 with venv and pip",
        without: "Python test guests are left out",
        packages: &["python3", "python3-venv"],
        is_there: has_python,
    },
];

/// Where the host looks for it.
const BUBBLEWRAP: &str = "/usr/bin/bwrap";

/// Why commands cannot be put into a sandbox here; none when they can. Being installed is not enough: in a container,
/// or on a system that keeps users from making namespaces, bubblewrap is there and does not work.
pub(crate) fn no_sandbox() -> Option<String> {
    let everything = ["--unshare-all", "--ro-bind", "/", "/", "/usr/bin/true"];
    output(Command::new(BUBBLEWRAP).args(everything)).err().map(|error| format!("{error:#}"))
}

/// Whether a command finds this program in its sandbox.
fn commands_have(program: &str) -> bool {
    let folders = ["/usr/local/bin", "/usr/bin"].map(Path::new);
    // A link into somebody's home leads nowhere in there.
    let real = |folder: &Path| folder.join(program).canonicalize().is_ok_and(|file| file.starts_with("/usr"));
    !cfg!(target_os = "linux") || folders.into_iter().any(real)
}

/// Whether JavaScript guests can be built.
pub(crate) fn has_node() -> bool {
    find("node").is_some() && find("npm").is_some()
}

/// Whether Python guests can be built. Debian splits off what a virtual environment needs, so it is tried.
pub(crate) fn has_python() -> bool {
    output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok()
}

/// Installs what is missing, or says so. Never an error: what cannot be done without fails where it is used.
pub(crate) fn prepare() {
    let missing: Vec<_> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return;
    }
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    if let Err(error) = install(&packages) {
        let list: Vec<_> = missing.iter().map(|need| format!("{} ({})", need.what, need.without)).collect();
        say(format!("missing: {}; not installed: {error:#}", list.join(", ")));
    }
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
    say(format!("installing {}", packages.join(", ")));
    run(apt_get()?.arg("update"))?;
    // apt-get's list of what it unpacks is long and tells nothing; what went wrong goes to stderr, which is kept.
    output(apt_get()?.args(["install", "--yes", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

/// A command that runs as root, if there is a way that asks nothing.
fn as_root(program: &str) -> Option<Command> {
    if output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        return Some(Command::new(program));
    }
    let sudo = find("sudo")?;
    output(Command::new(&sudo).args(["-n", "true"])).ok()?;
    Some(by_sudo(&sudo, program))
}

fn by_sudo(sudo: &Path, program: &str) -> Command {
    let mut command = Command::new(sudo);
    command.args(["-n", program]);
    command
}
