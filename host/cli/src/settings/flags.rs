//! The settings as flags, made from the table.

use super::{
    CONFIG_VARIABLE,
    table::{Kind, Setting, every_setting},
};
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches,
    builder::{NonEmptyStringValueParser, PossibleValuesParser},
};
use std::{collections::BTreeMap, path::PathBuf};

/// The flags that were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// The file of settings that was named.
    pub(crate) config: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

impl Flags {
    /// The value of a setting's flag.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    fn read(matches: &ArgMatches) -> Self {
        let mut values = BTreeMap::new();
        for setting in every_setting() {
            if let Some(given) = matches.get_many::<String>(setting.key) {
                values.insert(setting.key, given.map(String::as_str).collect::<Vec<_>>().join(","));
            }
        }
        Self { config: matches.get_one::<PathBuf>("config").cloned(), values }
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .hide_short_help(true)
            .help_heading("Settings")
            .help(format!(
                "Read settings from this file [env: {CONFIG_VARIABLE}] \
                 [default: ~/.config/dynamic-orchestrator/orchestrator.toml]"
            ));
        // Global, for commands that have commands of their own: before and after those is the same to a user.
        let settings = std::iter::once(config).chain(every_setting().map(flag));
        command.args(settings.map(|setting| setting.global(true)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn flag(setting: &'static Setting) -> Arg {
    let mut help = format!("{} [env: {}]", setting.help, setting.variables.join(", "));
    if let Some(default) = setting.default.filter(|text| !text.is_empty()) {
        help.push_str(&format!(" [default: {}]", default.replace(',', ", ")));
    }
    let arg = Arg::new(setting.key)
        .long(setting.flag)
        .value_name(setting.placeholder)
        .help_heading("Settings")
        .help(help)
        // `-h` is for a command's own options.
        .hide_short_help(true);
    match setting.kind {
        Kind::Choice(choices) => arg.value_parser(PossibleValuesParser::new(choices)),
        Kind::List => arg.action(ArgAction::Append),
        // No path is the working folder, which nobody who gives nothing means.
        Kind::Path => arg.value_hint(clap::ValueHint::AnyPath).value_parser(NonEmptyStringValueParser::new()),
        Kind::Text | Kind::Secret | Kind::Number => arg,
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self::read(matches))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::read(matches);
        Ok(())
    }
}
