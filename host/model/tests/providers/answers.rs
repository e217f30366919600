//! What is read, and what it is said to cost.

use crate::*;

#[tokio::test]
async fn text_thinking_usage_and_stop_reason_are_read_and_pings_are_passed_over() {
    let answer =
        Answer::stream().then_ping().then_thinking("hm").then_text("häl").then_ping().then_text("lo");
    let (chunks, end) = both(answer.usage(100, 60, 20)).await;
    assert_eq!(chunks, [thinking("hm"), text("häl"), text("lo")]);
    let usage = Usage { input_tokens: 100, cached_input_tokens: 60, output_tokens: 20 };
    assert_eq!(end, Ok(CompletionEnd { model: "same".into(), stop_reason: StopReason::EndTurn, usage }));
}

#[tokio::test]
async fn a_cut_and_a_declined_answer_are_answers() {
    for (stop, reason) in [(Stop::TokenLimit, StopReason::MaxTokens), (Stop::Refusal, StopReason::Refusal)] {
        assert_eq!(both(Answer::text("a").stop(stop)).await.1.unwrap().stop_reason, reason);
    }
    let ended = async |answer: Answer, reason: &str| both(answer.stop(Stop::Other(reason.into()))).await.1;
    assert_eq!(ended(Answer::text("a"), "brand_new").await.unwrap().stop_reason, StopReason::EndTurn);
    assert_eq!(ended(Answer::stream(), "brand_new").await, Err(ErrorCode::MalformedAnswer));
    assert_eq!(ended(Answer::text("a"), "network_error").await, Err(ErrorCode::MalformedAnswer));
}

#[tokio::test]
async fn unknown_lines_and_events_are_passed_over_and_broken_events_are_not() {
    let unknown = "nonsense\n\nevent: brand_new\ndata: {\"type\":\"brand_new\"}\n\n";
    assert_eq!(both(Answer::stream().then_raw(unknown).then_text("a")).await.0, [text("a")]);
    for garbage in ["data: {\"type\":\n\n", "data: \u{0}\n\n", "data: <html>\n\n"] {
        assert_eq!(
            both(Answer::stream().then_raw(garbage).then_text("a")).await.1,
            Err(ErrorCode::Unavailable)
        );
    }
}

#[tokio::test]
async fn dropping_the_stream_ends_the_request() {
    for kind in KINDS {
        let fake = FakeProvider::queue([Answer::text("a").then_stall()]).await.unwrap();
        let mut stream = client(kind, &fake).start(request("sonnet")).await.unwrap();
        assert_eq!(stream.next().await, Ok(Some(text("a"))));
        drop(stream);
        fake.wait_for_departures(1).await;
    }
}

#[tokio::test]
async fn a_broken_answer_is_metered_and_missing_usage_is_reckoned_from_bytes() {
    let broken = Answer::chunks(["12345678"]).usage(500, 100, 20).then_cut();
    let fake = FakeProvider::queue([broken]).await.unwrap();
    let request_ = request("sonnet");
    let meter = request_.meter.clone();
    read(&*client(ProviderKind::Anthropic, &fake), request_).await.1.unwrap_err();
    assert_eq!(meter.usage(), Usage { input_tokens: 500, cached_input_tokens: 100, output_tokens: 2 });
    assert!(meter.is_estimated());

    let fake = FakeProvider::queue([Answer::text("12345678").without_usage()]).await.unwrap();
    let end = read(&*client(ProviderKind::OpenAi, &fake), request("sonnet")).await.1.unwrap();
    assert_eq!(end.usage.output_tokens, 2);
    assert!(end.usage.input_tokens > 20, "{:?}", end.usage);
}
