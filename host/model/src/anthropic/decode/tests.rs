use super::*;

fn decode(data: &str) -> Result<(Decoded, Vec<CompletionChunk>), Trouble> {
    let mut chunks = VecDeque::new();
    let decoded = AnthropicDecoder::default().decode(data, &mut chunks, &Meter::default())?;
    Ok((decoded, chunks.into()))
}

#[test]
fn unknown_events_blocks_and_deltas_are_passed_over() {
    for data in [
        r#"{"type":"ping"}"#,
        r#"{"type":"brand_new","anything":[1]}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"x"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":null}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking"}}"#,
        r#"{"type":"message_start","message":{"usage":{"input_tokens":-1,"output_tokens":1.5}}}"#,
        r#"{"type":"message_delta","delta":{},"usage":[]}"#,
    ] {
        assert_eq!(decode(data), Ok((Decoded::More, vec![])), "{data}");
    }
}

#[test]
fn content_is_read_by_its_type() {
    let text = r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"hi"}}"#;
    assert_eq!(decode(text).unwrap().1, [CompletionChunk::Text("hi".into())]);
    let thinking =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#;
    assert_eq!(decode(thinking).unwrap().1, [CompletionChunk::Thinking("hm".into())]);
    let first = r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}"#;
    assert_eq!(decode(first).unwrap().1, [CompletionChunk::Text("a".into())]);
}

#[test]
fn a_stop_reason_that_nothing_here_can_use_is_not_taken_for_an_end() {
    let data = |reason| format!(r#"{{"type":"message_delta","delta":{{"stop_reason":"{reason}"}}}}"#);
    for reason in ["tool_use", "pause_turn", "brand_new"] {
        assert_eq!(decode(&data(reason)), Err(Trouble::Stop(reason.into())));
    }
    let reasons = ["end_turn", "max_tokens", "stop_sequence", "refusal", "model_context_window_exceeded"];
    assert!(reasons.iter().all(|reason| decode(&data(reason)).is_ok()));
}

#[test]
fn an_answer_that_was_not_streamed_is_read_whole() {
    let data = r#"{"type":"message","model":"m","content":[{"type":"thinking","thinking":"hm","signature":"x"},
        {"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":4}}"#;
    let (mut decoder, mut chunks, meter) = (AnthropicDecoder::default(), VecDeque::new(), Meter::default());
    assert_eq!(decoder.decode(data, &mut chunks, &meter), Ok(Decoded::Last));
    assert_eq!(chunks, [CompletionChunk::Thinking("hm".into()), CompletionChunk::Text("hi".into())]);
    assert_eq!(decoder.finish(), Some(("m", StopReason::EndTurn)));
    assert_eq!((meter.usage().input_tokens, meter.usage().output_tokens), (9, 4));
}

#[test]
fn an_event_that_is_no_json_is_named_malformed() {
    assert!(matches!(decode("{\"type\":"), Err(Trouble::Malformed(_))));
    assert!(matches!(decode("[DONE]"), Err(Trouble::Malformed(_))));
}
