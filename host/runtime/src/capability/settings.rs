//! What an operator set for the agent.

use orchestrator_contract::{convert, settings};
use orchestrator_core::AgentSettings;
use std::sync::Arc;
use wasmtime::component::HasData;

/// The interface `settings` of one call.
pub(crate) struct SettingsCall {
    pub(crate) settings: Arc<AgentSettings>,
}

/// Links [`SettingsCall`].
pub(crate) struct SettingsRoom;

impl HasData for SettingsRoom {
    type Data<'a> = &'a mut SettingsCall;
}

impl settings::Host for SettingsCall {
    async fn get(&mut self) -> wasmtime::Result<settings::AgentSettings> {
        Ok(convert::into_settings(&self.settings))
    }
}
