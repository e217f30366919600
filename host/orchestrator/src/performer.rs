//! Performs a run's steps with the plugins that the run keeps.

use crate::{
    pins::{Condition, Pins},
    recording::Recording,
};
use async_trait::async_trait;
use orchestrator_command::Launcher;
use orchestrator_core::{ConditionRef, ErrorCode, ExecutionContext, Failure, event::Moment};
use orchestrator_runtime::{AgentCall, CallError, ConditionCall, Runtime};
use orchestrator_workflow::{CallFailure, Outcome, Performer, StepCall};
use orchestrator_workspace::Workspace;
use std::sync::Arc;

/// One run's plugins, project and sandbox.
pub(crate) struct RunPerformer {
    pub(crate) pins: Pins,
    pub(crate) runtime: Runtime,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) launcher: Arc<dyn Launcher>,
    pub(crate) nonce: String,
    pub(crate) recording: Recording,
}

#[async_trait]
impl Performer for RunPerformer {
    async fn call(&self, call: StepCall) -> Result<Outcome, CallFailure> {
        let Some((plugin, settings)) = self.pins.agent(&call.step.agent_type) else {
            let message = format!("the run has no plugin for the agent '{}'", call.step.agent_type);
            return Err(Failure::new(ErrorCode::NotFound, message).into());
        };
        let events = call.events;
        let (step, attempt) = (call.step.name.clone(), call.context.attempt);
        self.recording.step(&events, &step, attempt, Moment::Before).await?;
        let agent_call = AgentCall {
            context: call.context,
            settings: Arc::clone(settings),
            events: Arc::clone(&events),
            provider: Arc::clone(&self.pins.provider),
            workspace: Arc::clone(&self.workspace),
            launcher: Arc::clone(&self.launcher),
            cancel: call.cancel,
            deadline: call.deadline,
            nonce: self.nonce.clone(),
            stream_output: call.step.stream_output,
        };
        let result = self.runtime.run_agent(plugin, agent_call).await;
        self.recording.step(&events, &step, attempt, Moment::After).await?;
        let (summary, data) = result.map_err(into_call_failure)?;
        Ok(Outcome { summary, data })
    }

    async fn holds(
        &self,
        condition: &ConditionRef,
        context: Arc<ExecutionContext>,
    ) -> Result<bool, CallFailure> {
        match self.pins.condition(&condition.name) {
            Some(Condition::Native(holds)) => Ok(holds(&context, &condition.args)),
            Some(Condition::Plugin(plugin)) => {
                let call = ConditionCall { context, args: condition.args.clone() };
                self.runtime.ask_condition(plugin, call).await.map_err(into_call_failure)
            }
            None => {
                let message = format!("the run has no condition '{}'", condition.name);
                Err(Failure::new(ErrorCode::NotFound, message).into())
            }
        }
    }
}

fn into_call_failure(error: CallError) -> CallFailure {
    CallFailure { failure: error.failure, trap: error.trap }
}
