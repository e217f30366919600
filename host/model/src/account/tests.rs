use super::*;
use orchestrator_core::StopReason;

/// Collects events.
#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<NewEvent>>);

impl Events {
    pub(crate) fn taken(&self) -> Vec<NewEvent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    pub(crate) fn usages(&self) -> Vec<Usage> {
        let usage = |event: NewEvent| match event.kind {
            EventKind::Status(Status::ModelUsed { usage, .. }) => Some(usage),
            _ => None,
        };
        self.taken().into_iter().filter_map(usage).collect()
    }
}

#[async_trait]
impl EventSink for Events {
    async fn emit(&self, event: NewEvent) -> Result<(), Failure> {
        self.0.lock().unwrap().push(event);
        Ok(())
    }

    fn post(&self, event: NewEvent) {
        self.0.lock().unwrap().push(event);
    }

    fn progress(&self, _: f32) {}
}

/// Gives these results, then the end.
pub(crate) struct Canned {
    results: std::vec::IntoIter<Result<CompletionChunk, Failure>>,
    end: CompletionEnd,
    ended: bool,
}

impl Canned {
    pub(crate) fn new(results: Vec<Result<CompletionChunk, Failure>>) -> Self {
        let usage = Usage { input_tokens: 10, cached_input_tokens: 4, output_tokens: 3 };
        let end = CompletionEnd { model: "m-1".into(), stop_reason: StopReason::EndTurn, usage };
        Self { results: results.into_iter(), end, ended: false }
    }
}

#[async_trait]
impl CompletionStream for Canned {
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure> {
        let next = self.results.next().transpose()?;
        self.ended = next.is_none();
        Ok(next)
    }

    fn end(&self) -> Option<&CompletionEnd> {
        self.ended.then_some(&self.end)
    }
}

fn accounted(results: Vec<Result<CompletionChunk, Failure>>, meter: &Meter) -> (Accounted, Arc<Events>) {
    let events = Arc::new(Events::default());
    let stream = Box::new(Canned::new(results));
    let debt = Debt::new(meter.clone(), events.clone(), "m-1".into(), None);
    (Accounted::new(stream, debt), events)
}

fn text(text: &str) -> Result<CompletionChunk, Failure> {
    Ok(CompletionChunk::Text(text.into()))
}

#[tokio::test]
async fn a_whole_answer_is_told_once_with_the_reported_tokens() {
    let (mut stream, events) = accounted(vec![text("a")], &Meter::default());
    while stream.next().await.unwrap().is_some() {}
    assert_eq!(stream.next().await.unwrap(), None);
    drop(stream);
    let taken = events.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].message, "m-1 answered: 10 tokens sent, 3 received");
}

#[tokio::test]
async fn an_answer_that_broke_off_is_told_with_what_was_known_until_then() {
    let meter = Meter::default();
    let broken = Err(Failure::new(ErrorCode::Unavailable, "broke off"));
    let (mut stream, events) = accounted(vec![text("a"), broken], &meter);
    meter.input(500, 0);
    meter.received(9);
    stream.next().await.unwrap();
    assert_eq!(stream.next().await.unwrap_err().code, ErrorCode::Unavailable);
    let taken = events.taken();
    assert_eq!(taken[0].message, "m-1 was left before its end: about 500 tokens sent, about 3 received");
}

#[tokio::test]
async fn a_reader_that_lets_go_pays_for_what_it_read_and_a_free_answer_makes_no_noise() {
    let meter = Meter::default();
    let (stream, free) = accounted(vec![text("a")], &meter);
    drop(stream);
    let (stream, events) = accounted(vec![text("a"), text("b")], &meter);
    meter.sent(8);
    drop(stream);
    assert_eq!(free.usages(), []);
    assert_eq!(events.usages(), [Usage { input_tokens: 2, ..Usage::default() }]);
}

#[test]
fn a_request_that_nobody_answered_yet_is_paid_for_and_one_that_was_refused_is_not() {
    let (meter, events) = (Meter::default(), Arc::new(Events::default()));
    let debt = Debt::new(meter.clone(), events.clone(), "m-1".into(), None);
    meter.sent(8);
    drop(debt);
    assert_eq!(events.usages(), [Usage { input_tokens: 2, ..Usage::default() }]);
    let debt = Debt::new(meter.clone(), events.clone(), "m-1".into(), None);
    meter.refused();
    drop(debt);
    assert_eq!(events.usages(), []);
}

#[tokio::test]
async fn a_service_that_never_stops_is_cut_at_the_limit() {
    let piece = "x".repeat(ANSWER_MAX / 2);
    let (mut stream, _) = accounted(vec![text(&piece), text(&piece), text("y")], &Meter::default());
    assert!(stream.next().await.is_ok() && stream.next().await.is_ok());
    assert_eq!(stream.next().await.unwrap_err().code, ErrorCode::LimitExceeded);
}

#[test]
fn reported_tokens_take_the_place_of_estimates_and_stay() {
    let meter = Meter::default();
    meter.sent(400);
    meter.received(10);
    assert_eq!(meter.usage(), Usage { input_tokens: 100, cached_input_tokens: 0, output_tokens: 3 });
    assert!(meter.is_estimated());
    meter.input(90, 40);
    meter.output(5);
    meter.received(1000);
    assert_eq!(meter.usage(), Usage { input_tokens: 90, cached_input_tokens: 40, output_tokens: 5 });
    assert!(!meter.is_estimated());
}
