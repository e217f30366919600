//! Between the host's nouns and the contract's records.
//!
//! The two are kept apart on purpose: the contract is frozen once released, the host's nouns are not.

use crate::{agent_plugin, condition_plugin, execution_context as wit, types};
use orchestrator_core as core;
use orchestrator_core::context as noun;
use std::time::Duration;

/// A failure as a guest sees it.
#[must_use]
pub fn into_error(failure: core::Failure) -> types::Error {
    types::Error {
        code: into_error_code(failure.code),
        message: failure.message,
        retry_after_ms: failure.retry_after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
    }
}

/// A guest's error as the host sees it.
#[must_use]
pub fn from_error(error: types::Error) -> core::Failure {
    core::Failure::new(from_error_code(error.code), error.message)
        .after(error.retry_after_ms.map(Duration::from_millis))
}

fn into_error_code(code: core::ErrorCode) -> types::ErrorCode {
    use core::ErrorCode as From;
    use types::ErrorCode as To;
    match code {
        From::InvalidInput => To::InvalidInput,
        From::NotFound => To::NotFound,
        From::Denied => To::Denied,
        From::LimitExceeded => To::LimitExceeded,
        From::Cancelled | From::Interrupted => To::Cancelled,
        From::Timeout => To::Timeout,
        From::Unavailable => To::Unavailable,
        From::MalformedAnswer => To::MalformedAnswer,
        From::Refused => To::Refused,
        From::Trap | From::Internal => To::Internal,
    }
}

fn from_error_code(code: types::ErrorCode) -> core::ErrorCode {
    use core::ErrorCode as To;
    use types::ErrorCode as From;
    match code {
        From::InvalidInput => To::InvalidInput,
        From::NotFound => To::NotFound,
        From::Denied => To::Denied,
        From::LimitExceeded => To::LimitExceeded,
        From::Cancelled => To::Cancelled,
        From::Timeout => To::Timeout,
        From::Unavailable => To::Unavailable,
        From::MalformedAnswer => To::MalformedAnswer,
        From::Refused => To::Refused,
        From::Internal => To::Internal,
    }
}

/// A change to a file as a guest sees it.
#[must_use]
pub fn into_file_change(change: core::FileChange) -> types::FileChange {
    types::FileChange {
        path: change.path,
        operation: match change.operation {
            core::FileChangeKind::Create => types::Operation::Create,
            core::FileChangeKind::Modify => types::Operation::Modify,
            core::FileChangeKind::Delete => types::Operation::Delete,
            core::FileChangeKind::Rename => types::Operation::Rename,
        },
        previous_path: change.from,
        size: change.size,
        sha256: change.sha256,
    }
}

/// A command's end as a guest sees it.
#[must_use]
pub fn into_command_outcome(outcome: core::CommandOutcome) -> types::CommandOutcome {
    // A guest goes by the exit code. One of 0 that hides failed tests is none, and the output's last line says so; the
    // record has no field for the limit either, which is named there as well.
    let hides_failure = outcome.exit_code == Some(0) && !outcome.succeeded();
    let core::CommandOutcome {
        argv,
        exit_code,
        signal,
        timed_out,
        limit: _,
        truncated,
        output,
        duration_ms,
        network: _,
        tests: _,
    } = outcome;
    let exit_code = exit_code.filter(|_| !hides_failure);
    types::CommandOutcome { argv, exit_code, signal, timed_out, truncated, output, duration_ms }
}

/// A completion's end as a guest sees it.
#[must_use]
pub fn into_completion_end(end: &core::CompletionEnd) -> crate::model::CompletionEnd {
    use crate::model::StopReason as To;
    crate::model::CompletionEnd {
        model: end.model.clone(),
        stop_reason: match end.stop_reason {
            core::StopReason::EndTurn => To::EndTurn,
            core::StopReason::MaxTokens => To::MaxTokens,
            core::StopReason::StopSequence => To::StopSequence,
            core::StopReason::Refusal => To::Refusal,
            core::StopReason::ContextWindow => To::ContextWindow,
        },
        input_tokens: end.usage.input_tokens,
        output_tokens: end.usage.output_tokens,
    }
}

/// A plan as a guest sees it.
#[must_use]
pub fn into_plan(plan: core::Plan) -> wit::Plan {
    wit::Plan {
        summary: plan.summary,
        stack: plan.stack,
        files: plan
            .files
            .into_iter()
            .map(|file| wit::PlannedFile { path: file.path, purpose: file.purpose })
            .collect(),
        commands: plan
            .commands
            .into_iter()
            .map(|command| wit::PlannedCommand { purpose: into_purpose(command.purpose), argv: command.argv })
            .collect(),
        acceptance_criteria: plan.acceptance_criteria,
    }
}

/// A guest's plan as the host sees it.
#[must_use]
pub fn from_plan(plan: wit::Plan) -> core::Plan {
    core::Plan {
        summary: plan.summary,
        stack: plan.stack,
        files: plan
            .files
            .into_iter()
            .map(|file| core::PlannedFile { path: file.path, purpose: file.purpose })
            .collect(),
        commands: plan
            .commands
            .into_iter()
            .map(|command| noun::PlannedCommand {
                purpose: from_purpose(command.purpose),
                argv: command.argv,
            })
            .collect(),
        acceptance_criteria: plan.acceptance_criteria,
    }
}

fn into_purpose(purpose: noun::CommandPurpose) -> wit::CommandPurpose {
    match purpose {
        noun::CommandPurpose::Install => wit::CommandPurpose::Install,
        noun::CommandPurpose::Test => wit::CommandPurpose::Test,
        noun::CommandPurpose::Start => wit::CommandPurpose::Start,
    }
}

fn from_purpose(purpose: wit::CommandPurpose) -> noun::CommandPurpose {
    match purpose {
        wit::CommandPurpose::Install => noun::CommandPurpose::Install,
        wit::CommandPurpose::Test => noun::CommandPurpose::Test,
        wit::CommandPurpose::Start => noun::CommandPurpose::Start,
    }
}

/// The execution context as a guest sees it.
#[must_use]
pub fn into_context(context: &core::ExecutionContext) -> wit::Context {
    wit::Context {
        run_id: context.run_id.to_string(),
        project_id: context.project_id.to_string(),
        user_request: context.user_request.clone(),
        workflow: context.workflow.to_string(),
        step: context.step.clone(),
        step_number: context.step_number,
        step_count: context.step_count,
        attempt: context.attempt,
        round: context.round,
        plan: context.plan.clone().map(into_plan),
        files: context.files.iter().cloned().map(into_file_change).collect(),
        last_command: context.last_command.clone().map(into_command_outcome),
        outputs: context
            .outputs
            .iter()
            .map(|output| wit::StepOutput {
                step: output.step.clone(),
                agent: output.agent.to_string(),
                summary: output.summary.clone(),
                data: output.data.to_string(),
            })
            .collect(),
        errors: context.errors.clone(),
        metadata: serde_json::Value::Object(context.metadata.clone()).to_string(),
    }
}

/// The settings as a guest sees them.
#[must_use]
pub fn into_settings(settings: &core::AgentSettings) -> crate::settings::AgentSettings {
    crate::settings::AgentSettings {
        prompt: settings.prompt.clone(),
        model: settings.model.clone(),
        temperature: settings.temperature,
        max_tokens: settings.max_tokens,
        options: serde_json::Value::Object(settings.options.clone()).to_string(),
    }
}

/// What an agent says of itself, checked.
///
/// # Errors
/// Says which field cannot be used, and why.
pub fn from_agent_description(
    description: agent_plugin::AgentDescription,
) -> Result<core::AgentDescription, String> {
    let agent_type =
        core::AgentType::new(description.agent_type).map_err(|error| format!("agent-type: {error}"))?;
    if !(0.0..=2.0).contains(&description.temperature) {
        return Err(format!("temperature: {} is outside 0 to 2", description.temperature));
    }
    if description.max_tokens == 0 {
        return Err("max-tokens: it is 0; give at least 1".into());
    }
    let options_schema = description
        .options_schema
        .map(|schema| {
            serde_json::from_str(&schema).map_err(|error| format!("options-schema: not JSON: {error}"))
        })
        .transpose()?;
    let asked = description.permissions;
    let has = |permission| asked.contains(permission);
    Ok(core::AgentDescription {
        name: description.name,
        agent_type,
        version: description.version,
        purpose: description.purpose,
        capabilities: description.capabilities,
        defaults: std::sync::Arc::new(core::AgentSettings {
            prompt: description.prompt,
            model: description.model,
            temperature: description.temperature,
            max_tokens: description.max_tokens,
            effort: None,
            options: serde_json::Map::new(),
        }),
        permissions: core::Permissions {
            model: has(types::Permissions::MODEL),
            command: has(types::Permissions::COMMAND),
            read_files: has(types::Permissions::READ_FILES) || has(types::Permissions::WRITE_FILES),
            write_files: has(types::Permissions::WRITE_FILES),
        },
        options_schema,
    })
}

/// What a condition says of itself, checked.
///
/// # Errors
/// Says which field cannot be used, and why.
pub fn from_condition_description(
    description: condition_plugin::ConditionDescription,
) -> Result<core::ConditionDescription, String> {
    let name = core::AgentType::new(description.name).map_err(|error| format!("name: {error}"))?;
    Ok(core::ConditionDescription {
        name: name.into(),
        version: description.version,
        purpose: description.purpose,
        parameters: description.parameters,
    })
}
