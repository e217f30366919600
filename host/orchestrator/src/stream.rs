//! A run's events as a stream, for programs that use the library.

use crate::error::RunError;
use futures::Stream;
use orchestrator_core::{Event, RunId, Timestamp};
use orchestrator_journal::{StoredEvent, Subscription};
use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

/// The events of one run, in order, ending after the terminal one.
pub struct EventStream {
    run_id: RunId,
    events: Pin<Box<dyn Stream<Item = Result<Event, RunError>> + Send>>,
}

impl EventStream {
    pub(crate) fn new(run_id: RunId, subscription: Subscription) -> Self {
        let events = futures::stream::try_unfold(
            (subscription, VecDeque::new(), None),
            move |(mut subscription, mut batch, mut before)| async move {
                loop {
                    if let Some(event) = batch.pop_front() {
                        let event = parse(run_id, &event, &mut before);
                        return Ok(Some((event, (subscription, batch, before))));
                    }
                    match subscription.next_batch().await {
                        Ok(None) => return Ok(None),
                        Ok(Some(next)) => batch = VecDeque::from(next),
                        Err(error) => return Err(RunError::Internal(error.into())),
                    }
                }
            },
        );
        Self { run_id, events: Box::pin(events) }
    }

    /// The run.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run_id
    }
}

/// An event that cannot be read is told as one of status `damaged`, as the journal does, and the rest follows.
fn parse(run_id: RunId, stored: &StoredEvent, before: &mut Option<(u8, Timestamp)>) -> Event {
    let event = serde_json::from_str(&stored.json).unwrap_or_else(|error| {
        let (progress, time) = before.unwrap_or((0, Timestamp::UNIX_EPOCH));
        Event::lost(run_id, stored.seq, stored.seq, &error, progress, time)
    });
    *before = Some((event.progress, event.time));
    event
}

impl Stream for EventStream {
    type Item = Result<Event, RunError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.as_mut().poll_next(context)
    }
}
