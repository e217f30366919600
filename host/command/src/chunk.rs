//! Output on its way from a program to whoever reads it.

use orchestrator_core::event::OutputStream;
use tokio::sync::OwnedSemaphorePermit;

/// Something that a program printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputChunk {
    /// Where it printed.
    pub stream: OutputStream,
    /// What it printed, at most 4 KiB.
    pub text: String,
}

/// Output on its way to the reader, with the room that it takes up.
pub(crate) type Unread = (OutputChunk, OwnedSemaphorePermit);
