//! A run's events as a stream, for programs that use the library.

use crate::error::RunError;
use futures::Stream;
use orchestrator_core::{Event, RunId};
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
            (subscription, VecDeque::new()),
            |(mut subscription, mut batch)| async move {
                loop {
                    if let Some(event) = batch.pop_front() {
                        return parse(&event).map(|event| Some((event, (subscription, batch))));
                    }
                    match subscription.next_batch().await {
                        Ok(None) => return Ok(None),
                        Ok(Some(next)) => batch = VecDeque::from(next),
                        Err(error) => return Err(RunError::Internal(error.to_string())),
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

fn parse(event: &StoredEvent) -> Result<Event, RunError> {
    serde_json::from_str(&event.json).map_err(|error| {
        RunError::Internal(format!("event {} of the journal is damaged: {error}", event.seq))
    })
}

impl Stream for EventStream {
    type Item = Result<Event, RunError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.as_mut().poll_next(context)
    }
}
