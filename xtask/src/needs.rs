//! What each verb needs from the system's package manager.
//!
//! A verb asks for what it uses and for nothing else, before it does anything that takes long. A program counts as there
//! whatever brought it; node and npm alone have to be where commands in a sandbox find them, which a version manager's in
//! somebody's home are not. Where nothing may be installed, one line says what is missing and what that leaves out, and
//! the verb goes on: what cannot be done without fails, or is left out, where it is used.
//!
//! A C compiler is not among them: without it this program could not have been built. `start.sh` sees to that.

use std::path::Path;
use std::process::Command;

use crate::process::{find, output, say};
use crate::system;

/// Something that packages bring.
pub(crate) struct Need {
    what: &'static str,
    /// What goes without it.
    without: &'static str,
    /// Debian's names.
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

const SANDBOX: Need = Need {
    what: "bubblewrap",
    without: "commands of agents are refused, and tests of their sandbox are left out",
    packages: &["bubblewrap"],
    is_there: || !cfg!(target_os = "linux") || Path::new(system::BUBBLEWRAP).exists(),
};

const NODE: Need = Need {
    what: "node and npm",
    without: "commands of agents find neither, and JavaScript test guests are left out",
    packages: &["nodejs", "npm"],
    is_there: || has_node() && ["node", "npm"].into_iter().all(system::commands_have),
};

const PYTHON: Need = Need {
    what: "python3 with venv and pip",
    without: "Python test guests and schemathesis are left out",
    packages: &["python3", "python3-pip", "python3-venv"],
    is_there: has_python,
};

const GIT: Need = Need {
    what: "git",
    without: "what is compared with git fails",
    packages: &["git"],
    is_there: || find("git").is_some(),
};

const CXX: Need = Need {
    what: "a C++ compiler",
    without: "fuzzing fails: the fuzzer's own code is C++",
    packages: &["g++"],
    is_there: || find("c++").is_some(),
};

const CHROMIUM: Need = Need {
    what: "chromium",
    without: "pages are not tried in a browser",
    packages: &["chromium"],
    is_there: || find("chromium").is_some(),
};

const DEBOOTSTRAP: Need = Need {
    what: "debootstrap",
    without: "the two commands are not tried on a fresh machine",
    packages: &["debootstrap"],
    is_there: || find("debootstrap").is_some(),
};

/// For the program at work: what agents' commands run in, and what those of the demo's script call.
pub(crate) const PROGRAM: &[Need] = &[SANDBOX, NODE];
/// For the tests.
pub(crate) const TESTS: &[Need] = &[SANDBOX, NODE, PYTHON, GIT];
/// For the benchmarks.
pub(crate) const BENCHES: &[Need] = &[SANDBOX, NODE, PYTHON, GIT];
/// For guests that are built by compilers from other languages' registries.
pub(crate) const TEST_GUESTS: &[Need] = &[NODE, PYTHON];
/// For requests made from the OpenAPI document.
pub(crate) const SCHEMATHESIS: &[Need] = &[PYTHON];
/// For the libraries and generators of frontends.
pub(crate) const CLIENTS: &[Need] = &[NODE, PYTHON, CHROMIUM];
/// For the fuzzers.
pub(crate) const FUZZERS: &[Need] = &[CXX];
/// For the trial on a bare machine.
pub(crate) const FRESH: &[Need] = &[DEBOOTSTRAP];
/// For whatever may come.
pub(crate) const EVERYTHING: &[Need] = &[SANDBOX, NODE, PYTHON, GIT, CXX, CHROMIUM];

/// Installs what is missing of `needs`, or says so. Never an error: see above.
pub(crate) fn make_sure(needs: &[Need]) {
    let missing: Vec<_> = needs.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return;
    }
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    if let Err(error) = system::install(&packages) {
        say(format!("missing: {}; not installed: {error:#}", listed(&missing)));
    }
}

fn listed(missing: &[&Need]) -> String {
    let each: Vec<_> = missing.iter().map(|need| format!("{} ({})", need.what, need.without)).collect();
    each.join(", ")
}

/// The oldest node that the TypeScript client and the compiler of JavaScript guests run on; Debian 12's own is older,
/// and enough for the commands of agents.
const NODE_VERSION: u32 = 20;

fn has_node() -> bool {
    find("node").is_some() && find("npm").is_some()
}

/// Why nothing can be built by node here; none when it can.
pub(crate) fn no_recent_node() -> Option<String> {
    if !has_node() {
        return Some("node with npm is missing".to_owned());
    }
    let said = output(Command::new("node").arg("--version")).unwrap_or_default();
    match node_major(&said) {
        Some(version) if version >= NODE_VERSION => None,
        _ => Some(format!("node is {}, and it takes {NODE_VERSION} or newer", said.trim())),
    }
}

fn node_major(said: &str) -> Option<u32> {
    said.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Why Python guests cannot be built here; none when they can.
pub(crate) fn no_python() -> Option<String> {
    (!has_python()).then(|| "python3 with venv and pip is missing".to_owned())
}

/// Why pages cannot be tried here; none when they can.
pub(crate) fn no_browser() -> Option<String> {
    find("chromium").is_none().then(|| "chromium is missing".to_owned())
}

/// Whether there is a Python that makes environments. Debian splits off what a virtual environment needs, so it is tried.
pub(crate) fn has_python() -> bool {
    output(Command::new("python3").args(["-c", "import venv, ensurepip, pip"])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_need_is_named_with_what_goes_without_it() {
        let line = listed(&[&SANDBOX, &GIT]);
        assert!(line.starts_with("bubblewrap (commands of agents are refused"), "{line}");
        assert!(line.ends_with("git (what is compared with git fails)"), "{line}");
        assert!(!line.contains('\n'));
    }

    #[test]
    fn a_version_of_node_is_read() {
        assert_eq!(node_major("v18.20.4\n"), Some(18));
        assert_eq!(node_major("not found"), None);
    }

    #[test]
    fn setup_covers_what_the_verbs_need() {
        let all: Vec<_> = EVERYTHING.iter().map(|need| need.what).collect();
        for verb in [PROGRAM, TESTS, BENCHES, TEST_GUESTS, SCHEMATHESIS, CLIENTS, FUZZERS] {
            for need in verb {
                assert!(all.contains(&need.what), "{}", need.what);
            }
        }
    }
}
