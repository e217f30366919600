//! `orchestrator models`: what is known about the models that can be asked.
//!
//! Of a server that is named, that is what it was started with; otherwise what the program carries and what the models
//! file in the settings here adds. The data folder has no part in it, so it is not opened.

use crate::{
    args::ModelsArgs, clean::clean, client::Client, error::CliError, logging, output, settings::Settings,
    units,
};
use orchestrator::{ModelView, known_models};
use std::process::ExitCode;

/// Prints a line for each model.
pub(crate) async fn models(args: ModelsArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    logging::start(&settings, "warn")?;
    let models = match settings.named_server()? {
        Some(server) => Client::new(server)?.whole(&["models"], &[]).await?,
        None => known_models(&settings.config()?.model)?,
    };
    match args.json {
        true => output::json(&models)?,
        false => {
            let head =
                ["MODEL", "ALIAS", "PROVIDER", "CONTEXT", "ANSWER", "IN $", "OUT $"].map(str::to_owned);
            output::table(std::iter::once(head).chain(models.iter().map(row)).collect(), &[1])?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(model: &ModelView) -> [String; 7] {
    let price = |price: Option<f64>| price.map_or_else(|| "-".to_owned(), |price| format!("{price:.2}"));
    [
        clean(&model.id),
        clean(&model.aliases.join(", ")),
        model.provider.clone(),
        model.context_tokens.map_or_else(|| "-".to_owned(), |tokens| units::number(tokens.into())),
        units::number(model.max_output_tokens.into()),
        price(model.input_usd_per_million),
        price(model.output_usd_per_million),
    ]
}
