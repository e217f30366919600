//! What a plugin is told about the run, and the settings of the call.

use crate::{Error, StepOutput, contract::execution_context, sys};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::ops::Deref;

pub use crate::contract::execution_context::Context as Run;
pub use crate::contract::settings::AgentSettings;

/// The run and the step at hand (every field of the contract's `context` record), and the agent's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    run: Run,
    settings: AgentSettings,
    options: Map<String, Value>,
    metadata: Map<String, Value>,
}

impl Deref for Context {
    type Target = execution_context::Context;

    fn deref(&self) -> &Self::Target {
        &self.run
    }
}

impl Context {
    /// Asks the host for the context of this call. The export macros do it; `run` gets the answer.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Internal`] when the host's JSON is none.
    pub fn current() -> Result<Self, Error> {
        Self::new(sys::context(), sys::settings())
    }

    /// A context of these parts.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Internal`] when `options` or `metadata` is not a JSON object.
    pub fn new(run: Run, settings: AgentSettings) -> Result<Self, Error> {
        let options = object(&settings.options, "options")?;
        let metadata = object(&run.metadata, "metadata")?;
        Ok(Self { run, settings, options, metadata })
    }

    /// The settings of this call: the agent's own defaults, overlaid with what an operator changed.
    #[must_use]
    pub fn settings(&self) -> &AgentSettings {
        &self.settings
    }

    /// The JSON object that came with the request; the field `metadata` is the same as text.
    #[must_use]
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// The value of one of the plugin's own options, when an operator set it.
    ///
    /// # Errors
    /// [`crate::ErrorCode::InvalidInput`] when the value is not of this type, naming the option.
    pub fn option<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some(value) = self.options.get(name) else { return Ok(None) };
        T::deserialize(value).map(Some).map_err(|error| {
            Error::invalid_input(format!(
                "option '{name}' of this agent is {value}: {error}; set another value"
            ))
        })
    }

    /// What the agent of this type left when it last did a step of this run.
    #[must_use]
    pub fn last_output(&self, agent: &str) -> Option<&StepOutput> {
        self.run.outputs.iter().rev().find(|output| output.agent == agent)
    }
}

impl StepOutput {
    /// The JSON that the step left, as a value of this type; none when it left something else.
    #[must_use]
    pub fn data_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.data).ok()
    }
}

fn object(json: &str, what: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(json).map_err(|error| {
        let message = format!("the host's {what} are not a JSON object: {error}");
        Error::new(crate::ErrorCode::Internal, message)
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::Host;

    #[test]
    fn an_option_of_the_wrong_type_is_named() {
        let host = Host::new().option("budget", serde_json::json!("much"));
        let context = host.context("anything");
        let error = context.option::<u32>("budget").unwrap_err();
        assert!(
            error.message.contains("option 'budget'") && error.message.contains("much"),
            "{}",
            error.message
        );
        assert_eq!(context.option::<u32>("other").unwrap(), None);
    }
}
