//! From the orchestrator's own refusals to problem documents, one `match` for each type of refusal and none with a
//! catch-all, so that a new kind of refusal has to choose its answer here. What a refusal says to do is said here in terms
//! of the API as well, where these are others.

use super::{Kind, Problem};
use orchestrator::{
    AccessError, AgentError, AuditError, PluginError, ProjectError, ProjectId, RunError, StartError,
    WorkflowError, archive::ArchiveError,
};

/// After how many seconds another import may have given its memory back.
const IMPORTS_WAIT: u64 = 5;

/// After how many seconds another change of a project may be made.
const CHANGE_WAIT: u64 = 1;

/// How a request waits in line.
const IN_LINE: &str = "\"if_busy\": \"queue\" does that";

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        let detail = error.to_string();
        match error {
            StartError::Invalid { field, message } => {
                Self::new(Kind::InvalidRequest, format!("{field}: {message}")).in_field(field)
            }
            StartError::UnknownWorkflow { known, .. } => {
                Self::new(Kind::UnknownWorkflow, detail).in_field("workflow_name").valid(known)
            }
            StartError::BrokenWorkflow { violations, .. } => {
                Self { violations, ..Self::new(Kind::InvalidWorkflow, detail).in_field("workflow_name") }
            }
            StartError::Busy { run_id } => {
                Self { run_id: Some(run_id), ..Self::new(Kind::ProjectBusy, format!("{detail}: {IN_LINE}")) }
            }
            StartError::Changing => Self {
                retry_after: Some(CHANGE_WAIT),
                ..Self::new(Kind::ProjectBusy, format!("{detail}: {IN_LINE}"))
            },
            StartError::KeyUsed { run_id } => {
                Self { run_id: Some(run_id), ..Self::new(Kind::KeyUsed, detail).in_field("Idempotency-Key") }
            }
            StartError::UnknownKey => {
                let detail = format!(
                    "Idempotency-Key: {detail}, and a request with a Last-Event-ID starts none; leave that header out to \
                     start one"
                );
                Self::new(Kind::InvalidRequest, detail).in_field("Idempotency-Key")
            }
            StartError::Quarantined { plugin, .. } => {
                let detail = format!("{detail}; POST /plugins/{plugin}/release does that");
                Self::new(Kind::PluginQuarantined, detail)
            }
            StartError::TooManyRuns { .. } => Self::new(Kind::TooManyRuns, detail),
            StartError::Stopping => Self::new(Kind::Stopping, detail),
            StartError::Internal(fault) => Self::fault(&fault),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let detail = error.to_string();
        match error {
            AccessError::Missing => Self::new(
                Kind::TokenNeeded,
                "This server asks for a token; send \"Authorization: Bearer dorc_…\". `orchestrator token create` makes \
                 one.",
            ),
            AccessError::Invalid => Self::new(
                Kind::TokenInvalid,
                "The token is not valid: it was revoked, has expired, or never was one, or the word \"Bearer\" is missing \
                 before it; ask an admin for another.",
            ),
            AccessError::Reserved(_) => {
                Self::new(Kind::InvalidRequest, format!("name: {detail}")).in_field("name")
            }
            AccessError::Past(_) => {
                Self::new(Kind::InvalidRequest, format!("expires: {detail}")).in_field("expires")
            }
            AccessError::Exists(_) => Self::new(Kind::TokenExists, detail),
            AccessError::Unknown { known, .. } => Self::new(Kind::UnknownToken, detail).valid(known),
            AccessError::Internal(fault) => Self::fault(&fault),
        }
    }
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        Self::fault(&error.into())
    }
}

impl From<PluginError> for Problem {
    fn from(error: PluginError) -> Self {
        let detail = error.to_string();
        match error {
            PluginError::Unknown { known, .. } => Self::new(Kind::UnknownPlugin, detail).valid(known),
            PluginError::Settled { .. } => Self::new(Kind::PolicyDecides, detail),
            PluginError::Invalid { field, message } => {
                Self::new(Kind::InvalidRequest, format!("{field}: {message}")).in_field(field)
            }
            PluginError::Internal(fault) => Self::fault(&fault),
        }
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        let detail = error.to_string();
        match error {
            RunError::Unknown { latest, .. } => {
                Self::new(Kind::UnknownRun, detail).valid(latest.iter().map(ToString::to_string))
            }
            RunError::NotOver { run_id } => {
                let detail = format!("{detail}; POST /runs/{run_id}/cancel cancels it");
                Self { run_id: Some(run_id), ..Self::new(Kind::RunNotOver, detail) }
            }
            RunError::UnknownEvent(_) => Self::new(Kind::InvalidRequest, detail),
            RunError::Internal(fault) => Self::fault(&fault),
        }
    }
}

impl From<ProjectError> for Problem {
    fn from(error: ProjectError) -> Self {
        let detail = error.to_string();
        match error {
            ProjectError::Unknown { known, .. } => {
                Self::new(Kind::UnknownProject, detail).valid(known.iter().map(ProjectId::to_string))
            }
            ProjectError::NoFile { known, .. } => {
                Self::new(Kind::UnknownFile, detail).valid(known.iter().map(ToString::to_string))
            }
            ProjectError::NoSnapshot { known, .. } => Self::new(Kind::UnknownSnapshot, detail).valid(known),
            ProjectError::Busy { run_id } => {
                Self { run_id: Some(run_id), ..Self::new(Kind::ProjectBusy, detail) }
            }
            ProjectError::Changing => {
                Self { retry_after: Some(CHANGE_WAIT), ..Self::new(Kind::ProjectBusy, detail) }
            }
            ProjectError::ChangedMeanwhile { now, .. } => Self {
                etag: now.map(|now| format!("\"{now}\"").into()),
                ..Self::new(Kind::ChangedMeanwhile, detail)
            },
            ProjectError::FileExists(_) => Self::new(Kind::FileExists, detail),
            ProjectError::NotEmpty(_) => {
                Self::new(Kind::ProjectNotEmpty, format!("{detail}; 'replace=true' in the address does that"))
            }
            ProjectError::Archive(ArchiveError::Crowded) => {
                Self { retry_after: Some(IMPORTS_WAIT), ..Self::new(Kind::ImportsBusy, detail) }
            }
            ProjectError::Archive(_) => Self::new(Kind::InvalidArchive, detail),
            ProjectError::Refused(_) => Self::new(Kind::InvalidRequest, detail),
            ProjectError::Stopping => Self::new(Kind::Stopping, detail),
            ProjectError::Internal(fault) => Self::fault(&fault),
        }
    }
}

impl From<WorkflowError> for Problem {
    fn from(error: WorkflowError) -> Self {
        let detail = error.to_string();
        match error {
            WorkflowError::Unknown { known, .. } => Self::new(Kind::UnknownWorkflow, detail).valid(known),
            WorkflowError::BuiltIn { .. } => Self::new(Kind::WorkflowBuiltIn, detail),
            WorkflowError::Exists { name } => {
                Self::new(Kind::WorkflowExists, format!("{detail}; PUT /workflows/{name} replaces it"))
            }
            WorkflowError::Invalid(violations) => {
                let field = violations.first().map(|violation| violation.field.clone());
                Self { field, violations, ..Self::new(Kind::InvalidWorkflow, detail) }
            }
            WorkflowError::Internal(fault) => Self::fault(&fault),
        }
    }
}

impl From<AgentError> for Problem {
    fn from(error: AgentError) -> Self {
        let detail = error.to_string();
        match error {
            AgentError::Unknown { known, .. } => Self::new(Kind::UnknownAgent, detail).valid(known),
            AgentError::UnknownModel { known, .. } => {
                Self::new(Kind::UnknownModel, detail).in_field("model").valid(known)
            }
            AgentError::InvalidPrompt(_) => Self::new(Kind::InvalidRequest, detail).in_field("system_prompt"),
            AgentError::Invalid { field, valid, .. } => {
                let problem = Self::new(Kind::InvalidRequest, detail).in_field(field);
                if valid.is_empty() { problem } else { problem.valid(valid) }
            }
            AgentError::Internal(fault) => Self::fault(&fault),
        }
    }
}
