//! The one pen that writes a run's journal.
//!
//! Everything that happens in a run (the driver's steps, a guest's words, a command's output) passes through
//! [`Recorder::record`]. There it gets the step, the agent and the progress it belongs to, goes into line for the
//! journal, and is folded into the run's state, one after the other: journal order and state order are the same order.
//! Whoever looks at the state waits for none of it, nor for the disk.
//!
//! Somebody who cannot wait, such as a completion that is dropped with its call and has to say what it cost, posts an
//! event; it is written before the next one.
//!
//! The driver writes between calls. A file that a call began and neither completed nor gave up (the call failed, timed
//! out or was dropped in the middle of it; the program was killed) is given up before the driver's next event, so that
//! whoever watches never keeps half a file on the screen.
//!
//! A call writes through a sink of its own, see [`crate::call_sink`].

mod parts;

use crate::{kept::KEEP_EVERY, state::RunState, told::Line};
use orchestrator_core::{EventKind, FileOperation, NewEvent, RunId, event::FileOperationStatus};
use orchestrator_journal::{Ending, JournalError, KeptState, RunWriter, Subscription};
use parts::{of_acceptance, parts};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex as Lock, PoisonError},
};
use tokio::sync::{Mutex, MutexGuard};

/// Writes one run's events and holds their fold.
pub struct Recorder {
    writer: RunWriter,
    /// Held by whoever appends, until what was appended is folded.
    turn: Mutex<()>,
    state: Lock<RunState>,
    posted: Lock<VecDeque<NewEvent>>,
    run_id: RunId,
}

/// Whose turn it is to append.
type Turn<'a> = MutexGuard<'a, ()>;

impl Recorder {
    /// Begins a run: writes its acceptance.
    ///
    /// # Errors
    /// When the journal cannot be written, or `accepted` is not an acceptance.
    pub async fn begin(
        writer: RunWriter,
        run_id: RunId,
        accepted: NewEvent,
    ) -> Result<Arc<Self>, JournalError> {
        let event = writer.append(of_acceptance(accepted)).await?;
        let state = RunState::begin(&event).map_err(|error| JournalError::Unreadable {
            what: format!("the first event of run {run_id}"),
            detail: error.to_string(),
        })?;
        Ok(Self::resume(writer, state))
    }

    /// Takes up a run whose events were read back.
    #[must_use]
    pub fn resume(writer: RunWriter, state: RunState) -> Arc<Self> {
        let run_id = state.run_id;
        Arc::new(Self {
            writer,
            turn: Mutex::default(),
            state: Lock::new(state),
            posted: Lock::default(),
            run_id,
        })
    }

    /// The run.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run_id
    }

    /// Writes one event of the driver, after the end of whatever a call left unfinished. Its place is the step at hand.
    ///
    /// Boxed, because the task of a run has room for the largest future that it ever waits for, and nearly all the time it
    /// waits for a call, whose own is a third of this one.
    ///
    /// # Errors
    /// When the journal cannot be written, or takes no event of that size.
    pub fn record(&self, event: NewEvent) -> impl Future<Output = Result<(), JournalError>> + Send {
        Box::pin(async move {
            let turn = self.turn.lock().await;
            for operation in self.with_state(|state| state.unfinished.clone()) {
                self.write(&turn, given_up(operation), 0.0).await?;
            }
            self.write(&turn, event, 0.0).await
        })
    }

    /// Writes one event of a call, of whose step so much is done.
    pub(crate) async fn record_at(&self, event: NewEvent, fraction: f32) -> Result<(), JournalError> {
        let turn = self.turn.lock().await;
        self.write(&turn, event, fraction).await
    }

    async fn write(&self, _: &Turn<'_>, event: NewEvent, fraction: f32) -> Result<(), JournalError> {
        let mut event = Some(event);
        while event.is_some() {
            let slot = self.writer.reserve().await.inspect_err(|error| self.complain(error))?;
            // In line and folded under one lock: whoever reads the event finds the state that has it.
            let written = self.change(|state| {
                let Some(next) = self.next_posted().or_else(|| event.take()) else { return Ok((None, None)) };
                let event = slot.append(parts(state, next, fraction))?;
                state.apply(&event);
                let is_due = state.is_over() || event.seq % KEEP_EVERY == 0;
                Ok((is_due.then(|| kept(state)).flatten(), Line::of(state, &event)))
            });
            let (due, line) = written.inspect_err(|error| self.complain(error))?;
            line.iter().for_each(Line::write);
            if let Some(state) = due {
                self.keep(state).await;
            }
        }
        Ok(())
    }

    fn complain(&self, error: &JournalError) {
        tracing::error!(run_id = %self.run_id, %error, "an event could not be written");
    }

    /// Keeps the state beside the events, for those who ask later. It can be made again from these.
    async fn keep(&self, state: KeptState) {
        if let Err(error) = self.writer.keep_state(state).await {
            tracing::warn!(run_id = %self.run_id, %error, "the state of the run could not be kept");
        }
    }

    /// Leaves an event to be written before the next one.
    pub(crate) fn post(&self, event: NewEvent) {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).push_back(event);
    }

    fn next_posted(&self) -> Option<NewEvent> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Ends the run by `last`, which is told at once and written when there is room: see [`Ending`].
    ///
    /// # Errors
    /// When the run is over already, or an earlier event of it could not be stored.
    pub async fn end(&self, last: NewEvent) -> Result<Ending, JournalError> {
        let _turn = self.turn.lock().await;
        self.writer.flush().await?;
        let (ending, lines) = self.change(|state| {
            let posted = std::iter::from_fn(|| self.next_posted());
            let given_up = state.unfinished.iter().cloned().map(given_up);
            let events = posted.chain(given_up).chain([last]);
            let mut ending = self.writer.end(events.map(|event| parts(state, event, 0.0)).collect())?;
            let mut lines = Vec::new();
            for event in ending.events() {
                state.apply(event);
                lines.extend(Line::of(state, event));
            }
            if let Some(state) = kept(state) {
                ending.keep(state);
            }
            Ok::<_, JournalError>((ending, lines))
        })?;
        lines.iter().for_each(Line::write);
        Ok(ending)
    }

    /// Looks at the state. Nobody can write meanwhile.
    pub fn with_state<T>(&self, look: impl FnOnce(&RunState) -> T) -> T {
        self.change(|state| look(state))
    }

    fn change<T>(&self, change: impl FnOnce(&mut RunState) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Follows the run from the event after number `after` (0 for all of it).
    ///
    /// # Errors
    /// [`JournalError::UnknownEvent`] when the run has not come to that number.
    pub fn subscribe(&self, after: u64) -> Result<Subscription, JournalError> {
        self.writer.subscribe(after)
    }

    /// Waits until everything written so far is stored.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn flush(&self) -> Result<(), JournalError> {
        self.writer.flush().await
    }
}

fn kept(state: &RunState) -> Option<KeptState> {
    let kept = state.keep();
    kept.inspect_err(|error| {
        tracing::warn!(run_id = %state.run_id, %error, "the state of a run could not be kept");
    })
    .ok()
}

/// Takes back what was shown of a file whose call is over.
fn given_up(operation: FileOperation) -> NewEvent {
    let message = format!("{} is given up: the call ended before it was done", operation.path);
    let operation = FileOperation { status: FileOperationStatus::Discarded, inferred: false, ..operation };
    NewEvent::new(EventKind::FileOperation(operation), message)
}
