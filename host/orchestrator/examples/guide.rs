//! The examples of the API's first description that use the program as a library, in Rust: a custom workflow, a condition from code, a run and its events.
//!
//! `cargo run -p orchestrator --example guide` runs it on the model that the environment has a key for, or on the
//! scripted one.

use futures::StreamExt;
use orchestrator::{
    AgentType, Config, ExecutionContext, Orchestrator, ProjectId, RunRequest, WorkflowName, WorkflowStep,
    commands::inside,
};

/// Only run tests if code was generated.
fn should_run_tests(context: &ExecutionContext, _args: &[String]) -> bool {
    !context.files.is_empty()
}

fn main() -> Result<std::process::ExitCode, Box<dyn std::error::Error>> {
    // The sandbox of commands is checked from inside by this same program.
    if let Some(code) = inside::run_if_asked() {
        return Ok(code);
    }
    tokio::runtime::Runtime::new()?.block_on(guide())?;
    Ok(std::process::ExitCode::SUCCESS)
}

async fn guide() -> Result<(), Box<dyn std::error::Error>> {
    let data = std::env::temp_dir().join("orchestrator-guide-example");
    let orchestrator = Orchestrator::open(Config::from_env(data)?).await?;

    orchestrator.workflow_engine.register_condition("should_run_tests", should_run_tests);
    let steps = vec![
        WorkflowStep::new(AgentType::PLANNER, "Create Plan").timeout(90.0),
        WorkflowStep::new(AgentType::WRITER, "Generate Code").stream_output(true).retry_count(3),
        WorkflowStep::new(AgentType::TESTER, "Run Tests").timeout(120.0).condition("should_run_tests"),
    ];
    orchestrator.workflow_engine.register_workflow("conditional_test", steps)?;

    let request = RunRequest::new("Build a calculator app with React", ProjectId::new("calc-001")?)
        .workflow(WorkflowName::new("conditional_test")?);
    let mut events = orchestrator.execute_workflow(request).await?;
    while let Some(event) = events.next().await {
        let event = event?;
        let agent = event.agent.as_ref().map_or("-", AgentType::as_str);
        println!("[{agent}] {}: {}", event.kind.name(), event.message);
    }
    orchestrator.shutdown(std::time::Duration::from_secs(5)).await;
    Ok(())
}
