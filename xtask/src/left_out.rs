//! What could not be run, and when that is a failure.
//!
//! A test suite that quietly shrinks to what a machine happens to have is worse than a red one: it says "passed". So
//! whatever is left out is collected, printed last where it cannot be missed, and fails the run where `CI=true`. The
//! tests are told too, by name ([`TESTS_ARE_TOLD_BY`]): a test that cannot run for want of something may pass over it
//! only if that is on the list, else it must fail.

use std::env;

use anyhow::{Result, bail};

use crate::process::say;

/// What is missing, separated by commas: languages whose test guests could not be built, and `bubblewrap` where commands
/// cannot be put into a sandbox. Empty when everything is there.
pub(crate) const TESTS_ARE_TOLD_BY: &str = "ORCHESTRATOR_LEFT_OUT";

/// One thing that was not run, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// One word, as the tests know it.
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) why: String,
}

/// The value for [`TESTS_ARE_TOLD_BY`].
pub(crate) fn names(left_out: &[LeftOut]) -> String {
    left_out.iter().map(|entry| entry.name).collect::<Vec<_>>().join(",")
}

/// Prints one line for each thing left out; an error where nothing may be.
pub(crate) fn report(left_out: &[LeftOut]) -> Result<()> {
    for LeftOut { what, why, .. } in left_out {
        say(format!("left out: {what}: {why}"));
    }
    verdict(left_out, env::var("CI").is_ok_and(|value| value == "true"))
}

fn verdict(left_out: &[LeftOut], ci: bool) -> Result<()> {
    if ci && !left_out.is_empty() {
        bail!("{} left out, and with CI=true everything must run", names(left_out));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &'static str) -> LeftOut {
        LeftOut { name, what: "guests", why: "no interpreter".into() }
    }

    #[test]
    fn what_is_left_out_fails_ci_and_nothing_else() {
        let some = [entry("python"), entry("javascript")];
        assert!(verdict(&some, false).is_ok());
        assert!(verdict(&[], true).is_ok());
        assert!(verdict(&some, true).unwrap_err().to_string().starts_with("python,javascript left out"));
    }
}
