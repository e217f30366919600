//! Gathers small pieces of text into events.
//!
//! A model sends a few characters at a time, and an event has a price in the journal and on the wire. So a piece waits
//! for more, until there is enough to be worth an event, or it has waited as long as an eye does not notice. Any other
//! event sends it off first, so that the order is kept.

use orchestrator_core::{EventSink, Failure, NewEvent, RelativePath};
use orchestrator_workspace::{announce, announce::Told};
use std::{future::pending, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Bytes of text that are worth an event.
const FLUSH_BYTES: usize = 1024;
/// How long a piece of text waits for more.
const FLUSH_AFTER: Duration = Duration::from_millis(50);

/// Where a gathered text goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Channel {
    Thinking,
    File(RelativePath),
}

/// Gathers small pieces into events.
pub(super) struct Outbox {
    events: Arc<dyn EventSink>,
    stream_output: bool,
    pending: Option<Pending>,
}

struct Pending {
    channel: Channel,
    text: String,
    since: Instant,
}

impl Outbox {
    pub(super) fn new(events: Arc<dyn EventSink>, stream_output: bool) -> Self {
        Self { events, stream_output, pending: None }
    }

    /// Whether the content of a file that came through here was told.
    pub(super) fn told(&self) -> Told {
        if self.stream_output { Told::Already } else { Told::NotYet }
    }

    /// For events that are not gathered. Whoever sends one flushes first.
    pub(super) fn events(&self) -> &dyn EventSink {
        &*self.events
    }

    pub(super) async fn add(&mut self, channel: Channel, text: &str) -> Result<(), Failure> {
        if channel != Channel::Thinking && !self.stream_output {
            return Ok(());
        }
        if self.pending.as_ref().is_some_and(|pending| pending.channel != channel) {
            self.flush().await?;
        }
        let since = Instant::now();
        let pending = self.pending.get_or_insert_with(|| Pending { channel, text: String::new(), since });
        pending.text.push_str(text);
        match pending.text.len() >= FLUSH_BYTES {
            true => self.flush().await,
            false => Ok(()),
        }
    }

    pub(super) async fn flush(&mut self) -> Result<(), Failure> {
        match self.pending.take() {
            None => Ok(()),
            Some(Pending { channel: Channel::File(path), text, .. }) => {
                announce::content(&*self.events, path.as_str(), &text).await
            }
            Some(Pending { channel: Channel::Thinking, text, .. }) => match NewEvent::reasoning(text) {
                Some(event) => self.events.emit(event).await,
                None => Ok(()),
            },
        }
    }

    /// Waits until what is gathered has waited long enough; for ever, when nothing is.
    pub(super) async fn due(&self) {
        match &self.pending {
            Some(pending) => tokio::time::sleep_until(pending.since + FLUSH_AFTER).await,
            None => pending().await,
        }
    }
}
