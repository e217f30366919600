//! Which settings cannot be used, and why.
//!
//! Whoever uses a setting reads it and stops at the first that makes no sense. Here all are read, by those same readers: the
//! one that stops is put down and gives way to its default, until nothing stops any more.

use super::{Settings, SettingsError, Source, Value, meaning::model_origin};
use crate::error::CliError;
use orchestrator::ModelConfigError;
use std::{collections::BTreeMap, path::Path};

impl Settings {
    /// The settings that cannot be used, each with what is wrong.
    pub(crate) fn refused(&self) -> BTreeMap<&'static str, String> {
        let mut refused = BTreeMap::new();
        let mut rest = Self { values: self.values.clone(), environment: self.environment };
        while let Some((key, problem)) = rest.first_refused() {
            if refused.insert(key, problem).is_some() {
                // It is the default by now, which does not stop anything; so this is the end of it.
                break;
            }
            rest.reset(key);
            // What others need of it is not their fault.
            match key {
                "tls.cert" | "tls.key" => {
                    rest.reset("tls.cert");
                    rest.reset("tls.key");
                }
                "model.anthropic_base_url" | "model.openai_base_url" => rest.set(key, "http://127.0.0.1:1"),
                _ => {}
            }
        }
        refused
    }

    fn reset(&mut self, key: &'static str) {
        self.values.remove(key);
        let default =
            super::every_setting().find(|setting| setting.key == key).and_then(|setting| setting.default);
        if let Some(text) = default {
            self.set(key, text);
        }
    }

    fn set(&mut self, key: &'static str, text: &str) {
        self.values.insert(key, Value { text: text.to_owned(), source: Source::Default });
    }

    fn first_refused(&self) -> Option<(&'static str, String)> {
        let error = self.read_all().err()?;
        let problem = error.to_string();
        match error {
            CliError::Settings(SettingsError::Unusable { key, problem, .. }) => Some((key, problem)),
            CliError::Model(error) => Some((self.of_model(&error), problem)),
            CliError::Tls(error) => {
                let is_key = self.get("tls.key").is_some_and(|value| Path::new(&value.text) == error.path());
                Some((if is_key { "tls.key" } else { "tls.cert" }, problem))
            }
            CliError::Policy(_) | CliError::ReadPolicy { .. } | CliError::NoPolicy { .. } => {
                Some(("policy", problem))
            }
            _ => None,
        }
    }

    /// Reads every setting, as those do that use it.
    fn read_all(&self) -> Result<(), CliError> {
        self.named_server()?;
        self.log_filter("warn")?;
        self.log_format()?;
        self.check_listen()?;
        let server = self.server(true)?;
        if let Some(tls) = &server.tls {
            tls.load()?;
        }
        let config = self.config()?;
        if config.policy_file.is_some() {
            crate::policy::read_named(&config.policy())?;
        }
        Ok(config.check_model()?)
    }

    /// The setting that a complaint about the model is about.
    fn of_model(&self, error: &ModelConfigError) -> &'static str {
        match error {
            ModelConfigError::Models(_) => "model.models_file",
            ModelConfigError::Script(_) => "model.script",
            ModelConfigError::Kind { from, .. }
            | ModelConfigError::BaseUrl { from, .. }
            | ModelConfigError::Seconds { from, .. }
            | ModelConfigError::Effort { from, .. } => {
                let is_it =
                    |key: &str| self.get(key).is_some_and(|value| model_origin(key, &value.source) == *from);
                super::every_setting()
                    .map(|setting| setting.key)
                    .find(|key| is_it(key))
                    .unwrap_or("model.provider")
            }
            // Neither is a setting; without the provider that needs it, nothing would.
            ModelConfigError::MissingKey { .. }
            | ModelConfigError::Key { .. }
            | ModelConfigError::Proxy { .. }
            | ModelConfigError::Client(_) => "model.provider",
        }
    }
}
