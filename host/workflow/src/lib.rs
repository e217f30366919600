//! Workflows: what they are, and how a run goes through one.
//!
//! The heart is a pure state machine. [`state::RunState`] is the fold of a run's events; [`machine::next`] says what
//! to do in a state; the functions beside it say which event follows from what came of it. Nothing in there waits,
//! reads a clock or calls a plugin, so every path (retry, loop, skip, exhaustion) is tested without a sandbox.
//!
//! [`driver`] is the only part that acts: it performs the machine's actions one by one, appends what came of them
//! through the [`recorder`], and so moves the state. Since the state comes from nothing but events, a run read back
//! from the journal is in the same state as the run that wrote them.

pub mod builtin;
pub mod call_sink;
pub mod driver;
pub mod evidence;
pub mod kept;
pub mod machine;
pub mod progress;
pub mod recorder;
pub mod retry;
pub mod state;
mod told;
pub mod validate;

pub use driver::{CallFailure, Performer, StepCall, StepOutcome};
pub use kept::ReadStateError;
pub use recorder::Recorder;
pub use state::RunState;
pub use validate::{Known, Violation, validate};
