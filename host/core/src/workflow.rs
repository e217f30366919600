//! Workflow definitions: the shape of a run, as data.

use crate::ids::{AgentType, StepName, WorkflowName};
use serde::{Deserialize, Serialize, Serializer};

/// A named list of steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Workflow {
    /// The name that requests use.
    pub name: WorkflowName,
    /// What the workflow is for.
    #[serde(default)]
    pub description: String,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One agent's turn in a workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The agent that does it.
    pub agent_type: AgentType,
    /// Unique within the workflow.
    #[schema(value_type = String)]
    pub name: StepName,
    /// Seconds that one attempt may take: guest, model calls and commands together. Default 300.
    #[serde(default = "Step::default_timeout", serialize_with = "whole_without_point")]
    pub timeout: f64,
    /// How often a failed attempt is repeated, where a repetition can help. Default 2.
    #[serde(default = "Step::default_retry_count")]
    pub retry_count: u32,
    /// Whether the contents of files come as `file_content` events while a model writes them, and not all at once when a
    /// file is done. Default false.
    #[serde(default)]
    pub stream_output: bool,
    /// The step is skipped unless this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ConditionForm>)]
    pub condition: Option<ConditionRef>,
    /// After this step, go back to an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loop_back: Option<LoopBack>,
}

/// Writes 120 as `120`, as people do, and 0.5 as `0.5`.
fn whole_without_point<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    let is_whole = seconds.fract() == 0.0 && (0.0..=Step::TIMEOUT_MAX).contains(seconds);
    match is_whole {
        true => serializer.serialize_u32(*seconds as u32),
        false => serializer.serialize_f64(*seconds),
    }
}

impl Step {
    /// Longest timeout of one attempt, in seconds: a day.
    pub const TIMEOUT_MAX: f64 = 86_400.0;
    /// Most repetitions of one step.
    pub const RETRY_MAX: u32 = 10;

    fn default_timeout() -> f64 {
        300.0
    }

    fn default_retry_count() -> u32 {
        2
    }

    /// A step with the documented defaults.
    pub fn new(agent_type: AgentType, name: impl Into<StepName>) -> Self {
        Self {
            agent_type,
            name: name.into(),
            timeout: Self::default_timeout(),
            retry_count: Self::default_retry_count(),
            stream_output: false,
            condition: None,
            loop_back: None,
        }
    }

    /// Sets the seconds that one attempt may take.
    #[must_use]
    pub fn timeout(mut self, seconds: f64) -> Self {
        self.timeout = seconds;
        self
    }

    /// Sets how often a failed attempt is repeated.
    #[must_use]
    pub fn retry_count(mut self, count: u32) -> Self {
        self.retry_count = count;
        self
    }

    /// Streams file contents while they are written.
    #[must_use]
    pub fn stream_output(mut self, stream: bool) -> Self {
        self.stream_output = stream;
        self
    }

    /// Skips the step unless the condition holds.
    #[must_use]
    pub fn condition(mut self, condition: impl Into<ConditionRef>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// Goes back to an earlier step after this one.
    #[must_use]
    pub fn loop_back(mut self, loop_back: LoopBack) -> Self {
        self.loop_back = Some(loop_back);
        self
    }
}

/// A condition by name, with arguments: `"last-command-failed"` or `{"name": "plan-mentions", "args": ["React"]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ConditionForm", into = "ConditionForm")]
pub struct ConditionRef {
    /// Name of a condition plugin, or of a condition registered from code.
    pub name: String,
    /// Passed to the condition as they are.
    pub args: Vec<String>,
}

impl From<&str> for ConditionRef {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), args: Vec::new() }
    }
}

/// How a condition is written.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, expecting = "give the name of a condition, or an object with its `name` and `args`")]
pub enum ConditionForm {
    /// A name alone.
    Name(String),
    /// A name and its arguments.
    Call {
        /// Name of the condition.
        name: String,
        /// Passed to the condition as they are.
        #[serde(default)]
        args: Vec<String>,
    },
}

impl From<ConditionForm> for ConditionRef {
    fn from(form: ConditionForm) -> Self {
        match form {
            ConditionForm::Name(name) => Self { name, args: Vec::new() },
            ConditionForm::Call { name, args } => Self { name, args },
        }
    }
}

impl From<ConditionRef> for ConditionForm {
    fn from(condition: ConditionRef) -> Self {
        match condition.args.is_empty() {
            true => Self::Name(condition.name),
            false => Self::Call { name: condition.name, args: condition.args },
        }
    }
}

/// A jump to an earlier step. It is taken after its step was done, at most `max_rounds` times, and no more once the
/// same failure comes twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopBack {
    /// Name of the step to go back to.
    #[schema(value_type = String)]
    pub to: StepName,
    /// How often the jump may be taken. Required: a loop always has a bound.
    pub max_rounds: u32,
    /// What becomes of the run when the rounds are used up, or the same failure came twice. Default `continue`.
    #[serde(default)]
    pub on_exhausted: OnExhausted,
}

impl LoopBack {
    /// Most rounds that a loop may have.
    pub const ROUNDS_MAX: u32 = 20;
}

/// What becomes of a run whose loop did not get anywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnExhausted {
    /// Go on with the next step.
    #[default]
    Continue,
    /// End the run as failed.
    Fail,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_are_written_without_a_point() {
        let written = |timeout| {
            let step = Step::new(AgentType::new("writer").unwrap(), "Write").timeout(timeout);
            serde_json::to_value(step).unwrap()["timeout"].to_string()
        };
        assert_eq!([written(120.0), written(0.2), written(86_400.0)], ["120", "0.2", "86400"]);
        assert_eq!(
            serde_json::from_str::<Step>(r#"{"agent_type":"a","name":"n","timeout":7}"#).unwrap().timeout,
            7.0
        );
    }
}
