//! Whether to go on.

use orchestrator_contract::cancellation;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wasmtime::component::HasData;

/// The interface `cancellation` of one call.
pub(crate) struct CancellationCall {
    pub(crate) cancel: CancellationToken,
    pub(crate) deadline: Instant,
}

/// Links [`CancellationCall`].
pub(crate) struct CancellationRoom;

impl HasData for CancellationRoom {
    type Data<'a> = &'a mut CancellationCall;
}

impl cancellation::Host for CancellationCall {
    async fn is_cancelled(&mut self) -> wasmtime::Result<bool> {
        Ok(self.cancel.is_cancelled())
    }

    async fn remaining_ms(&mut self) -> wasmtime::Result<u64> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Ok(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))
    }
}
