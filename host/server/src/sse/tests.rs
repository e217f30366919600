use super::*;
use futures::StreamExt;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Batches that a test hands in.
struct Scripted(mpsc::UnboundedReceiver<io::Result<Vec<StoredEvent>>>);

impl Batches for Scripted {
    async fn next_batch(&mut self) -> io::Result<Option<Bytes>> {
        Ok(self.0.recv().await.transpose()?.map(|events| of_run(&events)))
    }

    async fn next_committed(&mut self) -> io::Result<Option<Bytes>> {
        Ok(self.0.try_recv().ok().transpose()?.map(|events| of_run(&events)))
    }

    fn name(&self) -> String {
        "a script".into()
    }
}

fn stored(seq: u64, message: &str) -> StoredEvent {
    let json = serde_json::json!({ "message": message, "seq": seq }).to_string();
    StoredEvent { seq, json: Arc::from(json), terminal: false }
}

type Sender = mpsc::UnboundedSender<io::Result<Vec<StoredEvent>>>;

fn open(stopping: &CancellationToken) -> (Sender, impl Stream<Item = io::Result<Bytes>> + Unpin) {
    let (send, receive) = mpsc::unbounded_channel();
    let every = Duration::from_secs(15);
    let body = body(Scripted(receive), every, stopping.clone());
    (send, Box::pin(body))
}

async fn text(body: &mut (impl Stream<Item = io::Result<Bytes>> + Unpin)) -> Option<String> {
    let bytes = body.next().await?.unwrap();
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn each_event_is_an_id_and_one_line_of_data() {
    let frame = of_run(&[stored(7, "first"), stored(8, "second")]);
    insta::assert_snapshot!(std::str::from_utf8(&frame).unwrap(), @r#"
    id: 7
    data: {"message":"first","seq":7}

    id: 8
    data: {"message":"second","seq":8}

    "#);
}

#[test]
fn what_ends_a_line_for_some_readers_goes_out_as_an_escape() {
    for end in ['\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{1c}', '\u{1e}'] {
        let message = format!("ä{end}{end}b\\{end}é");
        let frame = of_run(&[stored(1, &message)]);
        let text = std::str::from_utf8(&frame).unwrap();
        assert!(!text.contains(end), "{text:?}");
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
        let event: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(event["message"], message);
    }
}

#[test]
fn text_that_looks_like_framing_stays_inside_its_event() {
    let hostile = "x\n\ndata: {}\r\nid: 99\r\u{2028}event: error";
    let frame = of_run(&[stored(1, hostile)]);
    let text = std::str::from_utf8(&frame).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(!text.contains('\r'));
    let data = text.lines().nth(1).unwrap().strip_prefix("data: ").unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(data).unwrap()["message"], hostile);
}

#[tokio::test]
async fn a_batch_is_one_frame_and_the_stream_ends_with_its_source() {
    let stop = CancellationToken::new();
    let (send, mut body) = open(&stop);
    send.send(Ok((1..=100).map(|seq| stored(seq, "")).collect())).unwrap();
    drop(send);
    assert_eq!(text(&mut body).await.unwrap(), "retry: 2000\n");
    assert_eq!(text(&mut body).await.unwrap().matches("data: ").count(), 100);
    assert_eq!(text(&mut body).await, None);
}

#[tokio::test(start_paused = true)]
async fn silence_is_filled_with_comments_and_events_restart_the_clock() {
    let stop = CancellationToken::new();
    let (send, mut body) = open(&stop);
    text(&mut body).await;
    let start = tokio::time::Instant::now();
    for seconds in [15, 30] {
        assert_eq!(text(&mut body).await.unwrap(), ": ping\n");
        assert_eq!(start.elapsed().as_secs(), seconds);
    }
    tokio::time::advance(Duration::from_secs(10)).await;
    send.send(Ok(vec![stored(1, "")])).unwrap();
    assert!(text(&mut body).await.unwrap().starts_with("id: 1\n"));
    assert_eq!(text(&mut body).await.unwrap(), ": ping\n");
    assert_eq!(start.elapsed().as_secs(), 55);
}

#[tokio::test]
async fn a_failing_source_breaks_the_stream_off_instead_of_ending_it() {
    let stop = CancellationToken::new();
    let (send, mut body) = open(&stop);
    send.send(Err(io::Error::other("the disk is gone"))).unwrap();
    text(&mut body).await;
    assert!(body.next().await.unwrap().is_err());
    assert!(body.next().await.is_none());
}

#[tokio::test]
async fn a_stop_ends_the_stream_after_what_is_there() {
    let stopping = CancellationToken::new();
    let (send, mut body) = open(&stopping);
    text(&mut body).await;
    send.send(Ok(vec![stored(1, "the last")])).unwrap();
    stopping.cancel();
    assert!(text(&mut body).await.unwrap().contains("the last"));
    assert_eq!(text(&mut body).await, None);
}

/// Has batches, and takes a moment to hand one out to those who would wait for more.
struct Slow(u64);

impl Batches for Slow {
    async fn next_batch(&mut self) -> io::Result<Option<Bytes>> {
        tokio::task::yield_now().await;
        match self.next_committed().await? {
            Some(batch) => Ok(Some(batch)),
            None => std::future::pending().await,
        }
    }

    async fn next_committed(&mut self) -> io::Result<Option<Bytes>> {
        tokio::task::yield_now().await;
        self.0 = self.0.saturating_sub(1);
        Ok((self.0 > 0).then(|| of_run(&[stored(self.0, "")])))
    }

    fn name(&self) -> String {
        "something slow".into()
    }
}

#[tokio::test]
async fn what_is_committed_goes_out_before_a_stop_ends_the_stream_however_long_it_takes_to_be_read() {
    let stopping = CancellationToken::new();
    stopping.cancel();
    let body = body(Slow(4), Duration::from_secs(15), stopping);
    let pieces: Vec<_> = Box::pin(body).map(Result::unwrap).collect().await;
    let ids: Vec<_> =
        pieces[1..].iter().map(|piece| std::str::from_utf8(piece).unwrap()[..6].to_owned()).collect();
    assert_eq!(ids, ["id: 3\n", "id: 2\n", "id: 1\n"]);
}
