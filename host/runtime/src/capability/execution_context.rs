//! What the plugin is told about the run.

use orchestrator_contract::{convert, execution_context};
use orchestrator_core::ExecutionContext;
use std::sync::Arc;
use wasmtime::component::HasData;

/// The interface `execution-context` of one call.
pub(crate) struct ContextCall {
    pub(crate) context: Arc<ExecutionContext>,
}

/// Links [`ContextCall`].
pub(crate) struct ContextRoom;

impl HasData for ContextRoom {
    type Data<'a> = &'a mut ContextCall;
}

impl execution_context::Host for ContextCall {
    async fn get(&mut self) -> wasmtime::Result<execution_context::Context> {
        Ok(convert::into_context(&self.context))
    }
}
