//! Where an answer begins and ends, whatever stands around it.

use crate::*;
use std::time::Instant;

/// The text of what one format answers with these bytes.
async fn of_bytes(kind: ProviderKind, raw: &str) -> (Vec<CompletionChunk>, Result<CompletionEnd, Failure>) {
    let fake = FakeProvider::queue([Answer::page(200, "text/event-stream", raw)]).await.unwrap();
    read(&*client(kind, &fake), request("sonnet")).await
}

const WHOLE: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n";

#[tokio::test]
async fn an_answer_that_is_whole_does_not_wait_for_the_connection_to_end() {
    for kind in KINDS {
        // The end itself, then what comes instead of `[DONE]` or `message_stop`.
        let end = match kind {
            ProviderKind::Anthropic => {
                "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
            }
            _ => "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        };
        let ended = || Answer::text("a").then_raw(end).without_ending();
        for answer in [ended().then_stall(), ended().then_cut(), ended().then_raw("data: garbage\n\n")] {
            let fake = FakeProvider::queue([answer]).await.unwrap();
            let begun = Instant::now();
            let (chunks, end) = read(&*client(kind, &fake), request("sonnet")).await;
            assert_eq!((chunks, end.unwrap().stop_reason), (vec![text("a")], StopReason::EndTurn));
            assert!(begun.elapsed() < Duration::from_secs(10));
        }
    }
}

#[tokio::test]
async fn signs_of_life_do_not_prolong_a_whole_answer() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 65536];
        let _ = socket.read(&mut request).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        socket.write_all(format!("{head}{WHOLE}").as_bytes()).await.unwrap();
        while socket.write_all(b": ping\n\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    });
    let openai = EndpointConfig { key: None, base_url: Some(url), base_url_from: None };
    let config = ModelConfig { kind: ProviderKind::OpenAi, openai, ..ModelConfig::default() };
    let (chunks, end) = read(&*provider(&config, &Chance::seeded(1)).unwrap(), request("sonnet")).await;
    assert_eq!((chunks, end.unwrap().stop_reason), (vec![text("a")], StopReason::EndTurn));
    server.await.unwrap();
}

#[tokio::test]
async fn thinking_between_tags_is_streamed_as_thinking() {
    let answer = Answer::chunks(["<th", "ink>\na draft", "</think", ">\n\n", "the answer"]);
    let fake = FakeProvider::queue([answer]).await.unwrap();
    let (chunks, end) = read(&*client(ProviderKind::OpenAi, &fake), request("sonnet")).await;
    end.unwrap();
    assert_eq!(chunks, [thinking("\na draft"), text("the answer")]);
}

#[tokio::test]
async fn any_line_end_and_a_mark_of_the_byte_order_are_read() {
    let empty = format!("data:\n\ndata: \n\n{WHOLE}");
    let marked = format!("\u{feff}{WHOLE}");
    for raw in [WHOLE.into(), marked, empty.clone(), empty.replace('\n', "\r"), empty.replace('\n', "\r\n")] {
        let (chunks, end) = of_bytes(ProviderKind::OpenAi, &raw).await;
        assert_eq!((chunks, end.unwrap().stop_reason), (vec![text("a")], StopReason::EndTurn), "{raw:?}");
    }
}

#[tokio::test]
async fn an_error_in_any_frame_is_judged_once_with_the_services_words() {
    let words = "the request exceeds the available context size";
    let error = format!("{{\"error\":{{\"code\":400,\"message\":\"{words}\"}}}}");
    let bare = format!("{{\"code\":400,\"message\":\"{words}\",\"type\":\"invalid_request_error\"}}");
    let frames = [
        format!("error: {bare}\n\ndata: [DONE]\n\n"),
        error.clone(),
        format!("{error}\ndata: [DONE]\n\n"),
        format!("event: error\ndata: {error}\n\n"),
        format!("event: error\ndata: {bare}\n\n"),
    ];
    for (kind, frame) in KINDS.into_iter().flat_map(|kind| frames.iter().map(move |frame| (kind, frame))) {
        let failure = of_bytes(kind, frame).await.1.unwrap_err();
        assert_eq!(failure.code, ErrorCode::LimitExceeded, "{kind:?} {frame}: {failure}");
        assert!(failure.message.contains(words), "{failure}");
    }
}

#[tokio::test]
async fn half_a_letter_is_joined_with_its_other_half_or_marked_as_lost() {
    let piece = |text: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    for (pieces, whole) in [
        (&["a\\ud83d", "\\ude00b"][..], "a😀ba"),
        (&["\\ud83d", "b", "\\ude00"], "\u{fffd}b\u{fffd}a"),
        (&["\\ud83d"], "\u{fffd}a"),
    ] {
        let raw = pieces.iter().map(|text| piece(text)).collect::<String>() + WHOLE;
        let (chunks, end) = of_bytes(ProviderKind::OpenAi, &raw).await;
        end.unwrap();
        let said = chunks.iter().map(|chunk| match chunk {
            CompletionChunk::Text(text) | CompletionChunk::Thinking(text) => text.as_str(),
        });
        assert_eq!(said.collect::<String>(), whole);
    }
}
