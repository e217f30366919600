//! Where the events of one call go while it lasts.
//!
//! The driver closes a call's sink when the call ends, so that a straggler (a host task still draining a pipe) cannot
//! write into the next step.

use crate::recorder::Recorder;
use async_trait::async_trait;
use orchestrator_core::{ErrorCode, EventKind, EventSink, Failure, NewEvent};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

/// Where one call's events go.
pub struct CallSink {
    recorder: Arc<Recorder>,
    fraction: AtomicU32,
    files_done: AtomicU32,
    closed: AtomicBool,
}

impl CallSink {
    /// Opens one for a call that begins.
    #[must_use]
    pub fn open(recorder: &Arc<Recorder>) -> Arc<Self> {
        Arc::new(Self {
            recorder: Arc::clone(recorder),
            fraction: AtomicU32::new(0.0_f32.to_bits()),
            files_done: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        })
    }

    /// Refuses everything from now on.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// A file is done: measured by the plan, so much of the step is. The longest step writes all files in one call of
    /// the host, where the agent cannot say how far it is.
    fn file_done(&self) {
        let planned =
            self.recorder.with_state(|state| state.plan.as_ref().map_or(0, |plan| plan.files.len()));
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
            self.file_done();
        }
        let fraction = f32::from_bits(self.fraction.load(Ordering::Relaxed));
        Ok(self.recorder.record_at(event, fraction).await?)
    }

    /// Taken also from a call that is over: what it cost is not less true for that.
    fn post(&self, event: NewEvent) {
        self.recorder.post(event);
    }

    fn progress(&self, fraction: f32) {
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { return };
        // For floats that are not negative, the order of the bits is the order of the numbers.
        self.fraction.fetch_max(fraction.to_bits(), Ordering::Relaxed);
    }
}
