//! Requests of one word that was meant for another command.
//!
//! `orchestrator run list` would have agents build something called "list", which costs money and is never meant. So a
//! request that is nothing but the word of a command is refused, with the command; after `--` it is taken as it is.

use crate::error::CliError;

/// The words of commands, and the command that is meant by each.
const WORDS: [(&[&str], &str); 8] = [
    (&["list", "ls", "runs", "run", "status", "history", "ps"], "orchestrator runs"),
    (&["show", "get", "describe"], "orchestrator runs show ID"),
    (&["events", "logs", "log", "follow", "watch"], "orchestrator runs events ID"),
    (&["cancel", "stop", "kill", "abort"], "orchestrator runs cancel ID"),
    (&["help", "usage"], "orchestrator run --help"),
    (&["version"], "orchestrator --version"),
    (&["project"], "orchestrator projects"),
    (
        &[
            "serve",
            "agents",
            "workflows",
            "models",
            "projects",
            "health",
            "plugins",
            "policy",
            "token",
            "audit",
            "config",
            "patch",
            "openapi",
            "completions",
        ],
        "",
    ),
];

/// Refuses a request that is nothing but the word of a command.
///
/// # Errors
/// [`CliError::Usage`] with the command that was probably meant.
pub(super) fn check(request: &str) -> Result<(), CliError> {
    let word = request.trim().to_ascii_lowercase();
    let Some((_, command)) = WORDS.iter().find(|(words, _)| words.contains(&word.as_str())) else {
        return Ok(());
    };
    let command = if command.is_empty() { format!("orchestrator {word}") } else { (*command).to_owned() };
    Err(CliError::Usage(format!(
        "'{word}' says nothing of what to build; did you mean `{command}`? If not: orchestrator run -- {word}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_word_of_a_command_is_no_request() {
        let said = |word: &str| check(word).unwrap_err().to_string();
        insta::assert_snapshot!(said("list"), @"'list' says nothing of what to build; did you mean `orchestrator runs`? If not: orchestrator run -- list");
        insta::assert_snapshot!(said(" Models "), @"'models' says nothing of what to build; did you mean `orchestrator models`? If not: orchestrator run -- models");
        for request in ["calculator", "list my files", "a status page", "", "ls -l"] {
            assert!(check(request).is_ok(), "{request}");
        }
    }

    #[test]
    fn every_command_is_such_a_word() {
        for command in crate::args::Cli::command().get_subcommands() {
            for name in std::iter::once(command.get_name()).chain(command.get_all_aliases()) {
                assert!(check(name).is_err(), "{name}");
            }
        }
    }
}
