//! The workflows that the program carries, kept as data so that they read like any other.

use orchestrator_core::Workflow;
use serde::Deserialize;

/// A file of workflows.
#[derive(Deserialize)]
struct File {
    workflow: Vec<Workflow>,
}

/// The built-in workflows.
///
/// # Errors
/// Only if the data file in the source is broken, which a test of this module rules out.
pub fn workflows() -> Result<Vec<Workflow>, toml::de::Error> {
    toml::from_str::<File>(include_str!("builtin.toml")).map(|file| file.workflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bolt_standard_is_the_guides_listing() {
        let workflows = workflows().unwrap();
        let names: Vec<_> = workflows.iter().map(|workflow| workflow.name.as_str()).collect();
        assert_eq!(names, [orchestrator_core::WorkflowName::standard().as_str(), "quick_iteration", "debug"]);
        insta::assert_json_snapshot!(workflows[0].steps);
    }
}
