use super::*;
use futures::stream;
use proptest::prelude::*;

const IDLE: Duration = Duration::from_secs(90);

fn events(pieces: impl IntoIterator<Item = Vec<u8>>) -> Events {
    let pieces: Vec<_> = pieces.into_iter().map(|piece| Ok(Bytes::from(piece))).collect();
    Events::new(stream::iter(pieces).boxed())
}

async fn all(mut events: Events) -> Result<Vec<(String, String)>, Broken> {
    let mut seen = Vec::new();
    while let Some(event) = events.next(IDLE).await? {
        seen.push((event.name, event.data));
    }
    Ok(seen)
}

fn pair(name: &str, data: &str) -> (String, String) {
    (name.into(), data.into())
}

#[tokio::test]
async fn names_data_comments_and_unknown_fields_are_told_apart() {
    let text = ": hello\nevent: ping\ndata: {}\n\ndata:a\ndata: b\nid: 7\nnonsense\n\nevent: empty\n\ndata\r\n\r\ndata: \n\ndata:x\n\n";
    let seen = all(events([text.into()])).await.unwrap();
    assert_eq!(seen, [pair("ping", "{}"), pair("", "a\nb"), pair("", "x")]);
}

#[tokio::test]
async fn an_event_that_the_end_cuts_is_given_as_one_that_may_be_incomplete() {
    let mut events = events([b"data: a\n\ndata: b".to_vec()]);
    let cut = |event: Option<Event>| event.map(|event| (event.data, event.cut));
    assert_eq!(cut(events.next(IDLE).await.unwrap()), Some(("a".into(), false)));
    assert_eq!(cut(events.next(IDLE).await.unwrap()), Some(("b".into(), true)));
    assert_eq!(events.next(IDLE).await.unwrap(), None);
}

#[tokio::test]
async fn a_line_that_never_ends_is_refused_at_the_limit() {
    let endless = std::iter::repeat_n(vec![b'x'; 64 * 1024], 65);
    assert!(matches!(all(events(endless)).await, Err(Broken::TooLarge(_))));
    let many_lines =
        std::iter::repeat_n(b"data: ".iter().copied().chain([b'x'; 1024]).chain(*b"\n").collect(), 4200);
    assert!(matches!(all(events(many_lines)).await, Err(Broken::TooLarge(_))));
}

#[tokio::test]
async fn bytes_that_are_no_text_cost_a_letter_and_not_the_stream() {
    let seen = all(events([b"data: a\xe2\x82".to_vec(), b"b\n\ndata: c\n\n".to_vec()])).await.unwrap();
    assert_eq!(seen, [pair("", "a\u{fffd}b"), pair("", "c")]);
}

#[tokio::test]
async fn a_mark_of_the_byte_order_is_one_at_the_beginning_only() {
    for pieces in [vec![&b"\xef\xbb\xbfdata: a\n\n"[..]], vec![b"\xef", b"\xbb\xbf", b"data: a\n\n"]] {
        let seen = all(events(pieces.into_iter().map(<[u8]>::to_vec))).await.unwrap();
        assert_eq!(seen, [pair("", "a")]);
    }
    let later = "\u{feff}\u{feff}data: a\n\ndata: \u{feff}b\n\n";
    assert_eq!(all(events([later.into()])).await.unwrap(), [pair("", "\u{feff}b")]);
}

#[tokio::test]
async fn errors_without_the_frame_of_an_event_are_events() {
    let text = "error: {\"code\":400}\n\n{\"error\":{}}\n{not json\n\ndata: a\n\n{\"last\":1}";
    let expected = [
        pair("error", "{\"code\":400}"),
        pair("", "{\"error\":{}}"),
        pair("", "a"),
        pair("", "{\"last\":1}"),
    ];
    assert_eq!(all(events([text.into()])).await.unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_stall_and_a_comment_is_a_sign_of_life() {
    let line = |after: u64, text: &'static str| async move {
        tokio::time::sleep(Duration::from_secs(after)).await;
        Ok(Bytes::from_static(text.as_bytes()))
    };
    let alive = stream::iter([(80, ": still here\n"), (80, "data: a\n\n")])
        .then(move |(after, text)| line(after, text));
    let mut alive = Events::new(alive.boxed());
    assert_eq!(alive.next(IDLE).await.unwrap().unwrap().data, "a");
    let mut silent = Events::new(stream::pending().boxed());
    assert!(matches!(silent.next(IDLE).await, Err(Broken::Stalled(IDLE))));
}

proptest! {
    #[test]
    fn the_same_events_come_however_the_bytes_are_cut_and_the_lines_end(
        cuts in prop::collection::vec(0usize..80, 0..12),
        end in prop::sample::select(vec!["\n", "\r", "\r\n"]),
    ) {
        let text = "event: a\ndata: häß\n\n: note\ndata: 1\ndata: 2\n\n".replace('\n', end);
        let text = text.as_bytes();
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|cut| text[cut[0]..cut[1]].to_vec());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let seen = runtime.block_on(all(events(pieces.collect::<Vec<_>>()))).unwrap();
        prop_assert_eq!(seen, [pair("a", "häß"), pair("", "1\n2")]);
    }
}
