//! What is sent, and to whom.

use crate::*;

async fn sent(kind: ProviderKind, model: &str) -> serde_json::Value {
    let fake = FakeProvider::queue([Answer::text("ok")]).await.unwrap();
    read(&*client(kind, &fake), request(model)).await.1.unwrap();
    let request = fake.requests().remove(0);
    let headers = match kind {
        ProviderKind::Anthropic => {
            [("x-api-key", KEY.to_owned()), ("anthropic-version", "2023-06-01".into())]
        }
        _ => [("authorization", format!("Bearer {KEY}")), ("content-type", "application/json".into())],
    };
    for (name, value) in headers {
        assert_eq!(request.header(name), Some(&*value));
    }
    request.body
}

#[tokio::test]
async fn the_request_to_anthropic_drops_the_temperature_that_the_model_rejects() {
    insta::assert_json_snapshot!("anthropic", sent(ProviderKind::Anthropic, "sonnet").await);
}

#[tokio::test]
async fn the_request_to_anthropic_keeps_the_temperature_that_the_model_takes() {
    insta::assert_json_snapshot!(
        "anthropic_temperature",
        sent(ProviderKind::Anthropic, "claude-haiku-4-5").await
    );
}

#[tokio::test]
async fn the_request_to_openai_has_the_token_limit_under_the_newer_name() {
    insta::assert_json_snapshot!("openai", sent(ProviderKind::OpenAi, "opus").await);
}

#[tokio::test]
async fn the_request_to_a_compatible_server_follows_the_operators_own_row_and_needs_no_key() {
    let fake = FakeProvider::queue([Answer::text("ok")]).await.unwrap();
    let models_file = tempfile::NamedTempFile::new().unwrap();
    let rows = "[[openai.model]]\nid = 'local'\ntemperature_max = 2.0\nmax_output_tokens = 2000\n";
    std::fs::write(models_file.path(), rows).unwrap();
    let openai = EndpointConfig { key: None, base_url: Some(fake.openai_url()), base_url_from: None };
    let models_file = Some(models_file.path().to_owned());
    let config = ModelConfig { kind: ProviderKind::OpenAi, openai, models_file, ..ModelConfig::default() };
    let provider = provider(&config, &Chance::seeded(1)).unwrap();
    read(&*provider, request("local")).await.1.unwrap();
    insta::assert_json_snapshot!("openai_own_row", fake.requests()[0].body);
    assert_eq!(fake.requests()[0].header("authorization"), None);
}

#[tokio::test]
async fn nothing_about_the_run_is_sent() {
    for kind in KINDS {
        assert!(!sent(kind, "sonnet").await.to_string().contains("secret-project"));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = FakeProvider::queue([Answer::text("stolen")]).await.unwrap();
    for kind in KINDS {
        let location = elsewhere.anthropic_url() + "/v1/messages";
        let moved = Answer::page(307, "text/plain", "").header("location", location);
        let fake = FakeProvider::queue([moved]).await.unwrap();
        let failure = read(&*client(kind, &fake), request("sonnet")).await.1.unwrap_err();
        assert_eq!(failure.code, ErrorCode::InvalidInput);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn an_unlisted_model_is_sent_as_it_is_with_nothing_that_some_model_rejects() {
    insta::assert_json_snapshot!("openai_unlisted", sent(ProviderKind::OpenAi, "meta/llama-9:free").await);
    insta::assert_json_snapshot!("anthropic_unlisted", sent(ProviderKind::Anthropic, "claude-next-7").await);
}

#[tokio::test]
async fn the_effort_that_was_set_for_the_agent_is_asked_for_where_the_model_takes_it() {
    for (kind, pointer) in
        [(ProviderKind::Anthropic, "/output_config/effort"), (ProviderKind::OpenAi, "/reasoning_effort")]
    {
        let fake = FakeProvider::answering(|_| Answer::text("ok")).await.unwrap();
        let efforts = orchestrator_model::Efforts::parse("low,writer=max").unwrap();
        let provider = client_with(kind, &fake, Manner { efforts, ..Manner::default() });
        for model in ["sonnet", "claude-haiku-4-5", "unlisted"] {
            read(&*provider, request(model)).await.1.unwrap();
        }
        let asked: Vec<_> =
            fake.requests().iter().map(|request| request.body.pointer(pointer).cloned()).collect();
        let most = if kind == ProviderKind::Anthropic { "max" } else { "xhigh" };
        assert_eq!(asked, [Some(most.into()), None, None]);
        let own = CompletionRequest { effort: Some("low".parse().unwrap()), ..request("sonnet") };
        let told = provider.effort("sonnet", &own.origin.agent, own.effort);
        read(&*provider, own).await.1.unwrap();
        let last = fake.requests().pop().unwrap().body.pointer(pointer).cloned();
        assert_eq!((last, told.map(|effort| effort.to_string())), (Some("low".into()), Some("low".into())));
    }
}

#[tokio::test]
async fn what_cannot_be_a_model_is_refused_before_anything_is_sent() {
    for kind in KINDS {
        let fake = FakeProvider::queue([Answer::text("a")]).await.unwrap();
        let provider = client(kind, &fake);
        let failure = read(&*provider, request("no model")).await.1.unwrap_err();
        assert_eq!(failure.code, ErrorCode::InvalidInput);
        assert_eq!(failure.message, provider.resolve("no model").unwrap_err().to_string());
        assert!(fake.requests().is_empty());
    }
}
