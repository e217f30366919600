use super::*;
use orchestrator::{AgentError, AgentType, Fault, StartError, WorkflowError, WorkflowName};
use std::collections::BTreeSet;

fn json(problem: impl Into<Problem>) -> serde_json::Value {
    serde_json::to_value(problem.into()).unwrap()
}

fn run_id() -> RunId {
    "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
}

#[test]
fn kinds_have_names_of_their_own_and_error_statuses() {
    let slugs: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.entry().0).collect();
    assert_eq!(slugs.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let (_, status, _) = kind.entry();
        assert!(status.is_client_error() || status.is_server_error(), "{kind:?}");
    }
}

#[test]
fn an_import_that_finds_no_memory_is_told_when_to_come_again() {
    let crowded = orchestrator::ProjectError::from(orchestrator::archive::ArchiveError::Crowded);
    insta::assert_json_snapshot!(json(crowded), @r#"
    {
      "detail": "other imports that are under way hold the memory that there is for them: send this one again in a moment",
      "retry_after": 5,
      "status": 503,
      "title": "Too many imports at once",
      "type": "urn:problem-type:orchestrator:imports-busy"
    }
    "#);
}

#[test]
fn a_busy_project_names_the_run_at_work() {
    insta::assert_json_snapshot!(json(StartError::Busy { run_id: run_id() }), @r#"
    {
      "detail": "run 01890a5d-ac96-774b-bcce-b302099a8057 is working on this project; wait for it, cancel it, or wait in line: \"if_busy\": \"queue\" does that",
      "run_id": "01890a5d-ac96-774b-bcce-b302099a8057",
      "status": 409,
      "title": "Project is busy",
      "type": "urn:problem-type:orchestrator:project-busy"
    }
    "#);
}

#[test]
fn an_unknown_workflow_is_404_in_an_address_and_422_in_a_body() {
    let name = WorkflowName::new("nope").unwrap();
    let known = vec!["bolt_standard".to_owned(), "debug".to_owned()];
    insta::assert_json_snapshot!(json(StartError::UnknownWorkflow { name, known: known.clone() }), @r#"
    {
      "detail": "there is no workflow 'nope'; valid: bolt_standard, debug",
      "field": "workflow_name",
      "status": 422,
      "title": "Unknown workflow",
      "type": "urn:problem-type:orchestrator:unknown-workflow",
      "valid": [
        "bolt_standard",
        "debug"
      ]
    }
    "#);
    insta::assert_json_snapshot!(json(WorkflowError::Unknown { name: "nope".into(), known }), @r#"
    {
      "detail": "there is no workflow 'nope'; valid: bolt_standard, debug",
      "status": 404,
      "title": "Unknown workflow",
      "type": "urn:problem-type:orchestrator:unknown-workflow",
      "valid": [
        "bolt_standard",
        "debug"
      ]
    }
    "#);
}

#[test]
fn a_workflow_that_cannot_run_lists_everything_that_is_wrong() {
    let violation = |field: &str, message: &str| Violation {
        step: Some("Write".into()),
        field: field.into(),
        message: message.into(),
    };
    let violations = vec![
        violation("steps[0].agent_type", "there is no agent 'poet'"),
        violation("steps[0].timeout", "0 is not a time that a step can take"),
    ];
    insta::assert_json_snapshot!(json(WorkflowError::Invalid(violations)), @r#"
    {
      "detail": "the workflow cannot run: steps[0].agent_type: there is no agent 'poet'; steps[0].timeout: 0 is not a time that a step can take",
      "field": "steps[0].agent_type",
      "status": 422,
      "title": "Invalid workflow",
      "type": "urn:problem-type:orchestrator:invalid-workflow",
      "violations": [
        {
          "field": "steps[0].agent_type",
          "message": "there is no agent 'poet'",
          "step": "Write"
        },
        {
          "field": "steps[0].timeout",
          "message": "0 is not a time that a step can take",
          "step": "Write"
        }
      ]
    }
    "#);
}

#[test]
fn unknown_agents_and_models_come_with_the_valid_ones() {
    let known = vec![AgentType::new("planner").unwrap(), AgentType::new("writer").unwrap()];
    insta::assert_json_snapshot!(json(AgentError::Unknown { agent: "poet".into(), known }), @r#"
    {
      "detail": "there is no agent 'poet'; valid: planner, writer",
      "status": 404,
      "title": "Unknown agent",
      "type": "urn:problem-type:orchestrator:unknown-agent",
      "valid": [
        "planner",
        "writer"
      ]
    }
    "#);
    let known = vec!["haiku".to_owned(), "sonnet".to_owned(), "opus".to_owned()];
    insta::assert_json_snapshot!(json(AgentError::UnknownModel { model: "gpt".into(), known }), @r#"
    {
      "detail": "there is no model 'gpt'; valid: haiku, sonnet, opus",
      "field": "model",
      "status": 422,
      "title": "Unknown model",
      "type": "urn:problem-type:orchestrator:unknown-model",
      "valid": [
        "haiku",
        "sonnet",
        "opus"
      ]
    }
    "#);
}

#[test]
fn what_went_wrong_inside_stays_inside() {
    let problem = json(StartError::Internal(Fault::other("/var/lib/secret/journal.db: disk I/O error")));
    assert_eq!(problem["status"], 500);
    assert!(!problem.to_string().contains("secret"), "{problem}");
}

#[test]
fn a_full_disk_is_told_without_its_place() {
    let problem = json(StartError::Internal(Fault::DiskFull("/var/lib/secret: no space".into())));
    assert_eq!((&problem["status"], &problem["retry_after"]), (&507.into(), &60.into()));
    assert!(!problem.to_string().contains("secret"), "{problem}");
}

#[test]
fn a_problem_is_sent_with_its_own_media_type() {
    let response = Problem::new(Kind::Stopping, "x").into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
}
