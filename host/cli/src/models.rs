//! `orchestrator models`: what is known about the models that can be asked.
//!
//! That is what the program carries and what the models file adds, whoever asks: a server tells nothing of its models,
//! so for one that was started with another models file this is not the answer, which is said.

use crate::{args::ModelsArgs, clean::clean, error::CliError, logging, output, settings::Settings, units};
use orchestrator::{ModelView, known_models};
use std::process::ExitCode;

/// Prints a line for each model.
pub(crate) fn models(args: &ModelsArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    logging::start(&settings, "warn")?;
    if settings.named_server()?.is_some() {
        output::complain(
            "note: these are the models by the settings here; a server does not tell of its own",
        );
    }
    let models = known_models(&settings.config()?.model)?;
    match args.json {
        true => output::json(&models)?,
        false => {
            let head =
                ["MODEL", "ALIAS", "PROVIDER", "CONTEXT", "ANSWER", "IN $", "OUT $"].map(str::to_owned);
            output::fitted(std::iter::once(head).chain(models.iter().map(row)).collect(), &[0, 1])?;
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
