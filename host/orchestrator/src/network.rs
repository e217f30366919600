//! The ways out of commands, as a run's policy grants them.
//!
//! A registry is opened for its own clients alone: `npm` reaches npm's hosts, and `node`, which does not install
//! anything, starts without a proxy and as fast as if there were none. Hosts that the policy names are opened for every
//! program of the plugin. The list is made from what the run began with, once for each command.

mod account;
mod gateway;

use crate::commands::SandboxConfig;
use gateway::StepGateway;
use orchestrator_command::{Gateway, NoGateway};
use orchestrator_core::{Denials, EventSink};
use orchestrator_egress::Registries;
use orchestrator_policy::Network;
use std::{path::PathBuf, sync::Arc};

/// What all ways out have in common: the registries of this machine, and the program that is the bridge.
pub(crate) struct Networks {
    registries: Arc<Registries>,
    /// None where nothing is known that could be one; then there is no sandbox either.
    bridge: Option<PathBuf>,
}

impl Networks {
    pub(crate) fn new(commands: &SandboxConfig) -> Arc<Self> {
        let bridge = commands.helper.as_ref().map(|helper| helper.program.clone());
        Arc::new(Self { registries: Arc::new(Registries::new()), bridge })
    }

    /// Whether commands can be given a way out here.
    pub(crate) fn can_open(&self) -> bool {
        self.bridge.is_some()
    }

    /// The ways out of the commands of one step: to `granted`, telling `events` what could not be opened and `denials`
    /// what was refused.
    pub(crate) fn of_step(
        &self,
        granted: &Network,
        events: &Arc<dyn EventSink>,
        denials: Denials,
    ) -> Arc<dyn Gateway> {
        match granted.destinations() {
            [] => Arc::new(NoGateway),
            to => {
                let (registries, bridge) = (Arc::clone(&self.registries), self.bridge.clone());
                Arc::new(StepGateway::new(registries, bridge, to.to_vec(), Arc::clone(events), denials))
            }
        }
    }
}
