//! The definition of the command line as it is used: with what the help of every command has at its end.
//!
//! `-h` shows a command's own options. Settings are flags of every command as well, and far more of them; `--help` has
//! them below the command's own, and `-h` a line that says so.

use super::Cli;
use clap::{
    ArgMatches, Command, CommandFactory as _, FromArgMatches as _, error::ErrorKind, parser::ValueSource,
};

/// What `-h` says of what it leaves out.
const MORE: &str =
    "Settings, such as the data folder, the server and the model provider, are flags as well: see --help.";

/// The definition of the command line.
pub(crate) fn command() -> Command {
    point_to_settings(Cli::command(), false)
}

/// What was typed. Ends the program where that cannot be understood, or where it was a call for help.
pub(crate) fn read() -> Cli {
    let matches = command().get_matches();
    if let Err(error) = refuse_strays(&mut command(), &matches) {
        error.exit();
    }
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command()).exit())
}

/// Refuses the options of a list in front of another command: `runs --limit 2 show ID` has nothing to limit.
fn refuse_strays(command: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((name, below)) = matches.subcommand() else { return Ok(()) };
    let is_stray = |arg: &&clap::Arg| {
        !arg.is_global_set() && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let stray = command.get_arguments().find(is_stray).and_then(clap::Arg::get_long).map(str::to_owned);
    if let Some(option) = stray {
        let what = format!("--{option} belongs behind '{name}', if it is an option of that at all");
        return Err(command.error(ErrorKind::ArgumentConflict, what));
    }
    match command.find_subcommand_mut(name) {
        Some(command) => refuse_strays(command, below),
        None => Ok(()),
    }
}

/// Adds the line to each command that takes settings, by itself or because one above it does.
fn point_to_settings(command: Command, inherited: bool) -> Command {
    let takes = inherited || command.get_arguments().any(|arg| arg.get_id() == "config");
    let command = command.mut_subcommands(|below| point_to_settings(below, takes));
    if !takes {
        return command;
    }
    let long = command.get_after_help().cloned().unwrap_or_default();
    let text = long.to_string();
    let gap = if text.is_empty() { "" } else { "\n\n" };
    command.after_help(format!("{text}{gap}{MORE}")).after_long_help(long)
}
