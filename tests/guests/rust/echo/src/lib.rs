//! A well-behaved agent that returns what it was told, for tests of what reaches a guest and for benchmarks.
//!
//! What else it does is said by the run's metadata, or by the agent's options where the metadata is silent: `events`
//! statuses of `bytes` bytes each, `chunks: true` to pull one completion and count its pieces, `model: true` to wait for
//! one whole completion, `write: "path"` to write its request into a file.

use orchestrator_sdk::{model::Request, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::Value;

struct Echo;

/// What the caller wants besides the echo.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wish {
    events: u32,
    bytes: usize,
    model: bool,
    chunks: bool,
    write: Option<String>,
}

/// What the agent was told and what came of the wishes.
#[derive(Serialize)]
struct Echoed<'a> {
    run_id: &'a str,
    project_id: &'a str,
    user_request: &'a str,
    workflow: &'a str,
    step: &'a str,
    step_number: u32,
    step_count: u32,
    attempt: u32,
    round: u32,
    plan: Option<&'a str>,
    files: Vec<&'a str>,
    last_command: Option<String>,
    outputs: Vec<(&'a str, &'a str, &'a str, &'a str)>,
    errors: &'a [String],
    metadata: Value,
    prompt: &'a str,
    model: &'a str,
    temperature: f64,
    max_tokens: u32,
    options: &'a str,
    answer: Option<String>,
    chunks: Option<usize>,
}

impl Agent for Echo {
    fn describe() -> AgentDescription {
        AgentDescription::new("echo", env!("CARGO_PKG_VERSION"))
            .purpose("Returns what it was told.")
            .capabilities(["echoing"])
            .prompt("Say what you hear.")
            .model("haiku")
            .max_tokens(1024)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES | Permissions::WRITE_FILES)
            .options_schema(
                r#"{"type":"object","properties":{"events":{"type":"integer","minimum":0},"bytes":{"type":"integer","minimum":0}}}"#,
            )
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let wish = wish(&context)?;
        events::status("echoing")?;
        let text = "e".repeat(wish.bytes);
        for _ in 0..wish.events {
            events::status(&text)?;
        }
        if let Some(path) = &wish.write {
            workspace::write_file(path, &context.user_request)?;
        }
        let answer = wish.model.then(|| model::ask("Echo.", &context.user_request)).transpose()?;
        let chunks = wish.chunks.then(|| count_chunks(&context.user_request)).transpose()?;
        Outcome::new(format!("echoed: {}", context.user_request)).with_data(&echoed(&context, answer, chunks))
    }
}

export_agent!(Echo);

fn wish(context: &Context) -> Result<Wish, Error> {
    let said = if context.metadata().is_empty() { &context.settings().options } else { &context.metadata };
    serde_json::from_str(said)
        .map_err(|error| Error::invalid_input(format!("reading the wishes in {said}: {error}")))
}

fn count_chunks(question: &str) -> Result<usize, Error> {
    let completion = model::start(&Request::new("Echo.").user(question))?;
    let mut chunks = 0;
    while completion.next()?.is_some() {
        chunks += 1;
    }
    Ok(chunks)
}

fn echoed(context: &Context, answer: Option<String>, chunks: Option<usize>) -> Echoed<'_> {
    let settings = context.settings();
    Echoed {
        run_id: &context.run_id,
        project_id: &context.project_id,
        user_request: &context.user_request,
        workflow: &context.workflow,
        step: &context.step,
        step_number: context.step_number,
        step_count: context.step_count,
        attempt: context.attempt,
        round: context.round,
        plan: context.plan.as_ref().map(|plan| plan.summary.as_str()),
        files: context.files.iter().map(|file| file.path.as_str()).collect(),
        last_command: context.last_command.as_ref().map(|outcome| outcome.command_line()),
        outputs: context
            .outputs
            .iter()
            .map(|output| {
                (output.step.as_str(), output.agent.as_str(), output.summary.as_str(), output.data.as_str())
            })
            .collect(),
        errors: &context.errors,
        metadata: Value::Object(context.metadata().clone()),
        prompt: &settings.prompt,
        model: &settings.model,
        temperature: settings.temperature,
        max_tokens: settings.max_tokens,
        options: &settings.options,
        answer,
        chunks,
    }
}
