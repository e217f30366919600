//! What this machine cannot show.

use std::{env, path::Path};

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
