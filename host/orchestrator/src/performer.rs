//! Performs a run's steps with the plugins that the run keeps.

use crate::{
    network::Networks,
    pins::{Agent, Condition, Pins},
    policy::{Cell, quarantine_message},
    recording::Recording,
};
use async_trait::async_trait;
use orchestrator_command::Launcher;
use orchestrator_core::{
    Actor, Chance, ConditionRef, Denials, ErrorCode, EventKind, EventSink, ExecutionContext, Failure,
    NewEvent, RunId, StepName,
    event::{Moment, Status},
};
use orchestrator_journal::{Ledger, NewEntry};
use orchestrator_runtime::{AgentCall, CallError, ConditionCall, Plugin, Runtime};
use orchestrator_workflow::{CallFailure, Performer, StepCall, StepOutcome};
use orchestrator_workspace::Workspace;
use serde_json::json;
use std::sync::Arc;

/// One run's plugins, project and sandbox.
pub(crate) struct RunPerformer {
    pub(crate) pins: Pins,
    pub(crate) runtime: Runtime,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) launcher: Arc<dyn Launcher>,
    pub(crate) networks: Arc<Networks>,
    pub(crate) quarantine: Arc<Cell>,
    pub(crate) ledger: Ledger,
    pub(crate) nonce: String,
    pub(crate) chance: Chance,
    pub(crate) recording: Recording,
}

#[async_trait]
impl Performer for RunPerformer {
    async fn call(&self, call: StepCall) -> Result<StepOutcome, CallFailure> {
        let Some(Agent { plugin, settings, decision }) = self.pins.agent(&call.step.agent_type) else {
            let message = format!("the run has no plugin for the agent '{}'", call.step.agent_type);
            return Err(Failure::new(ErrorCode::NotFound, message).into());
        };
        self.quarantine.admit(plugin)?;
        let events = call.events;
        let (step, run_id) = (call.step.name.clone(), call.context.run_id);
        // Of its own, so that what commands are refused does not take the room of what the plugin is denied.
        let denials = self.denials(plugin, run_id, &step);
        let agent_call = AgentCall {
            gateway: self.networks.of_step(&decision.network.value, &events, denials),
            decision: Arc::clone(decision),
            denials: self.denials(plugin, run_id, &step),
            context: call.context,
            settings: Arc::clone(settings),
            events: Arc::clone(&events),
            provider: Arc::clone(&self.pins.provider),
            workspace: Arc::clone(&self.workspace),
            launcher: Arc::clone(&self.launcher),
            cancel: call.cancel,
            deadline: call.deadline,
            nonce: self.nonce.clone(),
            chance: self.chance.clone(),
            stream_output: call.step.stream_output,
        };
        let result = self.runtime.run_agent(plugin, agent_call).await;
        if let Err(error) = &result {
            self.judge(plugin, error, run_id, Some(&events)).await?;
        }
        let (summary, data) = result.map_err(into_call_failure)?;
        Ok(StepOutcome { summary, data })
    }

    async fn record_files(
        &self,
        events: &Arc<dyn EventSink>,
        context: &ExecutionContext,
        moment: Moment,
    ) -> Result<(), Failure> {
        self.recording.step(events, &context.step, context.attempt, moment).await
    }

    async fn holds(
        &self,
        condition: &ConditionRef,
        context: Arc<ExecutionContext>,
    ) -> Result<bool, CallFailure> {
        match self.pins.condition(&condition.name) {
            Some(Condition::Native(holds)) => Ok(holds(&context, &condition.args)),
            Some(Condition::Plugin(plugin, limits)) => {
                self.quarantine.admit(plugin)?;
                let run_id = context.run_id;
                let call = ConditionCall { limits: limits.clone(), context, args: condition.args.clone() };
                let answer = self.runtime.ask_condition(plugin, call).await;
                if let Err(error) = &answer {
                    self.judge(plugin, error, run_id, None).await?;
                }
                answer.map_err(into_call_failure)
            }
            None => {
                let message = format!("the run has no condition '{}'", condition.name);
                Err(Failure::new(ErrorCode::NotFound, message).into())
            }
        }
    }
}

impl RunPerformer {
    /// Puts into the audit, and into the log, what a plugin is denied.
    fn denials(&self, plugin: &Plugin, run_id: RunId, step: &StepName) -> Denials {
        let (ledger, plugin, step) = (self.ledger.clone(), plugin.name().to_owned(), step.clone());
        Denials::new(move |what| {
            tracing::warn!(plugin, %run_id, %step, denied = what, "a plugin was denied what it asked for");
            let detail = json!({"denied": what, "step": step});
            let entry = NewEntry::new(Actor::SYSTEM, "policy.deny", plugin.clone(), detail).of_run(run_id);
            let ledger = ledger.clone();
            // The plugin does not wait for the disk.
            tokio::spawn(async move {
                if let Err(error) = ledger.record(entry).await {
                    tracing::error!(%error, "a denial could not be put into the audit");
                }
            });
        })
    }

    /// A trap is a misdeed of the plugin, and so are memory and computing time beyond the limit, which end in one; enough
    /// of them lead to a quarantine, which is put into the audit, and those who watch the run hear of it.
    async fn judge(
        &self,
        plugin: &Plugin,
        error: &CallError,
        run_id: RunId,
        events: Option<&Arc<dyn EventSink>>,
    ) -> Result<(), Failure> {
        let Some(trap) = &error.trap else { return Ok(()) };
        let rules = self.pins.quarantine_rules();
        let Some(sentence) =
            self.quarantine.strike(plugin, run_id, trap.panic.as_deref().unwrap_or(&trap.trap), &rules)
        else {
            return Ok(());
        };
        let detail = json!({"digest": plugin.digest(), "until": sentence.until, "reason": sentence.reason});
        let entry = NewEntry::new(Actor::SYSTEM, "plugin.quarantine", plugin.name(), detail).of_run(run_id);
        self.ledger.record(entry).await?;
        let Some(events) = events else { return Ok(()) };
        let kind = EventKind::Status(Status::Notice { code: "plugin_quarantined".into() });
        events.emit(NewEvent::new(kind, quarantine_message(plugin.name(), &sentence))).await
    }
}

fn into_call_failure(error: CallError) -> CallFailure {
    CallFailure { failure: error.failure, trap: error.trap }
}
