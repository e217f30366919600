//! Both HTTP providers against a real server: what they send, what they read, and each way to fail.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly too")]

mod answers;
mod endings;
mod failures;
mod limits;
mod requests;
mod transport;

use orchestrator_core::{
    AgentType, CallOrigin, Chance, CompletionChunk, CompletionEnd, ErrorCode, Failure, ProjectId, RunId,
    StopReason, Usage,
};
use orchestrator_fake_provider::{Answer, FakeProvider, Stop};
use orchestrator_model::{
    CompletionRequest, EndpointConfig, Manner, Message, Meter, ModelConfig, Provider, ProviderKind, Role,
    Secret, Waits, provider,
};
use std::{sync::Arc, time::Duration};

const KEY: &str = "sk-test-0123456789";
const KINDS: [ProviderKind; 2] = [ProviderKind::Anthropic, ProviderKind::OpenAi];

fn client(kind: ProviderKind, fake: &FakeProvider) -> Arc<dyn Provider> {
    client_with(kind, fake, Manner::default())
}

fn waiting(first: u64, gap: u64) -> Manner {
    let waits = Waits { first: Duration::from_millis(first), gap: Duration::from_millis(gap) };
    Manner { waits, ..Manner::default() }
}

fn client_with(kind: ProviderKind, fake: &FakeProvider, manner: Manner) -> Arc<dyn Provider> {
    let endpoint = |url| EndpointConfig { key: Secret::new(KEY), base_url: Some(url), base_url_from: None };
    let (anthropic, openai) = (endpoint(fake.anthropic_url()), endpoint(fake.openai_url()));
    provider(&ModelConfig { kind, manner, anthropic, openai, ..ModelConfig::default() }, &Chance::seeded(1))
        .unwrap()
}

fn request(model: &str) -> CompletionRequest {
    let message = |role, content: &str| Message { role, content: content.into() };
    CompletionRequest {
        system: "You write code.".into(),
        messages: vec![
            message(Role::User, "A page, please."),
            message(Role::Assistant, "<file>"),
            message(Role::User, "With \"quotes\" and ünïcode."),
        ],
        model: model.into(),
        temperature: Some(0.3),
        max_tokens: 8192,
        effort: None,
        origin: CallOrigin {
            run_id: RunId::generate(),
            project_id: ProjectId::new("secret-project").unwrap(),
            agent: AgentType::new("writer").unwrap(),
            attempt: 1,
            round: 0,
            nonce: "k3x9".into(),
        },
        meter: Meter::default(),
    }
}

/// Reads an answer to its end.
async fn read(
    provider: &dyn Provider,
    request: CompletionRequest,
) -> (Vec<CompletionChunk>, Result<CompletionEnd, Failure>) {
    let mut chunks = Vec::new();
    let mut stream = match provider.start(request).await {
        Ok(stream) => stream,
        Err(failure) => return (chunks, Err(failure)),
    };
    loop {
        match stream.next().await {
            Ok(Some(chunk)) => chunks.push(chunk),
            Ok(None) => return (chunks, Ok(stream.end().unwrap().clone())),
            Err(failure) => {
                assert_eq!(stream.end(), None, "a broken answer has no end");
                assert_eq!(stream.next().await, Err(failure.clone()), "and stays broken");
                return (chunks, Err(failure));
            }
        }
    }
}

/// Asks both providers for the same answer, and expects the same from both.
async fn both(answer: Answer) -> (Vec<CompletionChunk>, Result<CompletionEnd, ErrorCode>) {
    let mut results = Vec::new();
    for kind in KINDS {
        let fake = FakeProvider::queue([answer.clone()]).await.unwrap();
        let (chunks, end) = read(&*client(kind, &fake), request("sonnet")).await;
        if let Err(failure) = &end {
            assert!(!failure.message.contains(KEY), "{failure}");
        }
        let end =
            end.map(|end| CompletionEnd { model: "same".into(), ..end }).map_err(|failure| failure.code);
        results.push((chunks, end));
    }
    let [first, second] = results.try_into().unwrap();
    assert_eq!(first, second);
    first
}

fn text(text: &str) -> CompletionChunk {
    CompletionChunk::Text(text.into())
}

fn thinking(text: &str) -> CompletionChunk {
    CompletionChunk::Thinking(text.into())
}
