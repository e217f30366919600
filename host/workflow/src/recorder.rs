//! The one pen that writes a run's journal.
//!
//! Everything that happens in a run (the driver's steps, a guest's words, a command's output) passes through
//! [`Recorder::record`]. There it gets the step, the agent and the progress it belongs to, goes into line for the
//! journal, and is folded into the run's state, under one lock: journal order and state order are the same order.
//!
//! The driver writes between calls. A file that a call began and neither completed nor gave up (the call failed, timed
//! out or was dropped in the middle of it; the program was killed) is given up before the driver's next event, so that
//! whoever watches never keeps half a file on the screen.
//!
//! A call writes through a [`CallSink`]. The driver closes it when the call ends, so that a straggler (a host task
//! still draining a pipe) cannot write into the next step.

use crate::{
    kept::KEEP_EVERY,
    machine,
    state::{Phase, RunState},
};
use async_trait::async_trait;
use orchestrator_core::{
    AgentType, ErrorCode, Event, EventKind, EventSink, Failure, FileOperation, NewEvent, RunId,
    event::FileOperationStatus,
};
use orchestrator_journal::{EventParts, JournalError, RunWriter};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};
use tokio::sync::Mutex;

/// Writes one run's events and holds their fold.
pub struct Recorder {
    inner: Mutex<Inner>,
    run_id: RunId,
}

struct Inner {
    writer: RunWriter,
    state: RunState,
}

impl Recorder {
    /// Begins a run: writes its acceptance.
    ///
    /// # Errors
    /// When the journal cannot be written, or `accepted` is not an acceptance.
    pub async fn begin(writer: RunWriter, run_id: RunId, accepted: NewEvent) -> Result<Arc<Self>, Failure> {
        let event = append(&writer, run_id, accepted, Place::default(), 0).await?;
        let state =
            RunState::begin(&event).map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
        Ok(Arc::new(Self { inner: Mutex::new(Inner { writer, state }), run_id }))
    }

    /// Takes up a run whose events were read back.
    #[must_use]
    pub fn resume(writer: RunWriter, state: RunState) -> Arc<Self> {
        let run_id = state.run_id;
        Arc::new(Self { inner: Mutex::new(Inner { writer, state }), run_id })
    }

    /// The run.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run_id
    }

    /// Writes one event of the driver, after the end of whatever a call left unfinished. Its place is the step at hand.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn record(&self, event: NewEvent) -> Result<(), Failure> {
        let mut inner = self.inner.lock().await;
        for operation in inner.state.unfinished.clone() {
            self.write(&mut inner, given_up(operation), 0.0).await?;
        }
        self.write(&mut inner, event, 0.0).await
    }

    async fn record_at(&self, event: NewEvent, fraction: f32) -> Result<(), Failure> {
        let mut inner = self.inner.lock().await;
        self.write(&mut inner, event, fraction).await
    }

    async fn write(&self, inner: &mut Inner, event: NewEvent, fraction: f32) -> Result<(), Failure> {
        let progress = machine::progress_of(&inner.state, &event.kind, fraction);
        let place = Place::of(&inner.state, &event.kind);
        let event = append(&inner.writer, self.run_id, event, place, progress).await?;
        inner.state.apply(&event);
        if inner.state.is_over() || event.seq % KEEP_EVERY == 0 {
            keep(inner).await;
        }
        Ok(())
    }

    /// Looks at the state.
    pub async fn with_state<T>(&self, look: impl FnOnce(&RunState) -> T) -> T {
        look(&self.inner.lock().await.state)
    }

    /// Waits until everything written so far is stored.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn flush(&self) -> Result<(), Failure> {
        let inner = self.inner.lock().await;
        inner.writer.flush().await.map_err(unwritable)
    }

    /// Where a call's events go while it lasts.
    #[must_use]
    pub fn call_sink(self: &Arc<Self>) -> Arc<CallSink> {
        Arc::new(CallSink {
            recorder: Arc::clone(self),
            fraction: AtomicU32::new(0.0_f32.to_bits()),
            files_done: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        })
    }
}

/// Keeps the state beside the events, for those who ask once the run is over. It can be made again from these.
async fn keep(inner: &Inner) {
    let kept = match inner.state.keep() {
        Ok(state) => inner.writer.keep_state(state).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = kept {
        tracing::warn!(run_id = %inner.state.run_id, error, "the state of a run could not be kept");
    }
}

/// Takes back what was shown of a file whose call is over.
fn given_up(operation: FileOperation) -> NewEvent {
    let message = format!("{} is given up: the call ended before it was done", operation.path);
    let operation = FileOperation { status: FileOperationStatus::Discarded, inferred: false, ..operation };
    NewEvent::new(EventKind::FileOperation(operation), message)
}

/// The step and agent that an event belongs to.
#[derive(Default)]
struct Place {
    step: Option<u32>,
    step_name: Option<String>,
    agent: Option<AgentType>,
}

impl Place {
    fn of(state: &RunState, kind: &EventKind) -> Self {
        let outside = matches!(state.phase, Phase::NotStarted | Phase::Queued)
            || matches!(kind, EventKind::Complete(_));
        match state.step() {
            Some(step) if !outside => Self {
                step: u32::try_from(state.position + 1).ok(),
                step_name: Some(step.name.clone()),
                agent: Some(step.agent_type.clone()),
            },
            _ => Self::default(),
        }
    }
}

async fn append(
    writer: &RunWriter,
    run_id: RunId,
    event: NewEvent,
    place: Place,
    progress: u8,
) -> Result<Event, Failure> {
    let NewEvent { kind, message } = event;
    let Place { step, step_name, agent } = place;
    let parts = EventParts { kind, message, step, step_name, agent, progress };
    writer.append(parts).await.map_err(unwritable).inspect_err(|error| {
        tracing::error!(%run_id, %error, "an event could not be written");
    })
}

fn unwritable(error: JournalError) -> Failure {
    Failure::new(ErrorCode::Internal, format!("writing the run's journal: {error}"))
}

/// Where one call's events go.
pub struct CallSink {
    recorder: Arc<Recorder>,
    fraction: AtomicU32,
    files_done: AtomicU32,
    closed: AtomicBool,
}

impl CallSink {
    /// Refuses everything from now on.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// A file is done: measured by the plan, so much of the step is. The longest step writes all files in one call of
    /// the host, where the agent cannot say how far it is.
    async fn file_done(&self) {
        let planned =
            self.recorder.with_state(|state| state.plan.as_ref().map_or(0, |plan| plan.files.len())).await;
        let done = self.files_done.fetch_add(1, Ordering::Relaxed) + 1;
        if planned > 0 {
            self.progress(done as f32 / planned as f32);
        }
    }
}

#[async_trait]
impl EventSink for CallSink {
    async fn emit(&self, event: NewEvent) -> Result<(), Failure> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Failure::new(
                ErrorCode::Cancelled,
                "the call is over; its events are no longer taken",
            ));
        }
        if matches!(event.kind, EventKind::FileComplete(_)) {
            self.file_done().await;
        }
        self.recorder.record_at(event, f32::from_bits(self.fraction.load(Ordering::Relaxed))).await
    }

    fn progress(&self, fraction: f32) {
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { return };
        // For floats that are not negative, the order of the bits is the order of the numbers.
        self.fraction.fetch_max(fraction.to_bits(), Ordering::Relaxed);
    }
}
