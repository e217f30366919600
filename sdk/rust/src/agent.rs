//! What an agent is.

use crate::{Context, Error, Permissions, error::ErrorCode};
use serde::Serialize;

pub use crate::bindings::agent::exports::orchestrator::plugin::agent_plugin::{AgentDescription, Outcome};

/// Does one step of a workflow.
///
/// Each call gets a fresh sandbox: nothing in memory survives from one call to the next, so `run` has no `self`.
pub trait Agent {
    /// Says what the agent is. Called in a sandbox without any capability, and bounded to one second.
    fn describe() -> AgentDescription;

    /// Does the step.
    ///
    /// # Errors
    /// An error of the kinds `timeout`, `unavailable` and `malformed-answer` is tried again, as the workflow's retry
    /// count allows; any other ends the run.
    fn run(context: Context) -> Result<Outcome, Error>;
}

impl AgentDescription {
    /// The description of an agent, by the name that workflow steps use and the plugin's own version.
    ///
    /// It starts with a name for people made from the agent type (`code-reviewer` is shown as `Code Reviewer Agent`),
    /// the model `sonnet`, temperature 0.3, 4096 tokens, an empty prompt, and no permission at all.
    #[must_use]
    pub fn new(agent_type: &str, version: &str) -> Self {
        Self {
            name: title(agent_type) + " Agent",
            agent_type: agent_type.into(),
            version: version.into(),
            purpose: String::new(),
            capabilities: Vec::new(),
            prompt: String::new(),
            model: "sonnet".into(),
            temperature: 0.3,
            max_tokens: 4096,
            permissions: Permissions::empty(),
            options_schema: None,
        }
    }

    /// Sets the name for people.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the one sentence on what the agent is for.
    #[must_use]
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.purpose = purpose.into();
        self
    }

    /// Sets the labels of what the agent can do.
    #[must_use]
    pub fn capabilities<const N: usize>(mut self, labels: [&str; N]) -> Self {
        self.capabilities = labels.map(String::from).to_vec();
        self
    }

    /// Sets the system prompt that the agent starts with. `run` finds it, or what an operator put in its place, in
    /// [`Context::settings`].
    #[must_use]
    pub fn prompt(mut self, prompt: &str) -> Self {
        self.prompt = prompt.into();
        self
    }

    /// Sets the model: an alias (`haiku`, `sonnet`, `opus`) or a model id.
    #[must_use]
    pub fn model(mut self, model: &str) -> Self {
        self.model = model.into();
        self
    }

    /// Sets the sampling temperature, 0 to 2.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }

    /// Sets the most tokens that one completion may produce.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.max_tokens = tokens;
        self
    }

    /// Sets what the agent asks to be allowed. It gets no more than an operator grants.
    #[must_use]
    pub fn asks_for(mut self, permissions: Permissions) -> Self {
        self.permissions = permissions;
        self
    }

    /// Sets the JSON Schema of the options that the agent reads through [`Context::option`].
    #[must_use]
    pub fn options_schema(mut self, schema: &str) -> Self {
        self.options_schema = Some(schema.into());
        self
    }
}

impl Outcome {
    /// A step that was done, in one sentence for people.
    #[must_use]
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), data: None }
    }

    /// Adds what later steps should know. They find it with [`Context::last_output`].
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the value cannot be written as JSON.
    pub fn with_data(mut self, data: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_string(data)
            .map_err(|error| Error::new(ErrorCode::Internal, format!("the outcome is not JSON: {error}")))?;
        self.data = Some(json);
        Ok(self)
    }
}

fn title(agent_type: &str) -> String {
    let words = agent_type.split(['-', '_', '.']).filter(|word| !word.is_empty());
    let titled = words.map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    titled.collect::<Vec<_>>().join(" ")
}

/// Makes a type that implements [`Agent`] the component's agent. Once per component.
#[macro_export]
macro_rules! export_agent {
    ($agent:ty) => {
        const _: () = {
            struct Exported;
            use $crate::bindings::agent::exports::orchestrator::plugin::agent_plugin as exported;

            impl exported::Guest for Exported {
                fn describe() -> $crate::AgentDescription {
                    <$agent as $crate::Agent>::describe()
                }

                fn run() -> Result<$crate::Outcome, $crate::Error> {
                    <$agent as $crate::Agent>::run($crate::Context::current()?)
                }
            }

    $crate::bindings::agent::export_world!(Exported with_types_in $crate::bindings::agent);
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_people_comes_from_the_agent_type() {
        assert_eq!(AgentDescription::new("code-reviewer", "1.0.0").name, "Code Reviewer Agent");
        assert_eq!(AgentDescription::new("", "1.0.0").name, " Agent");
    }

    #[test]
    fn an_agent_that_asks_for_nothing_gets_nothing() {
        assert_eq!(AgentDescription::new("a", "1.0.0").permissions, Permissions::empty());
    }
}
