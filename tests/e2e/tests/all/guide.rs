//! Every request and every sample of the API's first description, field for field; docs/api.md says what that is. Here it
//! is called the guide.
//!
//! The guide's answers are samples: the program may say more than they do, but what they show must be there, under the
//! same name and with the same value, in the order of the list.

use orchestrator_e2e::{Line, Setup, label, models};
use serde_json::{Value, json};

/// Asserts that everything in `sample` is in `actual`.
fn assert_shows(actual: &Value, sample: &Value, at: &str) {
    match (actual, sample) {
        (Value::Object(actual), Value::Object(sample)) => {
            for (name, sample) in sample {
                let actual =
                    actual.get(name).unwrap_or_else(|| panic!("{at}.{name} is missing in {actual:#?}"));
                assert_shows(actual, sample, &format!("{at}.{name}"));
            }
        }
        (Value::Array(actual), Value::Array(sample)) => {
            assert_eq!(actual.len(), sample.len(), "{at}: {actual:#?}");
            for (index, (actual, sample)) in actual.iter().zip(sample).enumerate() {
                assert_shows(actual, sample, &format!("{at}[{index}]"));
            }
        }
        _ => assert_eq!(actual, sample, "{at}"),
    }
}

fn named<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    list.iter().find(|entry| entry[key] == name).unwrap_or_else(|| panic!("no {name} in {list:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn health() {
    let server = Setup::new().start().await;
    // The guide's sample says seven agents; its own table lists eight, and eight there are.
    let sample = json!({"status": "healthy", "agents_count": 8, "workflows_count": 3, "default_workflow": "bolt_standard"});
    assert_shows(&server.api.get("/health").await.ok(), &sample, "health");
}

#[tokio::test(flavor = "multi_thread")]
async fn list_workflows() {
    let server = Setup::new().start().await;
    let sample = json!({
        "name": "bolt_standard",
        "steps": [
            {"agent_type": "planner", "name": "Create Plan", "timeout": 120, "retry_count": 2, "stream_output": false},
            {"agent_type": "writer", "name": "Generate Code", "timeout": 300, "retry_count": 2, "stream_output": true},
            {"agent_type": "runner", "name": "Execute & Test", "timeout": 180, "retry_count": 1, "stream_output": false},
            {"agent_type": "fixer", "name": "Fix Errors", "timeout": 300, "retry_count": 2, "stream_output": true},
            {"agent_type": "documenter", "name": "Generate Docs", "timeout": 180, "retry_count": 1, "stream_output": false},
        ],
    });
    let workflows = server.api.get("/workflows").await.ok();
    assert_shows(&workflows[0], &sample, "workflows[0]");
    let agents = |name: &str| -> Vec<Value> {
        let steps = named(&workflows, "name", name)["steps"].as_array().expect("steps");
        steps.iter().map(|step| step["agent_type"].clone()).collect()
    };
    assert_eq!(agents("quick_iteration"), ["planner", "writer", "tester"], "plan → write → test");
    assert_eq!(agents("debug"), ["analyzer", "fixer", "tester"], "analyze → fix → verify");
}

#[tokio::test(flavor = "multi_thread")]
async fn create_custom_workflows() {
    let server = Setup::new().start().await;
    let frontend_only = json!({
        "name": "frontend_only",
        "description": "Generate frontend code only",
        "steps": [
            {"agent_type": "planner", "name": "Plan UI Components", "timeout": 60},
            {"agent_type": "writer", "name": "Generate React Components", "stream_output": true},
        ],
    });
    let created = server.api.post("/workflows", &frontend_only).await;
    assert_eq!(created.status, 201);
    assert_shows(&created.ok(), &frontend_only, "created");
    assert_shows(&server.api.get("/workflows/frontend_only").await.ok(), &frontend_only, "stored");

    let my_custom_workflow = json!({
        "name": "my_custom_workflow",
        "description": "Custom workflow for specific use case",
        "steps": [
            {"agent_type": "planner", "name": "Create Plan", "timeout": 120, "retry_count": 2},
            {"agent_type": "writer", "name": "Generate Code", "stream_output": true},
        ],
    });
    let created = server.api.post("/workflows", &my_custom_workflow).await.ok();
    assert_shows(&created, &my_custom_workflow, "created");
    let defaults = json!({"timeout": 300, "retry_count": 2, "stream_output": true});
    assert_shows(&created["steps"][1], &defaults, "what was left out");
    assert_eq!(server.api.get("/health").await.ok()["workflows_count"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn list_agents() {
    let server = Setup::new().start().await;
    let agents = server.api.get("/agents").await.ok();
    let planner = json!({
        "name": "Planner Agent", "agent_type": "planner", "model": "sonnet", "temperature": 0.7, "max_tokens": 4096,
        "capabilities": ["planning", "task_breakdown"], "enabled": true, "has_custom_prompt": false,
    });
    let writer = json!({
        "name": "Writer Agent", "agent_type": "writer", "model": "sonnet", "temperature": 0.3, "max_tokens": 8192,
        "capabilities": ["code_generation", "file_creation"], "enabled": true, "has_custom_prompt": false,
    });
    assert_shows(named(&agents, "agent_type", "planner"), &planner, "planner");
    assert_shows(named(&agents, "agent_type", "writer"), &writer, "writer");

    let table = [
        ("planner", "sonnet", json!(["planning", "task_breakdown"])),
        ("writer", "sonnet", json!(["code_generation", "file_creation"])),
        ("fixer", "sonnet", json!(["patching", "debugging"])),
        ("runner", "haiku", json!(["command_execution", "testing"])),
        ("tester", "haiku", json!(["testing", "validation"])),
        ("documenter", "haiku", json!(["documentation", "README"])),
        ("enhancer", "sonnet", json!(["refactoring", "optimization"])),
        ("analyzer", "sonnet", json!(["analysis", "code_review"])),
    ];
    for (agent, model, capabilities) in &table {
        let row = json!({"model": model, "capabilities": capabilities, "enabled": true});
        assert_shows(named(&agents, "agent_type", agent), &row, agent);
    }
    assert_eq!(agents.as_array().map(Vec::len), Some(table.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn update_an_agents_prompt() {
    let server = Setup::new().start().await;
    let prompt = "You are an expert React developer. Always use functional components with hooks. Follow Airbnb style guide.";
    let answer = server.api.put("/agents/writer/prompt", &json!({"system_prompt": prompt})).await.ok();
    let sample = json!({"message": "Agent 'writer' prompt updated successfully", "agent_type": "writer"});
    assert_shows(&answer, &sample, "answer");
    let writer = server.api.get("/agents/writer").await.ok();
    assert_shows(&writer, &json!({"has_custom_prompt": true, "system_prompt": prompt}), "writer");
}

#[tokio::test(flavor = "multi_thread")]
async fn update_an_agents_model_and_verify_it() {
    let server = Setup::new().start().await;
    assert_eq!(server.api.get("/agents/writer").await.ok()["model"], "sonnet");
    for model in ["haiku", "sonnet", "opus"] {
        let answer = server.api.put("/agents/writer/model", &json!({"model": model})).await.ok();
        let sample = json!({"message": "Agent 'writer' model updated successfully", "agent_type": "writer"});
        assert_shows(&answer, &sample, "answer");
        assert_eq!(server.api.get("/agents/writer").await.ok()["model"], model);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disable_and_enable_an_agent() {
    let server = Setup::new().start().await;
    for (verb, enabled) in [("disable", false), ("enable", true)] {
        let answer = server.api.put_nothing(&format!("/agents/documenter/{verb}")).await.ok();
        assert_eq!(answer["agent_type"], "documenter");
        assert!(
            answer["message"].as_str().is_some_and(|message| message.contains("'documenter'")),
            "{answer}"
        );
        assert_eq!(server.api.get("/agents/documenter").await.ok()["enabled"], enabled);
    }
}

/// The guide's `curl -X POST …/execute`, byte for byte, and the stream that it expects.
#[tokio::test(flavor = "multi_thread")]
async fn test_workflow_execution() {
    let server = Setup::new().start().await;
    let request = json!({
        "user_request": "Create a simple counter component",
        "project_id": "test-001",
        "workflow_name": "quick_iteration",
    });
    let (lines, bytes) = server.api.execute(&request).await.bytes().await;
    let transcript = orchestrator_e2e::Transcript::of(&lines);
    assert_on_the_wire(&bytes, &lines);

    let first = json!({"type": "status", "message": "Starting workflow...", "progress": 0});
    assert_shows(&transcript.0[0], &first, "first");
    // The guide's counter works, and its last message is "Workflow complete!". The scripted model's first answer has a
    // failing test, and this workflow stops there: the same event, which then says so.
    let last = json!({"type": "complete", "data": {"verdict": {"kind": "failed"}}, "progress": 100});
    assert_shows(transcript.last(), &last, "last");
    let message = transcript.last()["message"].as_str().unwrap_or_default();
    assert!(message.starts_with("Workflow complete, but what it made fails: 1 of "), "{message}");

    let in_order = ["status", "thinking_step", "plan_created", "file_operation", "file_content", "complete"];
    let mut events = transcript.0.iter();
    for kind in in_order {
        assert!(
            events.any(|event| event["type"] == kind),
            "{in_order:?} are expected in this order: {transcript}"
        );
    }
    let started = transcript.all("file_operation")[0];
    assert_shows(
        started,
        &json!({"data": {"status": "started"}, "step": 2, "agent": "writer"}),
        "file_operation",
    );
    let path = &started["data"]["path"];
    let content = transcript.all("file_content")[0];
    assert_shows(content, &json!({"data": {"path": path}, "step": 2, "agent": "writer"}), "file_content");
    // The guide shows the chunk in `data.chunk`, and its own client reads `event.content`.
    assert_eq!(content["data"]["chunk"], content["content"]);

    for complete in transcript.all("file_complete") {
        let path = &complete["data"]["path"];
        let pieces =
            transcript.all("file_content").into_iter().filter(|event| event["data"]["path"] == *path);
        let whole: String = pieces.filter_map(|event| event["data"]["chunk"].as_str()).collect();
        let file = server.project("test-001").join(path.as_str().unwrap_or_default());
        assert_eq!(std::fs::read_to_string(file).ok(), Some(whole), "{path}: the pieces are the file");
    }
    let known = [
        "status",
        "thinking_step",
        "plan_created",
        "file_operation",
        "file_content",
        "file_complete",
        "command_execute",
        "error",
        "complete",
    ];
    assert!(transcript.0.iter().all(|event| known.iter().any(|kind| event["type"] == *kind)), "{transcript}");
}

/// No `event:` line, each event in one `data:` line, ids from 1 without a gap, and `retry:` with the first.
fn assert_on_the_wire(bytes: &str, lines: &[Line]) {
    let mut ids = 0;
    for block in bytes.split("\n\n").filter(|block| block.contains("data:")) {
        ids += 1;
        let block =
            if ids == 1 { block.strip_prefix("retry: 2000\n").expect("it comes first") } else { block };
        let fields: Vec<_> = block.lines().collect();
        let [id, data] = fields.as_slice() else { panic!("not an id and one line of data: {block}") };
        assert_eq!(*id, format!("id: {ids}"));
        assert!(data.starts_with("data: {") && data.ends_with('}'), "{data}");
    }
    assert_eq!(ids, lines.len());
    assert!(
        !bytes.lines().any(|line| line.starts_with("event")),
        "listeners of `message` would miss named events"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_workflow_gets_the_standard_one_and_metadata_is_kept() {
    let server = Setup::new().model(models::scripted()).start().await;
    let request = json!({
        "user_request": "Build a todo app with React",
        "project_id": "my-project-001",
        "metadata": {"user_id": "user123", "session_id": "session456"},
    });
    let mut stream = server.api.execute(&request).await;
    let accepted = stream.next().await.expect("a first event").json();
    assert_eq!(label(&accepted), "status:accepted");
    assert_eq!(accepted["data"]["workflow"]["name"], "bolt_standard");
    assert_eq!(accepted["data"]["request"]["metadata"], request["metadata"]);
    let run =
        server.api.get(&format!("/runs/{}", accepted["run_id"].as_str().unwrap_or_default())).await.ok();
    assert_eq!(run["metadata"], request["metadata"]);
    let cancel = format!("/runs/{}/cancel", accepted["run_id"].as_str().unwrap_or_default());
    server.api.post(&cancel, &Value::Null).await.ok();
}

/// The guide's example "Custom Workflow with Conditional Steps", with the library in the place of Python.
#[tokio::test(flavor = "multi_thread")]
async fn register_a_workflow_with_a_condition_from_code() {
    use futures::StreamExt;
    use orchestrator::{AgentType, EventKind, ProjectId, RunRequest, WorkflowName, WorkflowStep};
    let server = Setup::new().start().await;
    let engine = &server.orchestrator.workflow_engine;
    let agent = |name: &str| AgentType::new(name).expect("a built-in agent");
    engine.register_condition("should_run_tests", |context, _| !context.files.is_empty());
    let steps = vec![
        WorkflowStep::new(agent("planner"), "Create Plan"),
        WorkflowStep::new(agent("writer"), "Generate Code").stream_output(true),
        WorkflowStep::new(agent("tester"), "Run Tests").condition("should_run_tests"),
    ];
    engine.register_workflow("conditional_test", steps).expect("the workflow can run");
    let request =
        RunRequest::new("Build a calculator app with React", ProjectId::new("calc-001").expect("a name"))
            .workflow(WorkflowName::new("conditional_test").expect("a name"));
    let events: Vec<_> =
        server.orchestrator.execute_workflow(request).await.expect("the run starts").collect().await;
    let events: Vec<_> = events.into_iter().map(|event| event.expect("the journal can be read")).collect();
    assert!(events.iter().any(|event| event.step_name.as_deref() == Some("Run Tests")), "{events:#?}");
    assert!(matches!(events.last().map(|event| &event.kind), Some(EventKind::Complete(_))), "{events:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documentation_is_at_docs() {
    let server = Setup::new().start().await;
    let root = server.api.base().trim_end_matches("/api/v1/orchestrator").to_owned();
    let page = reqwest::Client::builder().no_proxy().build().expect("a client");
    let page = page.get(format!("{root}/docs")).send().await.expect("the server answers");
    assert_eq!(page.status(), 200);
    assert!(page.text().await.expect("a page").to_lowercase().contains("swagger"));
}
