//! Cloning a git repository to start from.
//!
//! A repository is a stranger's: hooks, filters, submodules and a file system monitor would be its code on this machine.
//! So git gets no configuration but ours, no hooks and no templates, speaks only to where a person pointed it, asks no
//! questions, and works in a folder of its own that is gone afterwards. It never runs in a project's folder.

use crate::error::CliError;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::Command;

/// How an address of a repository begins.
const SCHEMES: [&str; 5] = ["https://", "http://", "ssh://", "git://", "file://"];

/// Settings that leave a repository nothing to run.
const SETTINGS: [&str; 10] = [
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.http.allow=always",
    "protocol.ssh.allow=always",
    "protocol.git.allow=always",
    "protocol.file.allow=always",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "submodule.recurse=false",
];

/// What git may know of the surroundings: how to find programs, and how to log in over ssh.
const PASSED_ON: [&str; 5] = ["PATH", "HOME", "SSH_AUTH_SOCK", "https_proxy", "http_proxy"];

/// Whether `text` is an address and not a path. `git@host:path` is one, a drive is none, and a dash begins neither.
pub(super) fn is_address(text: &str) -> bool {
    let scheme = SCHEMES.iter().any(|scheme| text.starts_with(scheme));
    let short = text.split_once(':').is_some_and(|(host, path)| host.contains('@') && !path.is_empty());
    (scheme || short) && !text.starts_with('-') && !text.contains("::")
}

/// Clones the newest state of a repository's default branch.
pub(super) async fn clone(address: &str) -> Result<TempDir, CliError> {
    let failed = |why: String| CliError::Git { address: address.to_owned(), why };
    let folder = TempDir::new().map_err(|error| failed(error.to_string()))?;
    let mut git = Command::new("git");
    git.env_clear().envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_TERMINAL_PROMPT", "0").env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    git.args(["clone", "--quiet", "--depth=1", "--single-branch", "--no-tags", "--template="]);
    git.args(["--no-recurse-submodules", "--"]).arg(address).arg(folder.path());
    git.current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = git.output().await.map_err(|error| failed(format!("git cannot be started: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(said.lines().last().unwrap_or("git does not say why").trim().to_owned()));
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_paths_and_from_options() {
        for address in ["https://example.org/a.git", "git@example.org:a/b.git", "file:///tmp/a", "ssh://h/a"]
        {
            assert!(is_address(address), "{address}");
        }
        for other in
            ["./a", "a/b", "C:/a", "--upload-pack=touch x@y:z", "ext::sh -c x", "git@h::x", "a.zip", "x@y:"]
        {
            assert!(!is_address(other), "{other}");
        }
    }
}
