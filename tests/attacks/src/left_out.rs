//! What this machine cannot show.

use std::{env, path::Path, process::Command};

/// Whether commands can be confined here. Where they cannot, that has to be known to whoever runs the tests: it is
/// printed, and no test may pass over it in silence.
///
/// # Panics
/// When what it takes is missing and nobody was told.
#[must_use]
pub fn can_confine_commands() -> bool {
    let told = env::var("ORCHESTRATOR_LEFT_OUT").unwrap_or_default();
    for (name, path) in [("bubblewrap", "/usr/bin/bwrap"), ("python", "/usr/bin/python3")] {
        if told.split(',').any(|left_out| left_out == name) {
            println!("LEFT OUT: {name} is missing, or does not work here");
            return false;
        }
        assert!(
            Path::new(path).exists(),
            "{path} is missing: install it, or run the tests by `make test`, which says what it leaves out"
        );
    }
    true
}

/// Whether a program that a test needs is there. One that is not is printed, and where `CI` is set it is a failure:
/// everything must run there.
///
/// # Panics
/// When it is missing and `CI` is set.
#[must_use]
pub fn has_program(program: &str, for_what: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        assert!(env::var_os("CI").is_none(), "{program} is missing, and with CI set everything must run");
        println!("LEFT OUT: {for_what}: {program} is missing");
    }
    is_there
}
