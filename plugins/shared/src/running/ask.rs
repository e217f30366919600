//! Asking a model how to run a project that neither its manifests nor its plan explain.

use super::agenda::{Agenda, Purpose, Source, Task};
use orchestrator_sdk::{
    Context, Error, events, json,
    model::{self, Request},
    prompt::{self, Prompt, choose},
    workspace,
};
use serde::Deserialize;

/// Tokens of files that the question shows: enough for a few small files, since what runs a project is at its top.
const BUDGET: usize = 4_000;

#[derive(Deserialize)]
struct Commands {
    #[serde(default)]
    install: Vec<Vec<String>>,
    #[serde(default)]
    test: Vec<Vec<String>>,
}

pub(super) fn ask(context: &Context, contract: &str, paths: &[String]) -> Result<Agenda, Error> {
    events::status("Neither manifests nor plan say how this project is tested; asking the model")?;
    let request = request(context, contract, paths)?;
    let commands = model::complete_checked(request, "The list of commands", |answer| {
        let commands: Commands = json::find(answer)?;
        commands.install.iter().chain(&commands.test).try_for_each(|argv| check(argv))?;
        Ok(commands)
    })?;
    let task = |argv, purpose| Task { argv, directory: None, purpose, ecosystem: None };
    let installs = commands.install.into_iter().map(|argv| task(argv, Purpose::Install));
    let tasks: Vec<_> =
        installs.chain(commands.test.into_iter().map(|argv| task(argv, Purpose::Test))).collect();
    let source = if tasks.is_empty() { Source::Nobody } else { Source::Model };
    Ok(Agenda { tasks, source })
}

fn request(context: &Context, contract: &str, paths: &[String]) -> Result<Request, Error> {
    let entries = workspace::list_files()?;
    let near = choose::nearest(&entries, &[]);
    let files = choose::choose(near, BUDGET, workspace::read_file)?;
    let message = Prompt::new(&context.run_id)
        .say("How is this project installed and tested?")
        .data("request", &context.user_request)
        .data("files", &paths.join("\n"))
        .files(files.iter())
        .say("Answer with the JSON object described above.")
        .finish();
    Ok(Request::new(prompt::system(&context.settings().prompt, contract)).user(message))
}

/// Whether an argument list is one, in words that a model can act on.
fn check(argv: &[String]) -> Result<(), String> {
    const SHELLS: [&str; 8] = ["sh", "bash", "zsh", "dash", "fish", "cmd", "cmd.exe", "powershell"];
    let program = argv.first().map(|program| program.trim()).unwrap_or_default();
    if program.is_empty() {
        return Err("a command is an empty list".into());
    }
    let name = program.rsplit('/').next().unwrap_or(program);
    if SHELLS.contains(&name) {
        return Err(format!("{argv:?} starts a shell; give the program itself with its arguments"));
    }
    if program.contains(char::is_whitespace)
        || argv.iter().any(|word| ["&&", "||", "|", ";", ">"].contains(&word.as_str()))
    {
        return Err(format!(
            "{argv:?} is a shell line; give one list for each command, one string for each argument"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(argv: &[&str]) -> Result<(), String> {
        check(&argv.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn shell_lines_are_refused_with_the_reason() {
        for attack in
            [&["sh", "-c", "rm -rf /"][..], &["/bin/bash", "x"], &["npm test"], &["a", "&&", "b"], &[]]
        {
            assert!(checked(attack).is_err(), "{attack:?}");
        }
        assert_eq!(checked(&["make", "test", "V=1"]), Ok(()));
    }
}
