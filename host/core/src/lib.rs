//! The nouns of Dynamic Orchestrator, and nothing that touches the outside world.
//!
//! Every other crate speaks in these types, so a word means the same thing in the API, in the journal, in the
//! plugin contract and in the code. The traits in [`capability`] are the seams between the capabilities that a
//! plugin may use and the run they serve; their implementations live elsewhere.

pub mod access;
pub mod agent;
pub mod capability;
mod chance;
pub mod context;
mod denials;
pub mod digest;
mod effort;
pub mod error;
pub mod event;
pub mod hex;
pub mod ids;
pub mod isolation;
mod once;
pub mod path;
mod permission;
pub mod run;
mod standing;
mod time;
pub mod workflow;

pub use access::{Actor, Role};
pub use agent::{AgentDescription, AgentSettings, ConditionDescription, Grant};
pub use capability::{
    CallOrigin, CompletionChunk, CompletionEnd, CompletionStream, EventSink, NewEvent, OpenCompletion,
};
pub use chance::{Chance, NoChance};
pub use context::{
    CommandOutcome, ExecutionContext, FileChange, FileChangeKind, LimitReached, NetworkUse, Plan,
    PlannedFile, StepOutput, TestCounts,
};
pub use denials::Denials;
pub use digest::{Digest, DigestError};
pub use effort::{Effort, UnknownEffort};
pub use error::{ErrorCode, Failure, Fault, RETRY_AFTER_MAX};
pub use event::{
    CommandEvent, CompleteEvent, ErrorEvent, Event, EventKind, FileComplete, FileContent, FileOperation,
    Status, Thinking,
};
pub use ids::{AgentType, IdError, ProjectId, RunId, StepName, TokenName, WorkflowName};
pub use isolation::{Confinement, Isolation};
pub use once::{IdempotencyKey, KEY_MAX, KeyError, Once};
pub use path::{PathError, RelativePath};
pub use permission::{Permission, Permissions, UnknownPermission};
pub use run::{IfBusy, RunRequest, RunStatus, StopReason, Usage};
pub use standing::Standing;
pub use time::Timestamp;
pub use workflow::{ConditionRef, LoopBack, OnExhausted, Step, Workflow};
