use super::*;
use crate::{
    account::tests::Events,
    config::{ModelConfig, ProviderKind, provider},
    endpoint::EndpointConfig,
    secret::Secret,
};
use model::{Host as _, HostCompletion as _};
use orchestrator_core::{AgentType, Chance, EventKind, Permission, ProjectId, RunId, Status};
use orchestrator_fake_provider::{Answer, FakeProvider};

/// A call of an agent whose model is the fake provider.
struct Room {
    fake: FakeProvider,
    events: Arc<Events>,
    call: ModelCall,
    table: ResourceTable,
}

impl Room {
    async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let fake = FakeProvider::queue(answers).await.unwrap();
        let anthropic = EndpointConfig {
            key: Secret::new("sk-test"),
            base_url: Some(fake.anthropic_url()),
            base_url_from: None,
        };
        let config = ModelConfig { kind: ProviderKind::Anthropic, anthropic, ..ModelConfig::default() };
        let events = Arc::new(Events::default());
        let settings = AgentSettings {
            prompt: String::new(),
            model: "claude-haiku-4-5".into(),
            temperature: 0.3,
            max_tokens: 500,
            effort: None,
            options: serde_json::Map::new(),
        };
        let origin = CallOrigin {
            run_id: RunId::generate(),
            project_id: ProjectId::new("p").unwrap(),
            agent: AgentType::new("writer").unwrap(),
            attempt: 1,
            round: 0,
            nonce: "k3x9".into(),
        };
        let call = ModelCall {
            grant: Grant {
                plugin: "writer".into(),
                permission: Permission::Model,
                granted: true,
                advice: String::new(),
                denials: Default::default(),
            },
            provider: provider(&config, &Chance::seeded(1)).unwrap(),
            settings: Arc::new(settings),
            origin,
            events: events.clone(),
            chance: Chance::seeded(1),
        };
        Self { fake, events, call, table: ResourceTable::new() }
    }

    fn view(&mut self) -> ModelView<'_> {
        ModelView { call: &mut self.call, table: &mut self.table }
    }
}

fn request() -> model::Request {
    let message = model::Message { role: model::Role::User, content: "Hello".into() };
    model::Request {
        system: "Be brief.".into(),
        messages: vec![message],
        temperature: None,
        max_tokens: None,
    }
}

fn same(handle: &Resource<model::Completion>) -> Resource<model::Completion> {
    Resource::new_borrow(handle.rep())
}

#[tokio::test]
async fn a_completion_is_pulled_to_its_end_and_its_cost_becomes_one_event() {
    let mut room = Room::new([Answer::stream().then_thinking("hm").then_text("hi").usage(10, 4, 3)]).await;
    let handle = room.view().start(request()).await.unwrap().unwrap();
    let mut chunks = Vec::new();
    assert!(room.view().end(same(&handle)).await.unwrap().is_none());
    while let Some(chunk) = room.view().next(same(&handle)).await.unwrap().unwrap() {
        chunks.push(chunk);
    }
    assert!(
        matches!(&chunks[..], [model::Chunk::Thinking(a), model::Chunk::Text(b)] if a == "hm" && b == "hi")
    );
    let end = room.view().end(same(&handle)).await.unwrap().unwrap();
    assert_eq!((&*end.model, end.input_tokens, end.output_tokens), ("claude-haiku-4-5", 10, 3));
    let events = room.events.taken();
    assert!(
        matches!(&events[..], [event] if matches!(event.kind, EventKind::Status(Status::ModelUsed { .. })))
    );
    room.view().drop(handle).await.unwrap();
    assert!(room.table.is_empty());
}

#[tokio::test]
async fn settings_apply_where_the_request_has_no_value_of_its_own() {
    let mut room = Room::new([Answer::text("a"), Answer::text("b")]).await;
    room.view().complete(request()).await.unwrap().unwrap();
    let own = model::Request { temperature: Some(0.9), max_tokens: Some(7), ..request() };
    room.view().complete(own).await.unwrap().unwrap();
    let sent = room.fake.requests();
    assert_eq!((&sent[0].body["temperature"], &sent[0].body["max_tokens"]), (&0.3.into(), &500.into()));
    assert_eq!((&sent[1].body["temperature"], &sent[1].body["max_tokens"]), (&0.9.into(), &7.into()));
}

#[tokio::test]
async fn a_completion_in_one_piece_gathers_its_thinking_into_few_events() {
    let thoughts = ["First ", "this.\n", "Then ", "that."];
    let answer = thoughts.iter().fold(Answer::stream(), |answer, text| answer.then_thinking(*text));
    let mut room = Room::new([answer.then_text("a").then_text("b")]).await;
    assert_eq!(room.view().complete(request()).await.unwrap().unwrap().text, "ab");
    let events = room.events.taken();
    let thinking = events.iter().filter(|event| matches!(event.kind, EventKind::ThinkingStep(_)));
    assert_eq!(thinking.map(|event| &*event.message).collect::<Vec<_>>(), ["First this.\n", "Then that."]);
}

#[tokio::test]
async fn a_completion_that_the_guest_drops_ends_its_http_request() {
    let mut room = Room::new([Answer::text("a").then_stall()]).await;
    let handle = room.view().start(request()).await.unwrap().unwrap();
    room.view().next(same(&handle)).await.unwrap().unwrap();
    room.view().drop(handle).await.unwrap();
    room.fake.wait_for_departures(1).await;
    assert_eq!(room.events.usages().len(), 1, "what was read until then was paid for");
}

#[tokio::test]
async fn a_call_that_goes_away_while_it_waits_ends_its_http_request() {
    let mut room = Room::new([Answer::stream().then_stall()]).await;
    let Room { fake, call, table, .. } = &mut room;
    let mut view = ModelView { call, table };
    tokio::select! {
        _ = view.complete(request()) => panic!("the answer is stalled"),
        () = fake.wait_for_requests(1) => {}
    }
    fake.wait_for_departures(1).await;
}

#[tokio::test]
async fn without_a_grant_nothing_is_sent() {
    let mut room = Room::new([Answer::text("a")]).await;
    room.call.grant.granted = false;
    assert_eq!(room.view().start(request()).await.unwrap().unwrap_err().code, types::ErrorCode::Denied);
    assert_eq!(room.view().complete(request()).await.unwrap().unwrap_err().code, types::ErrorCode::Denied);
    assert!(room.fake.requests().is_empty());
}

#[tokio::test]
async fn failures_are_values_for_the_guest() {
    let busy = Answer::failure(529, "overloaded_error", "busy").header("retry-after", "2");
    let mut room = Room::new([busy]).await;
    let error = room.view().complete(request()).await.unwrap().unwrap_err();
    assert_eq!((error.code, error.retry_after_ms), (types::ErrorCode::Unavailable, Some(2000)));
    let mut room = Room::new([]).await;
    let empty = model::Request { messages: vec![], ..request() };
    assert_eq!(room.view().complete(empty).await.unwrap().unwrap_err().code, types::ErrorCode::InvalidInput);
    Arc::make_mut(&mut room.call.settings).model = "no model".into();
    let error = room.view().start(request()).await.unwrap().unwrap_err();
    assert!(
        error.code == types::ErrorCode::InvalidInput
            && error.message.contains("use one of haiku, opus, sonnet")
    );
    assert!(room.table.is_empty());
}

#[tokio::test]
async fn a_busy_service_is_left_alone_by_the_calls_that_come_after() {
    let busy = Answer::failure(529, "overloaded_error", "busy").header("retry-after-ms", "300");
    let mut room = Room::new([busy, Answer::text("a")]).await;
    room.view().complete(request()).await.unwrap().unwrap_err();
    let began = std::time::Instant::now();
    assert_eq!(room.view().complete(request()).await.unwrap().unwrap().text, "a");
    assert!(began.elapsed() >= Duration::from_millis(250), "{:?}", began.elapsed());
    let events = room.events.taken();
    let notice = |code: &str| Status::Notice { code: code.into() };
    assert!(events.iter().any(|event| event.kind == EventKind::Status(notice("model_busy"))), "{events:?}");
}

#[tokio::test]
async fn the_bill_has_the_price_by_the_list() {
    let mut room = Room::new([Answer::text("a").usage(1_000, 0, 2_000)]).await;
    room.view().complete(request()).await.unwrap().unwrap();
    let bill = &room.events.taken()[0].message;
    assert_eq!(bill, "claude-haiku-4-5 answered: 1000 tokens sent, 2000 received, $0.0110 by the list");
}

#[tokio::test]
async fn a_handle_that_is_none_traps() {
    let mut room = Room::new([]).await;
    assert!(room.view().next(Resource::new_borrow(7)).await.is_err());
    assert!(room.view().end(Resource::new_borrow(7)).await.is_err());
}
