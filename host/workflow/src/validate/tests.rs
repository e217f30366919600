use super::*;
use orchestrator_core::{AgentType, WorkflowName};

fn known() -> Known {
    Known {
        agents: ["planner", "writer"].map(String::from).into(),
        conditions: [
            ("files-created".to_owned(), Some(0)),
            ("plan-mentions".to_owned(), Some(1)),
            ("native".to_owned(), None),
        ]
        .into(),
    }
}

fn step(agent: &str, name: &str) -> Step {
    Step::new(AgentType::new(agent).unwrap(), name)
}

fn complaints(steps: Vec<Step>) -> Vec<String> {
    let workflow = Workflow { name: WorkflowName::new("w").unwrap(), description: String::new(), steps };
    validate(&workflow, &known()).into_iter().map(|v| format!("{}: {}", v.field, v.message)).collect()
}

#[test]
fn a_sound_workflow_has_no_complaints() {
    let back = LoopBack { to: "a".into(), max_rounds: 3, on_exhausted: Default::default() };
    let steps = vec![step("planner", "a"), step("writer", "b").condition("files-created").loop_back(back)];
    assert_eq!(complaints(steps), Vec::<String>::new());
}

#[test]
fn every_mistake_is_named_with_its_step() {
    let with_args = orchestrator_core::ConditionRef { name: "files-created".into(), args: vec!["x".into()] };
    let nowhere = LoopBack { to: "later".into(), max_rounds: 0, on_exhausted: Default::default() };
    let steps = vec![
        step("painter", "a").timeout(0.0),
        step("writer", "a").timeout(f64::NAN).retry_count(11),
        step("writer", " ").condition("moon-is-full"),
        step("writer", "d").condition(with_args).loop_back(nowhere),
    ];
    insta::assert_snapshot!(complaints(steps).join("\n"));
}

#[test]
fn a_workflow_without_steps_is_refused() {
    assert_eq!(complaints(vec![]), ["steps: the workflow has no steps; give at least one"]);
}
