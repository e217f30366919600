//! One call of a plugin: a store composed of what the plugin was granted, used once, dropped.

use crate::{
    call::{AgentCall, CallError, ConditionCall},
    output::Tail,
    plugin::{Code, Plugin},
    result,
    runtime::Runtime,
    store, trap,
};
use orchestrator_contract::convert;
use orchestrator_core::{AgentSettings, ErrorCode, Failure};
use orchestrator_policy::show_duration;
use std::{pin::pin, sync::Arc, time::Duration};

/// How long a condition may take, whatever it waits for.
const CONDITION_TIMEOUT: Duration = Duration::from_secs(5);

impl Runtime {
    /// Calls an agent and returns its summary and its data.
    ///
    /// Dropping the future ends the guest and everything it started. There is no timeout in here: the caller knows
    /// how long the step may take.
    ///
    /// # Errors
    /// The agent's own error, or [`ErrorCode::Trap`] with a report when the guest trapped.
    pub async fn run_agent(
        &self,
        plugin: &Plugin,
        call: AgentCall,
    ) -> Result<(String, serde_json::Value), CallError> {
        let inner = &*self.inner;
        let Code::Agent { pre, description } = &plugin.code else {
            return Err(internal(format!("'{}' is a condition, not an agent", plugin.name())).into());
        };
        let _place = inner.place().await?;
        let limits = inner.limits.of_call(&call.decision.limits);
        let wall = call.decision.limits.wall.unwrap_or(Duration::MAX);
        let stderr = Tail::new(limits.output);
        let state = store::agent_state(plugin.name(), description, call, &stderr, &limits)?;
        let mut store = store::open(&inner.engine, state, &limits);
        let outcome = pin!(async {
            // Boxed: it is over at once, and the room that it takes would be held as long as the call lasts.
            let agent = Box::pin(pre.instantiate_async(&mut store)).await?;
            agent.orchestrator_plugin_agent_plugin().call_run(&mut store).await
        });
        let Ok(outcome) = tokio::time::timeout(wall, inner.ticker.during(outcome)).await else {
            return Err(took_too_long(plugin, wall).into());
        };
        match outcome {
            Ok(Ok(outcome)) => Ok(result::outcome(outcome.summary, outcome.data)?),
            Ok(Err(error)) => Err(result::error(convert::from_error(error)).into()),
            Err(error) => Err(trapped(plugin, &error, &stderr)),
        }
    }

    /// Asks a condition.
    ///
    /// # Errors
    /// The condition's own error, [`ErrorCode::Timeout`] after five seconds, or [`ErrorCode::Trap`] with a report.
    pub async fn ask_condition(&self, plugin: &Plugin, call: ConditionCall) -> Result<bool, CallError> {
        let inner = &*self.inner;
        let Code::Condition { pre, .. } = &plugin.code else {
            return Err(internal(format!("'{}' is an agent, not a condition", plugin.name())).into());
        };
        let _place = inner.place().await?;
        let limits = inner.limits.of_call(&call.limits);
        let stderr = Tail::new(limits.output);
        let settings = Arc::new(no_settings());
        let state = store::condition_state(plugin.name(), call.context, settings, &stderr, &limits);
        let mut store = store::open(&inner.engine, state, &limits);
        let answer = async {
            let condition = pre.instantiate_async(&mut store).await?;
            condition.orchestrator_plugin_condition_plugin().call_evaluate(&mut store, &call.args).await
        };
        match tokio::time::timeout(CONDITION_TIMEOUT, inner.ticker.during(answer)).await {
            Ok(Ok(Ok(holds))) => Ok(holds),
            Ok(Ok(Err(error))) => Err(result::error(convert::from_error(error)).into()),
            Ok(Err(error)) => Err(trapped(plugin, &error, &stderr)),
            Err(_) => Err(Failure::new(
                ErrorCode::Timeout,
                format!(
                    "the condition '{}' took longer than {} s",
                    plugin.name(),
                    CONDITION_TIMEOUT.as_secs()
                ),
            )
            .into()),
        }
    }
}

fn trapped(plugin: &Plugin, error: &wasmtime::Error, stderr: &Tail) -> CallError {
    let (failure, report) = trap::report(plugin, error, stderr);
    CallError { failure, trap: Some(Box::new(report)) }
}

fn took_too_long(plugin: &Plugin, wall: Duration) -> Failure {
    Failure::new(
        ErrorCode::LimitExceeded,
        format!(
            "plugin '{}' took longer than {}, which its policy allows one call (limits.wall)",
            plugin.name(),
            show_duration(wall)
        ),
    )
}

fn internal(message: String) -> Failure {
    Failure::new(ErrorCode::Internal, message)
}

fn no_settings() -> AgentSettings {
    AgentSettings {
        prompt: String::new(),
        model: String::new(),
        temperature: 0.0,
        max_tokens: 0,
        effort: None,
        options: serde_json::Map::new(),
    }
}
