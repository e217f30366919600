//! Changing several settings of an agent at once: all of them, or none.

use super::{
    AgentRegistry,
    changes::{Changes, settings},
    check_prompt, options, told_of_prompt,
};
use crate::{error::AgentError, views::AgentDetail};
use orchestrator_core::{AgentSettings, Digest, Effort};
use orchestrator_model::{ModelRow, Provider};
use orchestrator_runtime::Plugin;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Sampling temperatures that there are.
const TEMPERATURES: std::ops::RangeInclusive<f64> = 0.0..=2.0;

/// What to set for an agent. What is left out stays as it is, and null goes back to the plugin's own.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "model": "opus", "temperature": 0.2, "max_tokens": 16384, "effort": "high", "options": {"context_tokens": 12000},
    "enabled": true, "system_prompt": null
}))]
pub struct AgentPatch {
    /// `haiku`, `sonnet`, `opus`, or the id of a model that the provider knows.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "opus")]
    pub model: Option<Option<String>>,
    /// Sampling temperature, 0 to 2 and at most what the model takes; left out of requests to models that reject it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 2, example = 0.2)]
    pub temperature: Option<Option<f64>>,
    /// Most tokens that one completion may produce, from 1 to what the model gives, 10,000,000 where that is not known.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 10_000_000, example = 16384)]
    pub max_tokens: Option<Option<u32>>,
    /// How hard the model is to try: a level that it takes.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Effort>, example = "high")]
    pub effort: Option<Option<Effort>>,
    /// Values of the plugin's own options, by name; all together have to be as `options_schema` of the agent says. One that
    /// is null goes back to the plugin's own, and null in place of all of them does so for each.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>, example = json!({"context_tokens": 12000}))]
    pub options: Option<Option<Map<String, Value>>>,
    /// Whether the agent's steps are done or skipped.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<bool>, example = true)]
    pub enabled: Option<Option<bool>>,
    /// The first part of each request's system prompt, at most 128 KiB.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub system_prompt: Option<Option<String>>,
}

/// Tells a field that is null from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(given: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(given).map(Some)
}

impl AgentRegistry {
    /// Sets what `patch` has, for runs that start from now on: all of it, or nothing.
    ///
    /// # Errors
    /// [`AgentError::Unknown`], [`AgentError::UnknownModel`], [`AgentError::InvalidPrompt`], and
    /// [`AgentError::Invalid`] for what the agent's model does not take.
    pub async fn update(&self, agent: &str, patch: AgentPatch) -> Result<AgentDetail, AgentError> {
        if patch == AgentPatch::default() {
            return self.get(agent);
        }
        if let Some(Some(model)) = &patch.model {
            self.check_model(model)?;
        }
        if let Some(Some(prompt)) = &patch.system_prompt {
            check_prompt(prompt)?;
        }
        let (detail, provider) = (patch.told(), &*self.inner.provider);
        let change = |changes: &mut Changes, plugin: &Plugin| {
            patch.apply(changes);
            let Some(description) = plugin.agent() else { return Ok(()) };
            if patch.options.is_some() {
                options::check(description, &changes.options)?;
            }
            patch.check(changes, &settings(description, Some(changes)), provider)
        };
        self.try_change(agent, "agent.update", detail, change).await
    }
}

impl AgentPatch {
    fn apply(&self, changes: &mut Changes) {
        let Self { model, temperature, max_tokens, effort, options, enabled, system_prompt } = self.clone();
        put(&mut changes.model, model);
        put(&mut changes.temperature, temperature);
        put(&mut changes.max_tokens, max_tokens);
        put(&mut changes.effort, effort);
        put(&mut changes.prompt, system_prompt);
        match options {
            Some(Some(options)) => options.into_iter().for_each(|(name, value)| match value {
                Value::Null => drop(changes.options.remove(&name)),
                value => drop(changes.options.insert(name, value)),
            }),
            Some(None) => changes.options.clear(),
            None => {}
        }
        if let Some(enabled) = enabled {
            changes.disabled = enabled == Some(false);
        }
    }

    /// Looks at what is set now and may not go together: what the patch has, and all of it where it has another model.
    fn check(
        &self,
        changes: &Changes,
        settings: &AgentSettings,
        provider: &dyn Provider,
    ) -> Result<(), AgentError> {
        let row = provider.row(&settings.model).filter(|row| row.listed);
        let all = self.model.is_some();
        let of = |given: bool| given || all;
        if let Some(temperature) = changes.temperature.filter(|_| of(self.temperature.is_some())) {
            check_temperature(temperature, row.as_ref())?;
        }
        if let Some(max_tokens) = changes.max_tokens.filter(|_| of(self.max_tokens.is_some())) {
            check_max_tokens(max_tokens, row.as_ref())?;
        }
        match (changes.effort.filter(|_| of(self.effort.is_some())), row) {
            (Some(effort), Some(row)) => check_effort(effort, &row),
            _ => Ok(()),
        }
    }

    /// What the audit tells of it.
    fn told(&self) -> Value {
        let mut told = Map::new();
        let mut tell =
            |name: &str, value: Option<Value>| told.extend(value.map(|value| (name.to_owned(), value)));
        tell("model", self.model.as_ref().map(|model| json!(model)));
        tell("temperature", self.temperature.map(|temperature| json!(temperature)));
        tell("max_tokens", self.max_tokens.map(|max_tokens| json!(max_tokens)));
        tell("effort", self.effort.map(|effort| json!(effort)));
        tell("options", self.options.as_ref().map(|options| json!(options.as_ref().map(told_of_options))));
        tell("enabled", self.enabled.map(|enabled| json!(enabled)));
        tell(
            "system_prompt",
            self.system_prompt.as_ref().map(|prompt| json!(prompt.as_deref().map(told_of_prompt))),
        );
        Value::Object(told)
    }
}

/// What the audit tells of options: which, and that it was these values. A value may be a text of any length.
fn told_of_options(options: &Map<String, Value>) -> Map<String, Value> {
    let told = options.iter().map(|(name, value)| {
        let told = match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
            value => json!({"sha256": Digest::of(value.to_string().as_bytes()).to_string()}),
        };
        (name.clone(), told)
    });
    told.collect()
}

fn put<T>(set: &mut Option<T>, given: Option<Option<T>>) {
    if let Some(given) = given {
        *set = given;
    }
}

fn check_temperature(temperature: f64, row: Option<&ModelRow>) -> Result<(), AgentError> {
    if !TEMPERATURES.contains(&temperature) {
        let message = format!("{temperature} is no temperature; give a number from 0 to 2");
        return Err(AgentError::invalid("temperature", message));
    }
    match row.and_then(|row| row.temperature_max.map(|most| (row, most))) {
        Some((row, most)) if temperature > most => {
            let message = format!("the model '{}' takes {most} at most, not {temperature}", row.id);
            Err(AgentError::invalid("temperature", message))
        }
        _ => Ok(()),
    }
}

/// More than any model gives: a number beyond it is a mistake, whichever the model is.
const TOKENS_MAX: u32 = 10_000_000;

fn check_max_tokens(max_tokens: u32, row: Option<&ModelRow>) -> Result<(), AgentError> {
    if !(1..=TOKENS_MAX).contains(&max_tokens) {
        return Err(AgentError::invalid("max_tokens", format!("give a number from 1 to {TOKENS_MAX}")));
    }
    match row {
        Some(row) if max_tokens > row.max_output_tokens => {
            let most = row.max_output_tokens;
            let message = format!("the model '{}' gives {most} at most, not {max_tokens}", row.id);
            Err(AgentError::invalid("max_tokens", message))
        }
        _ => Ok(()),
    }
}

fn check_effort(effort: Effort, row: &ModelRow) -> Result<(), AgentError> {
    if row.efforts.contains(&effort) {
        return Ok(());
    }
    let valid: Vec<_> = row.efforts.iter().map(ToString::to_string).collect();
    let message = match valid.as_slice() {
        [] => {
            format!("the model '{}' takes no level of effort; leave it out, or choose another model", row.id)
        }
        _ => format!("the model '{}' does not take '{effort}'; valid: {}", row.id, valid.join(", ")),
    };
    Err(AgentError::Invalid { field: "effort".into(), message, valid })
}
