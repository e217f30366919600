use super::*;
use crate::provider::tests::request;
use orchestrator_core::{CompletionChunk, StopReason};
use std::time::Duration;

const SCRIPT: &str = include_str!("../../tests/scripts/small.toml");

fn provider() -> ScriptedProvider {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts");
    let script = Script::parse(SCRIPT, "small.toml", Some(folder.as_ref())).unwrap();
    ScriptedProvider::new(script, &Catalogue::load(None).unwrap())
}

async fn answer(
    provider: &ScriptedProvider,
    request: CompletionRequest,
) -> Result<Vec<CompletionChunk>, Failure> {
    let mut stream = provider.start(request).await?;
    let mut chunks = Vec::new();
    assert_eq!(stream.end(), None);
    while let Some(chunk) = stream.next().await? {
        chunks.push(chunk);
    }
    assert_eq!(stream.end().unwrap().model, "scripted");
    Ok(chunks)
}

fn text(chunks: &[CompletionChunk]) -> String {
    let text = |chunk: &CompletionChunk| match chunk {
        CompletionChunk::Text(text) => Some(text.clone()),
        CompletionChunk::Thinking(_) => None,
    };
    chunks.iter().filter_map(text).collect()
}

#[tokio::test]
async fn a_reply_is_streamed_in_pieces_thinking_first_with_the_nonce_in_place() {
    let chunks = answer(&provider(), request("planner")).await.unwrap();
    assert_eq!(chunks[0], CompletionChunk::Thinking("A list".into()));
    assert!(
        chunks.iter().all(|(CompletionChunk::Text(text) | CompletionChunk::Thinking(text))| text.len() <= 6)
    );
    assert_eq!(text(&chunks), "the mark is k3x9.\n");
}

#[tokio::test]
async fn calls_are_counted_for_each_agent_and_run_apart() {
    let (provider, first, second) = (provider(), request("writer"), request("writer"));
    assert_eq!(text(&answer(&provider, first.clone()).await.unwrap()), "from a file\n");
    assert_eq!(text(&answer(&provider, first.clone()).await.unwrap()), "the second call");
    assert_eq!(text(&answer(&provider, second).await.unwrap()), "from a file\n");
    assert_eq!(text(&answer(&provider, first).await.unwrap()), "from a file\n");
}

#[tokio::test]
async fn a_scripted_failure_comes_at_once_or_after_its_text() {
    let provider = provider();
    let failure = provider.start(request("fixer")).await.err().unwrap();
    assert_eq!(
        (failure.code, failure.retry_after),
        (ErrorCode::Unavailable, Some(Duration::from_millis(10)))
    );
    let mut second = request("fixer");
    second.origin.attempt = 2;
    let mut stream = provider.start(second).await.unwrap();
    assert_eq!(stream.next().await, Ok(Some(CompletionChunk::Text("half a".into()))));
    assert_eq!(stream.next().await.unwrap_err().code, ErrorCode::MalformedAnswer);
    assert_eq!(stream.end(), None);
}

#[tokio::test(start_paused = true)]
async fn a_held_reply_never_ends() {
    let mut stream = provider().start(request("runner")).await.unwrap();
    let next = tokio::time::timeout(Duration::from_secs(86_400), stream.next());
    assert!(next.await.is_err());
}

#[tokio::test]
async fn a_stop_reason_is_passed_on_and_a_replay_costs_nothing() {
    let mut stream = provider().start(request("tester")).await.unwrap();
    while stream.next().await.unwrap().is_some() {}
    let end = stream.end().unwrap();
    assert_eq!((end.stop_reason, end.usage), (StopReason::MaxTokens, orchestrator_core::Usage::default()));
}

#[tokio::test]
async fn a_call_without_a_reply_fails_naming_agent_attempt_and_file() {
    let failure = provider().start(request("documenter")).await.err().unwrap();
    assert_eq!(failure.code, ErrorCode::NotFound);
    insta::assert_snapshot!(failure, @r#"script 'small.toml' has no reply for agent 'documenter', attempt 1, round 0, call 1: add a [[reply]] with agent = "documenter""#);
}

#[test]
fn it_says_plainly_that_it_is_a_replay_and_takes_every_known_model() {
    let provider = provider();
    insta::assert_snapshot!(provider.notice().unwrap(), @"No language model is asked: answers are replayed from the script 'small.toml'. Set ANTHROPIC_API_KEY or OPENAI_API_KEY to ask one.");
    let built_in = ScriptedProvider::new(Script::built_in().unwrap(), &Catalogue::load(None).unwrap());
    assert!(built_in.notice().unwrap().ends_with(built_in.script.notice.as_str()));
    for model in ["sonnet", "claude-opus-5-5", "gpt-5.4", "scripted"] {
        assert_eq!(provider.resolve(model), Ok("scripted".into()));
    }
    assert!(provider.resolve("gpt-nope").unwrap_err().valid.contains(&"opus".into()));
}

#[test]
fn a_server_that_runs_for_years_does_not_remember_every_run() {
    let mut calls = Calls::default();
    for _ in 0..RUNS_MAX + 10 {
        assert_eq!(calls.count(&crate::provider::tests::origin("writer")), 1);
    }
    assert_eq!(calls.0.len(), RUNS_MAX);
}

#[test]
fn the_sample_of_the_documentation_is_a_script() {
    let page = include_str!("../../../../docs/scripted-model.md");
    let sample = page.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
    Script::parse(sample, "sample.toml", None).unwrap();
}
