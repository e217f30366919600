//! Whether a workflow can run, asked before it is stored.
//!
//! All complaints are collected, so that the author of a workflow mends it in one go.

use orchestrator_core::{LoopBack, Step, Workflow};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most steps of one workflow.
pub const STEPS_MAX: usize = 100;
/// Longest step name, in bytes.
pub const STEP_NAME_MAX: usize = 128;

/// What a workflow may refer to.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Agent types that a plugin serves.
    pub agents: BTreeSet<String>,
    /// Conditions, each with its number of arguments; none where any number will do.
    pub conditions: BTreeMap<String, Option<usize>>,
}

/// One thing that is wrong with a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Violation {
    /// The step, by name; none when the workflow as a whole is meant.
    pub step: Option<String>,
    /// Where it is, such as `steps[2].timeout`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// All that is wrong with `workflow`; empty when it can run.
#[must_use]
pub fn validate(workflow: &Workflow, known: &Known) -> Vec<Violation> {
    let mut found = Vec::new();
    if workflow.steps.is_empty() {
        found.push(Violation {
            step: None,
            field: "steps".into(),
            message: "the workflow has no steps; give at least one".into(),
        });
    }
    if workflow.steps.len() > STEPS_MAX {
        let message =
            format!("the workflow has {} steps; at most {STEPS_MAX} are allowed", workflow.steps.len());
        found.push(Violation { step: None, field: "steps".into(), message });
    }
    for (index, step) in workflow.steps.iter().enumerate() {
        let earlier = workflow.steps.get(..index).unwrap_or_default();
        let mut complain = |field: &str, message: String| {
            found.push(Violation {
                step: Some(step.name.clone()),
                field: format!("steps[{index}].{field}"),
                message,
            });
        };
        check_name(step, earlier, &mut complain);
        check_numbers(step, &mut complain);
        check_agent(step, known, &mut complain);
        check_condition(step, known, &mut complain);
        check_loop(step, earlier, &mut complain);
    }
    found
}

fn check_name(step: &Step, earlier: &[Step], complain: &mut impl FnMut(&str, String)) {
    if step.name.trim().is_empty() {
        complain("name", "the step has no name".into());
    }
    if step.name.len() > STEP_NAME_MAX {
        complain(
            "name",
            format!("the name is {} bytes long; at most {STEP_NAME_MAX} are allowed", step.name.len()),
        );
    }
    if earlier.iter().any(|other| other.name == step.name) {
        complain(
            "name",
            format!("two steps are called '{}'; names must differ, loops refer to them", step.name),
        );
    }
}

fn check_numbers(step: &Step, complain: &mut impl FnMut(&str, String)) {
    let timeout = step.timeout;
    if !(timeout > 0.0 && timeout <= Step::TIMEOUT_MAX) {
        complain(
            "timeout",
            format!(
                "{timeout} is not a time that a step can take; give seconds above 0, at most {}",
                Step::TIMEOUT_MAX
            ),
        );
    }
    if step.retry_count > Step::RETRY_MAX {
        complain(
            "retry_count",
            format!("{} is too many; at most {} are allowed", step.retry_count, Step::RETRY_MAX),
        );
    }
}

fn check_agent(step: &Step, known: &Known, complain: &mut impl FnMut(&str, String)) {
    if !known.agents.contains(step.agent_type.as_str()) {
        complain(
            "agent_type",
            format!("there is no agent '{}'; valid: {}", step.agent_type, list(known.agents.iter())),
        );
    }
}

fn check_condition(step: &Step, known: &Known, complain: &mut impl FnMut(&str, String)) {
    let Some(condition) = &step.condition else { return };
    match known.conditions.get(&condition.name) {
        None => complain(
            "condition",
            format!("there is no condition '{}'; valid: {}", condition.name, list(known.conditions.keys())),
        ),
        Some(Some(count)) if *count != condition.args.len() => complain(
            "condition",
            format!(
                "the condition '{}' was given the wrong number of arguments: {} instead of {count}",
                condition.name,
                condition.args.len()
            ),
        ),
        Some(_) => {}
    }
}

fn check_loop(step: &Step, earlier: &[Step], complain: &mut impl FnMut(&str, String)) {
    let Some(LoopBack { to, max_rounds, .. }) = &step.loop_back else { return };
    if !(1..=LoopBack::ROUNDS_MAX).contains(max_rounds) {
        complain(
            "loop_back.max_rounds",
            format!("{max_rounds} is no bound for a loop; give 1 to {}", LoopBack::ROUNDS_MAX),
        );
    }
    if *to != step.name && !earlier.iter().any(|other| other.name == *to) {
        complain("loop_back.to", format!("'{to}' is not this step or an earlier one; a loop goes back"));
    }
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
