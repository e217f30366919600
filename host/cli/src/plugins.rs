//! `orchestrator plugins`: what would serve if the server started now. One may be at work on the data folder; nothing
//! of its is touched.

use crate::{
    args::PluginsArgs,
    error::CliError,
    logging,
    output::{self, complain},
    settings::Settings,
};
use orchestrator::{Orchestrator, Origin, PluginKind, PluginState, PluginView};
use std::process::ExitCode;

/// Loads the plugins, prints them, and fails if a file was refused.
pub(crate) async fn plugins(args: PluginsArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    logging::start(&settings, "warn")?;
    settings.stays_here("plugins", false)?;
    let looking = settings.config_to_look_at()?;
    let plugins = Orchestrator::look_at_plugins(&looking.at).await?;
    match args.json {
        true => output::json(&plugins)?,
        false => output::table(rows(&plugins), &[4, 5])?,
    }
    for (plugin, waiting) in plugins.iter().filter_map(|plugin| Some((plugin, plugin.waiting.as_ref()?))) {
        let missing: Vec<_> = waiting.permissions.iter().map(|permission| permission.as_str()).collect();
        let missing = missing.join(", ");
        let lines = waiting.policy.replace('\n', ": ");
        complain(&format!(
            "{} asks for {missing}, which nobody granted; to do so, under {lines}",
            plugin.name
        ));
    }
    let mut code = ExitCode::SUCCESS;
    for failure in plugins.iter().filter_map(|plugin| plugin.last_error.as_ref()) {
        complain(&format!("{} was refused: {}", failure.file, failure.message));
        code = ExitCode::FAILURE;
    }
    Ok(code)
}

fn rows(plugins: &[PluginView]) -> Vec<[String; 6]> {
    let head = ["NAME", "KIND", "VERSION", "STATUS", "FROM", "PURPOSE"].map(str::to_owned);
    std::iter::once(head).chain(plugins.iter().map(row)).collect()
}

fn row(plugin: &PluginView) -> [String; 6] {
    let kind = plugin.kind.map_or("-", |kind| match kind {
        PluginKind::Agent => "agent",
        PluginKind::Condition => "condition",
    });
    let state = match plugin.state {
        PluginState::Serving => "serving",
        PluginState::Replaced => "replaced",
        PluginState::Refused => "refused",
    };
    let from = match (plugin.origin, &plugin.file) {
        (Origin::BuiltIn, _) => "built in",
        (Origin::Folder, Some(file)) => file,
        (Origin::Folder, None) => "folder",
    };
    let version = plugin.version.as_deref().unwrap_or("-");
    let purpose = plugin.purpose.as_deref().unwrap_or("-");
    [plugin.name.as_str(), kind, version, state, from, purpose].map(crate::clean::clean)
}
