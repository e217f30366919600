//! A plugin: its code, linked as far as it can be before a call, and what it says of itself.

use crate::{
    error::PluginKind,
    store::{AgentState, ConditionState},
};
use orchestrator_contract::{AgentPre, ConditionPre};
use orchestrator_core::{AgentDescription, ConditionDescription};

/// A plugin that can be called. Runs hold it by `Arc`, so it outlives its replacement as long as a run needs it.
pub struct Plugin {
    pub(crate) code: Code,
    pub(crate) digest: String,
    pub(crate) size: usize,
    pub(crate) imports: Vec<String>,
}

pub(crate) enum Code {
    Agent { pre: AgentPre<AgentState>, description: AgentDescription },
    Condition { pre: ConditionPre<ConditionState>, description: ConditionDescription },
}

impl Plugin {
    /// Agent type or condition name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.code {
            Code::Agent { description, .. } => description.agent_type.as_str(),
            Code::Condition { description, .. } => &description.name,
        }
    }

    /// The plugin's own version.
    #[must_use]
    pub fn version(&self) -> &str {
        match &self.code {
            Code::Agent { description, .. } => &description.version,
            Code::Condition { description, .. } => &description.version,
        }
    }

    /// Its world.
    #[must_use]
    pub fn kind(&self) -> PluginKind {
        match &self.code {
            Code::Agent { .. } => PluginKind::Agent,
            Code::Condition { .. } => PluginKind::Condition,
        }
    }

    /// What it says of itself, when it is an agent.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentDescription> {
        match &self.code {
            Code::Agent { description, .. } => Some(description),
            Code::Condition { .. } => None,
        }
    }

    /// What it says of itself, when it is a condition.
    #[must_use]
    pub fn condition(&self) -> Option<&ConditionDescription> {
        match &self.code {
            Code::Agent { .. } => None,
            Code::Condition { description, .. } => Some(description),
        }
    }

    /// SHA-256 of the component, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Bytes of the component.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The interfaces that it imports.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }
}
