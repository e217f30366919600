//! The fake provider itself: what it sends, what it notices.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use futures::StreamExt;
use orchestrator_fake_provider::{Answer, FakeProvider, Stop, Wire};
use serde_json::json;

async fn ask(url: String) -> reqwest::Response {
    let body = json!({"model": "m", "system": [{"type": "text", "text": "be brief"}],
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]});
    reqwest::Client::builder().no_proxy().build().unwrap().post(url).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn both_formats_carry_the_same_answer_and_record_the_request() {
    let answer =
        || Answer::chunks(["one ", "two"]).then_thinking("hm").usage(10, 4, 3).stop(Stop::TokenLimit);
    let provider = FakeProvider::answering(move |_| answer()).await.unwrap();
    let anthropic = ask(provider.anthropic_url() + "/v1/messages").await.text().await.unwrap();
    let openai = ask(provider.openai_url() + "/chat/completions").await.text().await.unwrap();
    for part in ["\"text\":\"one \"", "\"thinking\":\"hm\"", "\"stop_reason\":\"max_tokens\"", "message_stop"]
    {
        assert!(anthropic.contains(part), "{part} in {anthropic}");
    }
    for part in ["\"content\":\"one \"", "\"finish_reason\":\"length\"", "\"cached_tokens\":4", "[DONE]"] {
        assert!(openai.contains(part), "{part} in {openai}");
    }
    let requests = provider.requests();
    assert_eq!(
        requests.iter().map(|request| request.wire).collect::<Vec<_>>(),
        [Wire::Anthropic, Wire::OpenAi]
    );
    for request in requests {
        assert_eq!(
            (request.model(), &*request.system(), &*request.last_message()),
            ("m", "be brief", "hello")
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_failure_has_its_status_headers_and_error_object() {
    let failure = Answer::failure(529, "overloaded_error", "busy").header("retry-after", "7");
    let provider = FakeProvider::queue([failure]).await.unwrap();
    let response = ask(provider.anthropic_url() + "/v1/messages").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (529, &"7".parse().unwrap())
    );
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["error"]["type"], "overloaded_error");
    assert_eq!(ask(provider.anthropic_url() + "/v1/messages").await.status(), 400, "the queue is empty");
}

#[tokio::test]
async fn a_stalled_answer_goes_on_when_released_and_a_cut_one_breaks_off() {
    let answers = [Answer::text("a").then_stall().then_text("b"), Answer::text("a").then_cut()];
    let provider = FakeProvider::queue(answers).await.unwrap();
    let mut body = ask(provider.openai_url() + "/chat/completions").await.bytes_stream();
    let mut seen = String::new();
    while !seen.contains("\"content\":\"a\"") {
        seen.push_str(std::str::from_utf8(&body.next().await.unwrap().unwrap()).unwrap());
    }
    provider.release();
    while let Some(bytes) = body.next().await {
        seen.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
    }
    assert!(seen.contains("\"content\":\"b\""));
    assert!(ask(provider.openai_url() + "/chat/completions").await.bytes().await.is_err());
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed() {
    let provider = FakeProvider::queue([Answer::stream().then_stall()]).await.unwrap();
    let response = ask(provider.anthropic_url() + "/v1/messages").await;
    provider.wait_for_requests(1).await;
    drop(response);
    provider.wait_for_departures(1).await;
}
