//! One bare root, the commands that are run in it, and what they said.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::root::{Bare, Workshop};
use crate::layout::Layout;
use crate::process::say;
use crate::toolchain;

const ENTER: &str = include_str!("enter.sh");

/// Where Debian has programs.
const PROGRAMS: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Variables that say how this machine reaches registries, and what it builds with; others stay outside.
const TAKEN_ALONG: [&str; 7] =
    ["CARGO_", "ORCHESTRATOR_WASM_", "PIP_", "SSL_CERT_", "npm_config_", "NODE_EXTRA_CA_", "REQUESTS_CA_"];

/// Who types the command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Root,
    /// Somebody with no rights over the system.
    User,
}

/// A bare root that is removed with this value.
pub(super) struct Trial {
    bare: Bare,
    mounts: String,
    variables: Vec<(String, String)>,
    folder: PathBuf,
}

impl Trial {
    /// A new root, with this machine's Rust and, unless `cold`, what was compiled here.
    pub(super) fn new(layout: &Layout, workshop: &Workshop, cold: bool) -> Result<Self> {
        let bare = workshop.copy()?;
        let home = PathBuf::from(env::var_os("HOME").context("HOME is not set")?);
        let cargo = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
        let rustup = env::var_os("RUSTUP_HOME").map_or_else(|| home.join(".rustup"), PathBuf::from);

        let mut mounts = Mounts::default();
        mounts.add("rw", &workshop.archives()?, Path::new("/var/cache/apt/archives"));
        mounts.add("rw", &bare.home, &home);
        mounts.add("ro", &layout.root, &layout.root);
        mounts.add("ro", &rustup, &rustup);
        mounts.add("ro", &cargo.join("bin"), &cargo.join("bin"));
        // Downloads are not what is tried here.
        mounts.add("rw", &cargo.join("registry"), &cargo.join("registry"));
        mounts.add("ro", &cargo.join("config.toml"), &cargo.join("config.toml"));
        if !cold {
            mounts.add("rw", &layout.target, &layout.target);
            let toolchains = toolchain::made_in(layout);
            mounts.add("rw", &toolchains, &toolchains);
        }

        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut variables: Vec<_> = env::vars().filter(|(name, _)| is_taken_along(name)).collect();
        variables.extend([
            ("PATH".to_owned(), format!("{}:{PROGRAMS}", text(&cargo.join("bin")))),
            ("HOME".to_owned(), text(&home)),
            ("CARGO_HOME".to_owned(), text(&cargo)),
            ("RUSTUP_HOME".to_owned(), text(&rustup)),
            ("CARGO_TARGET_DIR".to_owned(), text(&layout.target)),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ]);
        Ok(Self { bare, mounts: mounts.0.join("\n"), variables, folder: layout.root.clone() })
    }

    /// Runs a command to its end, and shows and keeps what it says.
    pub(super) fn run(&self, who: Who, command: &[&str]) -> Result<Said> {
        let name = if who == Who::Root { "root" } else { "user" };
        let title = format!("{}, as {name}", command.join(" "));
        say(format!("on a bare machine: {title}"));
        // Ended with this program, however that ends, and everything in there with it.
        let mut enter = Command::new("setpriv");
        enter
            .args(["--pdeathsig", "KILL", "unshare"])
            .args(["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--"])
            // One stream, in the order in which a person reads it.
            .args(["sh", "-c", "exec 2>&1; eval \"$ENTER\"", "enter"])
            .args(command)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("ENTER", ENTER)
            .env("FRESH_ROOT", &self.bare.root)
            .env("FRESH_MOUNTS", &self.mounts)
            .env("FRESH_WHO", name)
            .env("FRESH_FOLDER", &self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = enter.spawn().context("a bare root cannot be entered")?;
        let stdout = child.stdout.take().context("the command has no output")?;
        let mut lines = Vec::new();
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            eprintln!("    {line}");
            lines.push(line);
        }
        let succeeded = child.wait()?.success();
        Ok(Said { title, lines, succeeded })
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let Err(error) = self.bare.remove() {
            say(format!("left behind: {error:#}"));
        }
    }
}

/// Lines for `enter.sh`. What is not there is not mounted.
#[derive(Default)]
struct Mounts(Vec<String>);

impl Mounts {
    fn add(&mut self, mode: &str, source: &Path, target: &Path) {
        if source.exists() {
            self.0.push(format!("{mode}|{}|{}", source.display(), target.display()));
        }
    }
}

fn is_taken_along(name: &str) -> bool {
    TAKEN_ALONG.iter().any(|prefix| name.starts_with(prefix)) && !name.starts_with("CARGO_PKG_")
        || name.to_ascii_lowercase().ends_with("_proxy")
}

/// What a command printed, and whether it succeeded.
pub(super) struct Said {
    title: String,
    lines: Vec<String>,
    pub(super) succeeded: bool,
}

impl Said {
    pub(super) fn must_succeed(&self) -> Result<()> {
        if !self.succeeded {
            bail!("on a bare machine: `{}` failed", self.title);
        }
        Ok(())
    }

    /// Every text is somewhere in it.
    pub(super) fn has(&self, texts: &[&str]) -> Result<()> {
        for text in texts {
            if !self.lines.iter().any(|line| line.contains(text)) {
                bail!("on a bare machine: `{}` did not say {text:?}", self.title);
            }
        }
        Ok(())
    }

    pub(super) fn has_no(&self, text: &str) -> Result<()> {
        self.refuse(self.lines.iter().find(|line| line.contains(text)))
    }

    /// No line has `text` that does not have `allowed` too.
    pub(super) fn has_no_but(&self, text: &str, allowed: &str) -> Result<()> {
        self.refuse(self.lines.iter().find(|line| line.contains(text) && !line.contains(allowed)))
    }

    fn refuse(&self, line: Option<&String>) -> Result<()> {
        match line {
            Some(line) => bail!("on a bare machine: `{}` said {line:?}", self.title),
            None => Ok(()),
        }
    }

    /// Exactly one line has `mark`, and that line has every text.
    pub(super) fn has_one_line(&self, mark: &str, texts: &[&str]) -> Result<()> {
        let lines: Vec<_> = self.lines.iter().filter(|line| line.contains(mark)).collect();
        let [line] = lines[..] else {
            bail!("on a bare machine: `{}` has {} lines with {mark:?}, not one", self.title, lines.len());
        };
        match texts.iter().find(|text| !line.contains(**text)) {
            Some(text) => bail!("on a bare machine: `{}` does not name {text:?} in {line:?}", self.title),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_to_say_it_all() {
        let said = |lines: &[&str]| Said {
            title: "make".into(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            succeeded: true,
        };
        let both = ["missing:", "bubblewrap"];
        assert!(said(&["a", "missing: bubblewrap, node"]).has_one_line(both[0], &both[1..]).is_ok());
        assert!(said(&["missing: node"]).has_one_line(both[0], &both[1..]).is_err());
        assert!(said(&["missing: node", "missing: bubblewrap"]).has_one_line(both[0], &both[1..]).is_err());
        assert!(said(&["a"]).has_one_line(both[0], &[]).is_err());
    }

    #[test]
    fn what_reaches_registries_is_taken_along_and_nothing_else() {
        for name in ["https_proxy", "HTTP_PROXY", "CARGO_INCREMENTAL", "PIP_INDEX_URL"] {
            assert!(is_taken_along(name), "{name}");
        }
        for name in ["CI", "ANTHROPIC_API_KEY", "LD_LIBRARY_PATH", "CARGO_PKG_NAME"] {
            assert!(!is_taken_along(name), "{name}");
        }
    }
}
