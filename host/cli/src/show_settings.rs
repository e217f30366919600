//! `orchestrator config`: what is in force, and who says so.

use crate::{
    args::ConfigArgs,
    error::CliError,
    output,
    settings::{SETTINGS, Settings},
};
use std::process::ExitCode;

/// Prints a line for each setting.
pub(crate) fn show(args: &ConfigArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    let data_dir = settings.data_dir()?.display().to_string();
    let rows = SETTINGS.iter().map(|setting| match (settings.get(setting.key), setting.key) {
        (Some(value), _) => {
            [setting.key.to_owned(), setting.show(&value.text).to_owned(), value.source.to_string()]
        }
        (None, "data_dir") => [setting.key.to_owned(), data_dir.clone(), "default".to_owned()],
        (None, _) => [setting.key.to_owned(), "-".to_owned(), "not set".to_owned()],
    });
    let head = ["SETTING", "VALUE", "FROM"].map(str::to_owned);
    output::table(std::iter::once(head).chain(rows).collect())?;
    Ok(ExitCode::SUCCESS)
}
