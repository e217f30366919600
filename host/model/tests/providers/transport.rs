//! The ways in which the bytes of an answer travel.

use crate::*;

fn whole_answer() -> (Vec<CompletionChunk>, Result<CompletionEnd, ErrorCode>) {
    let usage = Usage { input_tokens: 100, cached_input_tokens: 60, output_tokens: 20 };
    let end = CompletionEnd { model: "same".into(), stop_reason: StopReason::EndTurn, usage };
    (vec![thinking("hm"), text("hi")], Ok(end))
}

fn answer() -> Answer {
    Answer::stream().then_thinking("hm").then_text("hi").usage(100, 60, 20)
}

#[tokio::test]
async fn an_answer_in_one_piece_of_json_is_read() {
    assert_eq!(both(answer().whole()).await, whole_answer());
    let loud = answer().whole().header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(both(loud).await, whole_answer());
}

#[tokio::test]
async fn json_at_200_that_is_no_completion_is_final_or_the_error_that_it_is() {
    let fake =
        FakeProvider::queue([Answer::page(200, "application/json", "{\"status\":\"ok\"}")]).await.unwrap();
    let failure = read(&*client(ProviderKind::OpenAi, &fake), request("sonnet")).await.1.unwrap_err();
    assert!(
        failure.code == ErrorCode::InvalidInput && failure.message.contains("JSON and no completion"),
        "{failure}"
    );
    let error = r#"{"type":"error","error":{"type":"authentication_error","message":"no"}}"#;
    assert_eq!(both(Answer::page(200, "application/json", error)).await.1, Err(ErrorCode::Denied));
}

#[tokio::test]
async fn a_content_type_in_capitals_is_the_same() {
    assert_eq!(
        both(answer().header("content-type", "Text/Event-Stream; charset=UTF-8")).await,
        whole_answer()
    );
}

#[tokio::test]
async fn an_answer_without_its_last_blank_line_is_whole() {
    assert_eq!(both(answer().without_last_blank_line()).await, whole_answer());
}

#[tokio::test]
async fn a_last_event_that_is_cut_in_two_is_not_an_answer() {
    let half = Answer::text("hi").then_raw("data: {\"type\":\"message_de").without_ending();
    assert_eq!(both(half).await, (vec![text("hi")], Err(ErrorCode::Unavailable)));
}

#[tokio::test]
async fn a_compressed_answer_is_read_piece_by_piece_and_was_not_asked_for() {
    assert_eq!(both(answer().gzip()).await, whole_answer());
    for kind in KINDS {
        let fake = FakeProvider::queue([Answer::text("a").then_stall().then_text("b").gzip()]).await.unwrap();
        let mut stream = client(kind, &fake).start(request("sonnet")).await.unwrap();
        assert_eq!(stream.next().await, Ok(Some(text("a"))), "before the rest is there");
        fake.release();
        assert_eq!(stream.next().await, Ok(Some(text("b"))));
        assert_eq!(fake.requests()[0].header("accept-encoding"), Some("identity"));
    }
}

#[tokio::test]
async fn an_encoding_that_cannot_be_read_is_named() {
    let fake = FakeProvider::queue([Answer::text("a").header("content-encoding", "br")]).await.unwrap();
    let failure = read(&*client(ProviderKind::OpenAi, &fake), request("sonnet")).await.1.unwrap_err();
    assert!(
        failure.code == ErrorCode::InvalidInput && failure.message.contains("encoded as 'br'"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_great_one_and_a_line_without_end_are_final() {
    let line = Answer::stream().then_raw("x".repeat(10 << 20));
    assert_eq!(both(line.clone()).await.1, Err(ErrorCode::LimitExceeded));
    assert_eq!(both(line.gzip()).await.1, Err(ErrorCode::LimitExceeded));
    let comments = (0..20).fold(Answer::stream(), |answer, _| answer.then_raw(": \n".repeat(3 << 20)));
    assert_eq!(both(comments.gzip()).await.1, Err(ErrorCode::LimitExceeded));
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_and_a_server_without_tls_are_final() {
    for kind in KINDS {
        let fake = FakeProvider::queue([Answer::text("a")]).await.unwrap();
        let (front, _) = fake.tls("localhost").await.unwrap();
        for (port, code, sentence) in [
            (front.port, ErrorCode::Denied, "SSL_CERT_FILE"),
            (fake.port(), ErrorCode::InvalidInput, "does not speak TLS"),
        ] {
            let endpoint = EndpointConfig {
                key: Secret::new(KEY),
                base_url: Some(format!("https://localhost:{port}")),
                base_url_from: None,
            };
            let (anthropic, openai) = (endpoint.clone(), endpoint);
            let config = ModelConfig { kind, anthropic, openai, ..ModelConfig::default() };
            let failure = read(&*provider(&config, &Chance::seeded(1)).unwrap(), request("sonnet"))
                .await
                .1
                .unwrap_err();
            assert!(failure.code == code && failure.message.contains(sentence), "{failure}");
        }
    }
}

#[tokio::test]
async fn a_stream_under_another_name_is_a_stream_and_json_under_another_name_is_json() {
    for name in ["application/json", "text/plain; charset=utf-8"] {
        assert_eq!(both(answer().header("content-type", name)).await, whole_answer(), "{name}");
        assert_eq!(both(answer().whole().header("content-type", name)).await, whole_answer(), "{name}");
    }
    let plain = Answer::page(200, "text/plain", "welcome");
    assert_eq!(both(plain).await.1, Err(ErrorCode::InvalidInput));
}

#[tokio::test]
async fn a_field_that_the_server_does_not_know_is_left_out_and_stays_out() {
    let said = r#"{"message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"]}]}}"#;
    let refusal = Answer::page(422, "application/json", said);
    let fake = FakeProvider::queue([refusal, answer(), answer()]).await.unwrap();
    let provider = client(ProviderKind::OpenAi, &fake);
    for _ in 0..2 {
        let (chunks, end) = read(&*provider, request("sonnet")).await;
        assert_eq!((chunks, end.map(|end| end.stop_reason)), (whole_answer().0, Ok(StopReason::EndTurn)));
    }
    let sent: Vec<_> =
        fake.requests().iter().map(|request| request.body.get("stream_options").is_some()).collect();
    assert_eq!(sent, [true, false, false]);
}
