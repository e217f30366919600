//! Asking before something is done that nothing takes back.

use crate::{error::CliError, output};
use std::io::{self, BufRead, IsTerminal as _};

/// Goes on where `yes` was said on the command line, or is said now by whoever sits at the terminal.
///
/// # Errors
/// [`CliError::Usage`] where it was not said, or nobody is there who could be asked. Nothing is to be done then.
pub(crate) fn for_good(what: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(CliError::Usage(format!(
            "this would delete {what}, which nothing takes back, and nobody is here to be asked: give --yes to do it"
        )));
    }
    output::ask(&format!("delete {what}? Nothing takes this back. [y/N] "));
    match agrees(&mut io::stdin().lock()) {
        true => Ok(()),
        false => Err(CliError::Usage("nothing was deleted".to_owned())),
    }
}

/// Whether the next line agrees. Whoever says nothing, or goes away, does not.
fn agrees(input: &mut impl BufRead) -> bool {
    let mut answer = String::new();
    let read = input.read_line(&mut answer).is_ok();
    read && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_yes_agrees() {
        for (answer, agreed) in [
            ("y\n", true),
            (" YES \n", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yesterday\n", false),
        ] {
            assert_eq!(agrees(&mut answer.as_bytes()), agreed, "{answer:?}");
        }
    }
}
