//! The small rooms: capabilities that need no crate of their own because they only hand out what the call was given.
//!
//! Each has the shape of the larger ones (`model`, `edits`, `workspace`, `command`): state for one call, a view of it,
//! and the interface implemented on the view.

pub(crate) mod cancellation;
pub(crate) mod events;
pub(crate) mod execution_context;
pub(crate) mod log;
pub(crate) mod pipes;
pub(crate) mod rate;
pub(crate) mod settings;
