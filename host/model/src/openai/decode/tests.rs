use super::*;
use orchestrator_core::Usage;

struct Read {
    decoder: OpenAiDecoder,
    chunks: VecDeque<CompletionChunk>,
    meter: Meter,
}

fn read(events: &[&str]) -> Result<Read, Trouble> {
    let mut read =
        Read { decoder: OpenAiDecoder::default(), chunks: VecDeque::new(), meter: Meter::default() };
    for data in events {
        read.decoder.decode(data, &mut read.chunks, &read.meter)?;
    }
    Ok(read)
}

#[test]
fn both_names_of_reasoning_are_thinking_and_unknown_fields_are_passed_over() {
    let read = read(&[
        r#"{"choices":[{"delta":{"reasoning_content":"a","annotations":[]}}],"service_tier":"x"}"#,
        r#"{"choices":[{"delta":{"reasoning":"b","reasoning_content":null,"content":"c"}}]}"#,
        r#"{"object":"something.new"}"#,
    ])
    .unwrap();
    let thinking = |text: &str| CompletionChunk::Thinking(text.into());
    assert_eq!(read.chunks, [thinking("a"), thinking("b"), CompletionChunk::Text("c".into())]);
}

#[test]
fn content_in_parts_is_read_and_other_parts_are_passed_over() {
    let parts = r#"[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true},
        {"type":"reference","reference_ids":[1]},{"type":"text","text":"a"},{"type":"text","text":""}]"#;
    let read = read(&[&format!(r#"{{"choices":[{{"delta":{{"content":{parts}}}}}]}}"#)]).unwrap();
    assert_eq!(read.chunks, [CompletionChunk::Thinking("hm".into()), CompletionChunk::Text("a".into())]);
}

#[test]
fn an_answer_that_was_not_streamed_is_one_chunk() {
    let whole = r#"{"model":"m","choices":[{"message":{"role":"assistant","content":"hi","reasoning":"hm"},
        "finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#;
    let read = read(&[whole]).unwrap();
    assert_eq!(read.chunks, [CompletionChunk::Thinking("hm".into()), CompletionChunk::Text("hi".into())]);
    assert_eq!(read.decoder.finish(), Some(("m", StopReason::EndTurn)));
    assert_eq!(read.meter.usage().output_tokens, 4);
}

#[test]
fn usage_is_read_beside_no_choices_whichever_way_a_server_says_none() {
    for choices in ["[]", "null"] {
        let usage =
            r#"{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":3}}"#;
        let read = read(&[&format!(r#"{{"choices":{choices},"usage":{usage}}}"#)]);
        let read = read.unwrap();
        let usage = Usage { input_tokens: 9, cached_input_tokens: 3, output_tokens: 4 };
        assert_eq!(read.meter.usage(), usage);
    }
}

#[test]
fn done_without_a_finish_reason_is_no_end() {
    let ended = |events: &[&str]| read(events).ok().and_then(|read| Some(read.decoder.finish()?.1));
    assert_eq!(ended(&[r#"{"choices":[{"delta":{"content":"a"}}]}"#, "[DONE]"]), None);
    assert_eq!(ended(&[r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#]), Some(StopReason::EndTurn));
    assert_eq!(ended(&[r#"{"choices":[{"finish_reason":"length"}]}"#]), Some(StopReason::MaxTokens));
    assert_eq!(ended(&[r#"{"choices":[{"finish_reason":"content_filter"}]}"#]), Some(StopReason::Refusal));
}

#[test]
fn a_refusal_in_words_is_a_refusal() {
    let read = read(&[r#"{"choices":[{"delta":{"refusal":"I cannot"},"finish_reason":"stop"}]}"#]);
    let read = read.unwrap();
    assert_eq!(read.decoder.finish(), Some(("", StopReason::Refusal)));
    assert_eq!(read.chunks, [CompletionChunk::Text("I cannot".into())]);
}

#[test]
fn errors_tools_and_garbage_end_the_answer() {
    assert_eq!(read(&[r#"{"error":{"message":"busy"}}"#]).err(), Some(Trouble::Reported));
    let tools = r#"{"choices":[{"finish_reason":"tool_calls"}]}"#;
    assert_eq!(read(&[tools]).err(), Some(Trouble::Stop("tool_calls".into())));
    assert!(matches!(read(&["<html>"]).err(), Some(Trouble::Malformed(_))));
}

#[test]
fn thinking_between_tags_is_no_text_and_what_is_held_back_comes_at_the_end() {
    let piece = |text: &str| format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}}}}]}}"#);
    let finish = r#"{"choices":[{"finish_reason":"stop"}]}"#;
    let thinking = |text: &str| CompletionChunk::Thinking(text.into());
    let whole = read(&[&piece("<thi"), &piece("nk>hm</"), &piece("think>\\n\\na"), finish]).unwrap();
    assert_eq!(whole.chunks, [thinking("hm"), CompletionChunk::Text("a".into())]);
    let short = read(&[&piece("<th"), finish]).unwrap();
    assert_eq!(short.chunks, [CompletionChunk::Text("<th".into())]);
}

#[test]
fn counts_that_are_none_cost_no_answer_and_a_choice_may_hold_them() {
    for usage in [
        r#"{"prompt_tokens":-1,"completion_tokens":-35,"prompt_tokens_details":[]}"#,
        r#"{"prompt_tokens":9.5,"completion_tokens":"many","prompt_tokens_details":{"cached_tokens":-1}}"#,
        r#""none""#,
        "[]",
    ] {
        let read = read(&[&format!(r#"{{"choices":[],"usage":{usage}}}"#)]).unwrap();
        assert_eq!(read.meter.usage(), Usage::default(), "{usage}");
    }
    let inside =
        r#"{"choices":[{"finish_reason":"stop","usage":{"prompt_tokens":9,"completion_tokens":4}}]}"#;
    let usage = read(&[inside]).unwrap().meter.usage();
    assert_eq!((usage.input_tokens, usage.output_tokens), (9, 4));
}

#[test]
fn an_end_in_other_words_is_an_end_and_a_failure_is_none() {
    let ended = |content: &str, reason: &str| {
        let data =
            format!(r#"{{"choices":[{{"delta":{{"content":"{content}"}},"finish_reason":"{reason}"}}]}}"#);
        read(&[&data]).map(|read| read.decoder.finish().unwrap().1)
    };
    for reason in ["end", "eos", "eos_token", "end_turn", "stop_sequence"] {
        assert_eq!(ended("", reason).unwrap(), StopReason::EndTurn, "{reason}");
    }
    assert_eq!(ended("a", "brand_new").unwrap(), StopReason::EndTurn);
    assert_eq!(ended(" ", "brand_new").err(), Some(Trouble::Stop("brand_new".into())));
    for reason in ["network_error", "ABORT", "insufficient_system_resource", "timeout"] {
        assert_eq!(ended("a", reason).err(), Some(Trouble::Stop(reason.into())), "{reason}");
    }
}
