//! The README's two commands on a machine that has Rust, `make`, and nothing else.
//!
//! Such a machine is a root made by debootstrap, entered in namespaces of its own. Root has `make demo` in full there and,
//! of `make test`, the needs, the guests in several languages and the end-to-end test of the demo: the whole of it has run
//! beside already, and would take minutes again. A user who may not install is to read one line that says what is
//! missing and what that leaves out; with a compiler, he sees the demo as far as it goes.
//!
//! What this machine has compiled is mounted at the same paths, so that a trial takes as long as its packages do; with
//! `cold` nothing is, and it takes as long as it would for a newcomer.

mod root;
mod trial;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use self::root::{RELEASE, Workshop};
use self::trial::{Trial, Who};
use crate::layout::Layout;
use crate::left_out::{self, LeftOut};
use crate::process::{find, output, say};
use crate::{needs, system};

/// The test that is run of all: it needs a sandbox, node, and every guest.
const TEST: &str = "bolt_standard_builds_a_todo_app";

/// Runs the trials, or says why not.
pub(crate) fn fresh(layout: &Layout, cold: bool) -> Result<()> {
    needs::make_sure(needs::FRESH);
    if let Some(why) = impossible() {
        return left_out::report(&[LeftOut {
            name: "fresh",
            what: "the README's two commands on a bare machine",
            why,
        }]);
    }
    let cold = cold || !is_release(&fs::read_to_string("/etc/os-release").unwrap_or_default());
    if cold {
        say("nothing that this machine has compiled is used");
    }
    let workshop = Workshop::open(layout)?;
    nobody_and_nothing(&Trial::new(layout, &workshop, cold)?)?;
    root(&Trial::new(layout, &workshop, cold)?)?;
    user(layout, &Trial::new(layout, &workshop, cold)?)?;
    say(
        "both commands did on a bare machine what the README says, for root and for a user who may not install",
    );
    Ok(())
}

/// Why there can be no trial here.
fn impossible() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("a bare root is entered in Linux's namespaces".to_owned());
    }
    if !system::is_root() {
        return Some("it takes root".to_owned());
    }
    if find("debootstrap").is_none() {
        return Some("debootstrap is missing".to_owned());
    }
    let namespaces = ["--mount", "--pid", "--fork", "--propagation", "private", "--"];
    let users = ["unshare", "--user", "--map-user=1000", "true"];
    output(Command::new("unshare").args(namespaces).args(users)).err().map(|error| format!("{error:#}"))
}

/// Programs compiled here run in the root only if the C libraries are the same.
fn is_release(os_release: &str) -> bool {
    let codename = format!("VERSION_CODENAME={RELEASE}");
    os_release.lines().any(|line| line.trim_end() == codename)
}

/// A user, and no compiler: nothing can be built, which one line says.
fn nobody_and_nothing(trial: &Trial) -> Result<()> {
    let said = trial.run(Who::User, &["make", "demo"])?;
    ensure!(!said.succeeded, "a user without a compiler: `make demo` succeeded");
    said.has_one_line("missing:", &["C compiler", "nothing is built", "root or passwordless sudo"])
}

/// Root: everything is installed, and works.
fn root(trial: &Trial) -> Result<()> {
    let demo = trial.run(Who::Root, &["make", "demo"])?;
    demo.must_succeed()?;
    demo.has(&["Wrote 10 files", "Back to 'Execute & Test'", "exit code 0", "Done in"])?;
    demo.has_no("missing:")?;
    let test = trial.run(Who::Root, &["make", "test", &format!("ARGS={TEST}")])?;
    test.must_succeed()?;
    test.has(&["1 passed; 0 failed"])?;
    test.has_no("missing:")?;
    // Debian 12's node is older than what compiles JavaScript; a guest that was built here before is used.
    test.has_no_but("left out:", "JavaScript test guests")
}

/// A user for whom somebody has installed a compiler: files are written, commands are refused.
fn user(layout: &Layout, trial: &Trial) -> Result<()> {
    // Commands that root's demo ran have left files there which are neither root's nor this user's to remove.
    let demo = layout.target.join("demo");
    if demo.exists() {
        fs::remove_dir_all(&demo).with_context(|| format!("{} cannot be emptied", demo.display()))?;
    }
    trial.run(Who::Root, &["sh", "xtask/start.sh", "toolchain"])?.must_succeed()?;
    let demo = trial.run(Who::User, &["make", "demo"])?;
    demo.has_one_line("missing:", &["bubblewrap", "commands of agents are refused", "node and npm"])?;
    demo.has(&["Wrote 10 files"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_release_shares_what_it_compiled() {
        assert!(is_release("ID=debian\nVERSION_CODENAME=bookworm\n"));
        assert!(!is_release("ID=debian\nVERSION_CODENAME=trixie\n"));
        assert!(!is_release("VERSION_CODENAME=bookworm-derived\n"));
    }
}
