//! Requests of one word that was meant for another command.
//!
//! `orchestrator run list` would have agents build something called "list", which costs money and is never meant. So a
//! request that is nothing but the word of a command is refused, with the command; after `--` it is taken as it is. The
//! words come from the definition of the command line, so that a new command is such a word from its first day on.

use crate::error::CliError;
use clap::Command;

/// Words that are no command's, or that several have, and the command that is meant by each.
const WORDS: [(&[&str], &str); 6] = [
    (&["list", "ls", "runs", "run", "status", "history", "ps"], "orchestrator runs"),
    (&["show", "get", "describe"], "orchestrator runs show ID"),
    (&["events", "logs", "log", "follow", "watch"], "orchestrator runs events ID"),
    (&["cancel", "stop", "kill", "abort"], "orchestrator runs cancel ID"),
    (&["help", "usage"], "orchestrator run --help"),
    (&["version"], "orchestrator --version"),
];

/// Refuses a request that is nothing but the word of a command.
///
/// # Errors
/// [`CliError::Usage`] with the command that was probably meant.
pub(super) fn check(request: &str) -> Result<(), CliError> {
    let word = request.trim().to_ascii_lowercase();
    let Some(command) = meant(&word) else { return Ok(()) };
    Err(CliError::Usage(format!(
        "'{word}' says nothing of what to build; did you mean {command}? If not: orchestrator run -- {word}"
    )))
}

fn meant(word: &str) -> Option<String> {
    let known = |word: &str| WORDS.iter().find(|(words, _)| words.contains(&word));
    if let Some((_, command)) = known(word) {
        return Some(format!("`{command}`"));
    }
    let mut found = Vec::new();
    look(&crate::args::command(), "orchestrator", word, &mut found);
    if found.is_empty() {
        // `lists`, which is `list` in another number.
        return WORDS
            .iter()
            .find(|(words, _)| words.iter().any(|known| is_same(word, known)))
            .map(|(_, command)| format!("`{command}`"));
    }
    Some(found.join(" or "))
}

/// Finds the commands below `command`, written as `path`, that go by the word.
fn look(command: &Command, path: &str, word: &str, found: &mut Vec<String>) {
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name());
        if std::iter::once(below.get_name()).chain(below.get_all_aliases()).any(|name| is_same(word, name)) {
            let takes = below.get_positionals().filter(|arg| arg.is_required_set());
            let takes = takes.map(|arg| match arg.get_value_names().unwrap_or_default() {
                [name, ..] => format!(" {name}"),
                [] => format!(" {}", arg.get_id().as_str().to_ascii_uppercase()),
            });
            found.push(format!("`{path}{}`", takes.collect::<String>()));
        } else {
            look(below, &path, word, found);
        }
    }
}

/// Whether they are one word, in the singular or the plural.
fn is_same(word: &str, name: &str) -> bool {
    let plurals = |one: &str| {
        let irregular = one.strip_suffix('y').map(|stem| format!("{stem}ies"));
        [Some(format!("{one}s")), Some(format!("{one}es")), irregular].into_iter().flatten()
    };
    word == name
        || plurals(name).any(|plural| plural == word)
        || (word.len() > 2 && plurals(word).any(|plural| plural == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_command_is_no_request() {
        let said = |word: &str| check(word).unwrap_err().to_string();
        insta::assert_snapshot!(said("list"), @"'list' says nothing of what to build; did you mean `orchestrator runs`? If not: orchestrator run -- list");
        insta::assert_snapshot!(said(" Models "), @"'models' says nothing of what to build; did you mean `orchestrator models`? If not: orchestrator run -- models");
        insta::assert_snapshot!(said("replace"), @"'replace' says nothing of what to build; did you mean `orchestrator workflows replace FILE`? If not: orchestrator run -- replace");
        insta::assert_snapshot!(said("create"), @"'create' says nothing of what to build; did you mean `orchestrator workflows create FILE` or `orchestrator token create NAME`? If not: orchestrator run -- create");
        insta::assert_snapshot!(said("tokens"), @"'tokens' says nothing of what to build; did you mean `orchestrator token`? If not: orchestrator run -- tokens");
        for request in ["calculator", "list my files", "a status page", "", "s", "ls -l"] {
            assert!(check(request).is_ok(), "{request}");
        }
    }

    #[test]
    fn every_command_at_every_depth_is_such_a_word_in_singular_and_plural() {
        fn each(command: &Command) {
            for below in command.get_subcommands() {
                for name in std::iter::once(below.get_name()).chain(below.get_all_aliases()) {
                    for word in [name.to_owned(), format!("{name}s"), name.trim_end_matches('s').to_owned()] {
                        assert!(check(&word).is_err() || word.len() < 2, "{word}");
                    }
                }
                each(below);
            }
        }
        each(&crate::args::command());
        for word in ["ls", "ps", "rm", "log", "stop", "kill", "lists"] {
            assert!(check(word).is_err(), "{word}");
        }
    }
}
