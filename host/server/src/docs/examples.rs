//! Examples of what the API answers, one file for each operation that answers in JSON.
//!
//! An example is read into the type of the answer and written out again by a test, so it has the type's fields and no
//! others; the tests of the whole program hold its fields against what a server really answers.

#[cfg(test)]
use serde_json::Value;
use utoipa::openapi::{RefOr, path::Operation};

macro_rules! examples {
    ($($operation:literal: $answer:ty),* $(,)?) => {
        /// Each operation's example.
        const ALL: &[(&str, &str)] =
            &[$(($operation, include_str!(concat!("examples/", $operation, ".json")))),*];

        #[cfg(test)]
        fn again(operation: &str, example: &str) -> Result<Value, serde_json::Error> {
            match operation {
                $($operation => serde_json::to_value(serde_json::from_str::<$answer>(example)?),)*
                _ => Ok(Value::Null),
            }
        }
    };
}

#[cfg(test)]
use crate::{
    agents::AgentChange,
    page::{
        AuditPage, ModelPage, PluginPage, ProjectFilePage, ProjectPage, RunPage, SnapshotPage, TokenPage,
    },
    tokens::TokenCreated,
};
#[cfg(test)]
use orchestrator::{
    AgentDetail, AgentView, FileChanged, GrantView, Health, Imported, PluginView, Restored, RunDetail,
    WorkflowView,
};

examples! {
    "listRuns": RunPage,
    "getRun": RunDetail,
    "cancelRun": RunDetail,
    "listWorkflows": Vec<WorkflowView>,
    "createWorkflow": WorkflowView,
    "getWorkflow": WorkflowView,
    "replaceWorkflow": WorkflowView,
    "listAgents": Vec<AgentView>,
    "getAgent": AgentDetail,
    "updateAgent": AgentDetail,
    "setAgentPrompt": AgentChange,
    "setAgentModel": AgentChange,
    "enableAgent": AgentChange,
    "disableAgent": AgentChange,
    "listModels": ModelPage,
    "listPlugins": PluginPage,
    "grantPlugin": GrantView,
    "releasePlugin": PluginView,
    "listProjects": ProjectPage,
    "listProjectFiles": ProjectFilePage,
    "listProjectSnapshots": SnapshotPage,
    "writeProjectFile": FileChanged,
    "deleteProjectFile": FileChanged,
    "moveProjectFile": FileChanged,
    "restoreProject": Restored,
    "importProject": Imported,
    "listTokens": TokenPage,
    "createToken": TokenCreated,
    "listAuditEntries": AuditPage,
    "getHealth": Health,
}

/// Adds an operation's example to its answer in JSON.
pub(crate) fn add(operation: &mut Operation) {
    let id = operation.operation_id.as_deref();
    let Some((_, example)) = ALL.iter().find(|(operation, _)| Some(*operation) == id) else { return };
    for status in ["200", "201"] {
        let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) else { continue };
        let Some(RefOr::T(content)) = response.content.get_mut("application/json") else { continue };
        // What is no JSON is no example; a test reads them all.
        content.example = serde_json::from_str(example).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi;

    #[test]
    fn an_example_has_the_fields_of_its_type() {
        for (operation, text) in ALL {
            let example: Value = serde_json::from_str(text).unwrap();
            let again = again(operation, text).unwrap_or_else(|error| panic!("{operation}: {error}"));
            assert_eq!(again, example, "{operation}");
        }
    }

    #[test]
    fn every_answer_in_json_has_an_example_and_every_example_an_answer() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut shown = Vec::new();
        for operation in document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|path| path.as_object().unwrap().values())
        {
            let answers = ["200", "201"]
                .iter()
                .filter_map(|status| operation["responses"][status]["content"].get("application/json"));
            for answer in answers {
                assert!(answer.get("example").is_some(), "{}", operation["operationId"]);
                shown.push(operation["operationId"].as_str().unwrap().to_owned());
            }
        }
        for (operation, _) in ALL {
            assert!(shown.iter().any(|id| id == operation), "{operation} answers nothing in JSON");
        }
    }
}
