//! `orchestrator config`: what is in force, and who says so.

use crate::{
    args::ConfigArgs,
    error::CliError,
    open_files,
    output::{self, complain},
    settings::{Settings, Source, every_setting},
};
use serde::Serialize;
use std::process::ExitCode;

/// A setting as it is shown.
#[derive(Serialize)]
struct Row {
    setting: &'static str,
    /// Its value; none where there is none, or where it is no more than what the program does by itself.
    value: Option<String>,
    /// Where the value comes from.
    from: String,
    /// Why the value cannot be used: nothing starts with it.
    refused: Option<String>,
    /// What stands for the value where people read.
    #[serde(skip)]
    shown: String,
}

/// Prints a line for each setting, and says which cannot be used.
pub(crate) fn show(args: &ConfigArgs) -> Result<ExitCode, CliError> {
    let rows = rows(&Settings::resolve(&args.flags)?)?;
    let is_right = rows.iter().all(|row| row.refused.is_none());
    if args.json {
        output::json(&rows)?;
    } else {
        let head = ["SETTING", "VALUE", "FROM"].map(str::to_owned);
        let cells = rows.iter().map(|row| [row.setting.to_owned(), row.shown.clone(), row.from.clone()]);
        output::table(std::iter::once(head).chain(cells).collect(), &[1, 2])?;
        for Row { setting, from, refused, .. } in &rows {
            if let Some(problem) = refused {
                complain(&format!("{setting}, by {from}, cannot be used: {problem}"));
            }
        }
    }
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rows(settings: &Settings) -> Result<Vec<Row>, CliError> {
    let refused = settings.refused();
    let data_dir = settings.data_dir()?;
    let rows = every_setting().map(|setting| {
        let value = settings.get(setting.key).filter(|value| !value.text.is_empty());
        let from = value.map_or(Source::Default, |value| value.source.clone()).to_string();
        let refused = refused.get(setting.key).cloned();
        if let Some(value) = value {
            let value = match (setting.key, &value.source) {
                ("max_runs", Source::Default) => runs(settings).unwrap_or_else(|| value.text.clone()),
                _ => setting.show(&value.text).to_owned(),
            };
            let shown = if refused.is_some() { format!("refused: {value}") } else { value.clone() };
            return Row { setting: setting.key, value: Some(value), from, refused, shown };
        }
        let value = match setting.key {
            "data_dir" => Some(data_dir.clone()),
            "plugins_dir" => Some(data_dir.join("plugins")),
            "projects_dir" => Some(data_dir.join("projects")),
            "policy" => Some(data_dir.join("policy.toml")).filter(|policy| policy.exists()),
            _ => None,
        };
        let value = value.map(|path| path.display().to_string());
        let shown = value.clone().unwrap_or_else(|| by_itself(setting.key).to_owned());
        Row { setting: setting.key, value, from, refused, shown }
    });
    Ok(rows.collect())
}

/// What holds where nothing is set and no value stands for it.
fn by_itself(key: &str) -> &'static str {
    match key {
        "policy" => "the program's own",
        "model.script" => "the built-in todo app",
        "model.effort" => "the model's own",
        "model.anthropic_base_url" => "Anthropic's",
        "model.openai_base_url" => "OpenAI's",
        "log" => "info for serve, else warn",
        _ => "none",
    }
}

/// How many runs may be under way where nobody set it: fewer where few files may be open.
fn runs(settings: &Settings) -> Option<String> {
    let mut config = settings.config().ok()?;
    open_files::prepare(settings, &mut config);
    Some(config.limits.runs.to_string())
}
