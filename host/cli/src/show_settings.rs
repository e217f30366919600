//! `orchestrator config`: what is in force, and who says so.

use crate::{
    args::ConfigArgs,
    error::CliError,
    output,
    settings::{Settings, every_setting},
};
use serde_json::json;
use std::process::ExitCode;

/// Prints a line for each setting.
pub(crate) fn show(args: &ConfigArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    if args.json {
        let rows: Vec<_> = rows(&settings)?
            .map(|[setting, value, from]| json!({"setting": setting, "value": value, "from": from}))
            .collect();
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let head = ["SETTING", "VALUE", "FROM"].map(str::to_owned);
    output::table(std::iter::once(head).chain(rows(&settings)?).collect(), &[1, 2])?;
    Ok(ExitCode::SUCCESS)
}

/// Setting, value and where that comes from.
fn rows(settings: &Settings) -> Result<impl Iterator<Item = [String; 3]>, CliError> {
    let data_dir = settings.data_dir()?.display().to_string();
    Ok(every_setting().map(move |setting| match (settings.get(setting.key), setting.key) {
        (Some(value), _) => {
            [setting.key.to_owned(), setting.show(&value.text).to_owned(), value.source.to_string()]
        }
        (None, "data_dir") => [setting.key.to_owned(), data_dir.clone(), "default".to_owned()],
        (None, _) => [setting.key.to_owned(), "-".to_owned(), "not set".to_owned()],
    }))
}
