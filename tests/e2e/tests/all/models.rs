//! Providers over real HTTP: whole runs in both wire formats, every way in which a service fails, and keys that never
//! show.

use orchestrator_e2e::{Server, Setup, Transcript, models};
use orchestrator_fake_provider::{Answer, FakeProvider, Request, Wire};
use serde_json::{Value, json};

/// A server whose agent `echo` asks the provider once per attempt, and whose step may try three times.
async fn asking(model: orchestrator::ModelConfig) -> Server {
    let server = Setup::new().model(model).guest("echo").start().await;
    server.api.workflow("ask", json!([{"agent_type": "echo", "name": "Ask", "retry_count": 2}])).await;
    server
}

fn ask() -> Value {
    json!({"user_request": "hello", "project_id": "p", "workflow_name": "ask", "metadata": {"model": true}})
}

/// Runs against a provider that answers once in this way and then as it should, and checks that the second answer is
/// the run's. Returns the error in between.
async fn after(first: Answer) -> (Value, Transcript) {
    after_with(first, |model| model).await
}

async fn after_with(
    first: Answer,
    change: impl Fn(orchestrator::ModelConfig) -> orchestrator::ModelConfig,
) -> (Value, Transcript) {
    let mut seen = None;
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let good = Answer::chunks(["all ", "is well"]).usage(30, 10, 5);
        let provider = FakeProvider::queue([first.clone(), good]).await.expect("a port is free");
        let model = match wire {
            Wire::Anthropic => models::anthropic(&provider),
            Wire::OpenAi => models::openai(&provider),
        };
        let server = asking(change(model)).await;
        let transcript = server.api.run(&ask()).await;
        transcript.complete();
        assert_eq!(transcript.output("Ask")["answer"], "all is well", "{wire:?}: {transcript}");
        assert_eq!(provider.requests().len(), 2, "{wire:?}: {transcript}");
        let error = transcript.only("error");
        assert_eq!(
            (&error["data"]["code"], &error["data"]["attempt"]),
            (&json!("unavailable"), &json!(1)),
            "{error}"
        );
        assert_no_key(&server, &transcript);
        seen = Some((error.clone(), transcript));
    }
    seen.expect("both formats were tried")
}

/// The key is in no event and in no byte of the journal.
fn assert_no_key(server: &Server, transcript: &Transcript) {
    assert!(!transcript.to_string().contains(models::KEY), "{transcript}");
    let key = models::KEY.as_bytes();
    assert!(
        !server.journal_bytes().windows(key.len()).any(|window| window == key),
        "the key is in the journal"
    );
}

fn delay(transcript: &Transcript) -> u64 {
    transcript.only("status:waiting")["data"]["delay_ms"].as_u64().expect("a delay")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overloaded_service_is_asked_again() {
    let (error, transcript) = after(Answer::failure(529, "overloaded_error", "Overloaded")).await;
    assert!(
        error["message"].as_str().is_some_and(|text| text.contains("529") && text.contains("Overloaded")),
        "{error}"
    );
    let waited = delay(&transcript);
    assert!(
        (500..=1000).contains(&waited),
        "the step's first pause of a second, with its jitter: {waited} ms"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_honoured() {
    let busy = Answer::failure(429, "rate_limit_error", "slow down").header("retry-after", "1.25");
    let (error, transcript) = after(busy).await;
    assert_eq!(error["data"]["retry_after_ms"], 1250);
    assert_eq!(delay(&transcript), 1250);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_inside_of_an_answer_is_an_error() {
    let (error, _) =
        after(Answer::stream().then_text("half an").then_error("overloaded_error", "too busy now")).await;
    assert!(error["message"].as_str().is_some_and(|text| text.contains("too busy now")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_its_end_is_no_answer() {
    after(Answer::stream().then_text("half an").without_ending()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_is_tried_again() {
    after(Answer::stream().then_text("half an").then_cut()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_falls_silent_is_left() {
    let stall = Answer::stream().then_text("half an").then_stall();
    let impatient = |mut model: orchestrator::ModelConfig| {
        model.manner.waits.gap = models::IDLE;
        model
    };
    after_with(stall, impatient).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stays_away_ends_the_run_when_the_attempts_are_used_up() {
    let busy = Answer::failure(529, "overloaded_error", "Overloaded");
    let provider = FakeProvider::answering(move |_| busy.clone()).await.expect("a port is free");
    let server = asking(models::anthropic(&provider)).await;
    let transcript = server.api.run(&ask()).await;
    transcript.failed("unavailable");
    assert_eq!(provider.requests().len(), 3, "one try and two retries");
    let delays: Vec<_> =
        transcript.all("status:waiting").iter().map(|event| event["data"]["delay_ms"].as_u64()).collect();
    assert!(delays[0] < delays[1], "the pause grows: {delays:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_ends_the_run_at_once_and_is_never_shown() {
    let echoing = format!("invalid x-api-key: {}", models::KEY);
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let refusal = Answer::failure(401, "authentication_error", echoing.clone());
        let provider = FakeProvider::answering(move |_| refusal.clone()).await.expect("a port is free");
        let (model, variable) = match wire {
            Wire::Anthropic => (models::anthropic(&provider), "ANTHROPIC_API_KEY"),
            Wire::OpenAi => (models::openai(&provider), "OPENAI_API_KEY"),
        };
        assert!(!format!("{model:?}").contains(models::KEY));
        let server = asking(model).await;
        let transcript = server.api.run(&ask()).await;
        let error = transcript.failed("denied");
        assert!(
            error["message"].as_str().is_some_and(|text| text.contains(variable)),
            "the way out: {error}"
        );
        assert_eq!(provider.requests().len(), 1, "no retry can help");
        assert_no_key(&server, &transcript);
        let run = server.api.get(&format!("/runs/{}", transcript.run_id())).await;
        assert!(!run.text.contains(models::KEY), "{}", run.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_asks_for_an_hour_ends_the_run_at_once_and_the_time_is_named() {
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let busy = Answer::failure(429, "rate_limit_error", "slow down").header("retry-after", "3600");
        let provider = FakeProvider::answering(move |_| busy.clone()).await.expect("a port is free");
        let model = match wire {
            Wire::Anthropic => models::anthropic(&provider),
            Wire::OpenAi => models::openai(&provider),
        };
        let server = asking(model).await;
        let transcript = server.api.run(&ask()).await;
        let error = transcript.failed("unavailable");
        assert!(
            error["message"].as_str().is_some_and(|text| text.contains("60 minutes, until 20")),
            "{error}"
        );
        assert_eq!(provider.requests().len(), 1, "{transcript}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_all_went_into_thinking_end_the_run_with_what_to_change() {
    let thought =
        Answer::stream().then_thinking("and then").stop(orchestrator_fake_provider::Stop::TokenLimit);
    let provider = FakeProvider::answering(move |_| thought.clone()).await.expect("a port is free");
    let server = asking(models::anthropic(&provider)).await;
    let transcript = server.api.run(&ask()).await;
    let error = transcript.failed("limit_exceeded");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("model.effort")), "{error}");
    assert_eq!(provider.requests().len(), 1, "no retry can help: {transcript}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_server_needs_no_key_and_any_model_and_the_run_says_what_is_not_known() {
    let provider = FakeProvider::answering(|_| Answer::text("all is well")).await.expect("a port is free");
    let url = provider.openai_url();
    let model = orchestrator::ModelConfig::from_env(|name| (name == "OPENAI_BASE_URL").then(|| url.clone()));
    let server = asking(model.expect("the variable makes sense")).await;
    server.api.put("/agents/echo/model", &json!({"model": "qwen3:8b"})).await.ok();
    let transcript = server.api.run(&ask()).await;
    transcript.complete();
    let notice = transcript.only("status:notice");
    assert_eq!(notice["data"]["code"], "model_unlisted", "{notice}");
    let request = &provider.requests()[0];
    assert_eq!((request.model(), request.header("authorization")), ("qwen3:8b", None));
    assert_eq!((&request.body["max_tokens"], &request.body["temperature"]), (&Value::Null, &Value::Null));
}

/// What the provider answers to the agents of `quick_iteration`, which it tells apart by prompts that the test sets.
fn as_agent(request: &Request) -> Answer {
    let system = request.system();
    // The tags that the writer's files need carry a mark of the run, which only the system prompt tells.
    let mark = || {
        system.split("<file-").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default().to_owned()
    };
    let answer = match system.lines().next() {
        Some("You plan.") => Answer::stream().then_thinking("A page will do.").then_text(
            r#"{"summary": "A page.", "stack": "HTML", "files": [{"path": "index.html", "purpose": "the page"}],
                "commands": [], "acceptance_criteria": ["It says hello."]}"#,
        ),
        Some("You write.") => {
            let mark = mark();
            Answer::chunks([
                "Here it is.\n<file-", &*mark, " path=\"index.html\">\n<!doctype html>\n", "<p>Hello</p>\n</fi", "le-", &*mark, ">\n",
            ])
        }
        Some("You test.") => Answer::text(r#"{"install": [], "test": []}"#),
        other => Answer::failure(400, "invalid_request_error", format!("nobody of this name: {other:?}")),
    };
    answer.usage(100, 40, 20)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_run_in_either_format_with_the_prompts_and_models_that_were_set() {
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let provider = FakeProvider::answering(as_agent).await.expect("a port is free");
        let model = match wire {
            Wire::Anthropic => models::anthropic(&provider),
            Wire::OpenAi => models::openai(&provider),
        };
        let server = Setup::new().model(model).start().await;
        for (agent, prompt) in [("planner", "You plan."), ("writer", "You write."), ("tester", "You test.")] {
            server.api.put(&format!("/agents/{agent}/prompt"), &json!({"system_prompt": prompt})).await.ok();
        }
        server.api.put("/agents/writer/model", &json!({"model": "opus"})).await.ok();
        let request =
            json!({"user_request": "A page", "project_id": "page", "workflow_name": "quick_iteration"});
        let transcript = server.api.run(&request).await;

        let complete = transcript.complete();
        assert_eq!(complete["data"]["files"], json!(["index.html"]));
        let requests = provider.requests();
        let calls = requests.len() as u64;
        assert_eq!(calls, 3, "{transcript}");
        let usage = json!({"input_tokens": 100 * calls, "cached_input_tokens": 40 * calls, "output_tokens": 20 * calls});
        assert_eq!(complete["data"]["usage"], usage);
        let page = std::fs::read_to_string(server.project("page").join("index.html"));
        assert_eq!(page.ok().as_deref(), Some("<!doctype html>\n<p>Hello</p>\n"));
        let thought =
            |event: &&Value| event["message"].as_str().is_some_and(|text| text.contains("A page will do."));
        assert!(transcript.all("thinking_step").iter().any(thought), "{transcript}");

        let by_prompt = |prompt: &str| requests.iter().find(|request| request.system().starts_with(prompt));
        let models =
            ["You plan.", "You write.", "You test."].map(|prompt| by_prompt(prompt).map(Request::model));
        let expected = match wire {
            Wire::Anthropic => ["claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"],
            Wire::OpenAi => ["gpt-6.1-sol", "gpt-6-astra", "gpt-6-luna"],
        };
        assert_eq!(models, expected.map(Some));
        let key = match wire {
            Wire::Anthropic => requests[0].header("x-api-key").map(str::to_owned),
            Wire::OpenAi => requests[0].header("authorization").map(|value| value.replace("Bearer ", "")),
        };
        assert_eq!(key.as_deref(), Some(models::KEY), "the provider gets the key, and nobody else");
        assert_no_key(&server, &transcript);
    }
}
