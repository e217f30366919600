//! What an agent tells the people who watch.
//!
//! An agent can speak, think, plan and say how far it is; events about files, commands and models come from the rooms
//! that do those things, so no agent can claim what did not happen.

use super::rate::Rate;
use crate::result::MESSAGE_MAX;
use orchestrator_contract::{convert, events, execution_context::Plan, into_error, types::Error};
use orchestrator_core::{ErrorCode, EventKind, EventSink, Failure, NewEvent, Status, event::Thinking};
use std::sync::Arc;
use tokio::time::Instant;
use wasmtime::component::HasData;

/// Longest detail, in bytes of JSON.
const DETAIL_MAX: usize = 256 << 10;
/// Most files, commands and criteria that a plan may have.
const PLAN_ITEMS_MAX: usize = 1000;
/// Longest plan, in bytes of JSON. Every later step of the run gets it.
const PLAN_MAX: usize = 1 << 20;

/// The interface `events` of one call.
pub(crate) struct EventsCall {
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) rate: Rate,
}

/// Links [`EventsCall`].
pub(crate) struct EventsRoom;

impl HasData for EventsRoom {
    type Data<'a> = &'a mut EventsCall;
}

impl EventsCall {
    async fn emit(&mut self, kind: EventKind, message: String) -> Result<(), Failure> {
        if !self.rate.take(Instant::now()) {
            return Err(Failure::new(
                ErrorCode::LimitExceeded,
                format!(
                    "events: more than {} a second over ten seconds; emit fewer, or have an operator raise \
                     events_per_second in the policy file",
                    self.rate.per_second()
                ),
            ));
        }
        bounded("message", message.len(), MESSAGE_MAX)?;
        self.events.emit(NewEvent::new(kind, message)).await
    }

    async fn try_status(&mut self, message: String, detail: Option<String>) -> Result<(), Failure> {
        bounded("detail", detail.as_ref().map_or(0, String::len), DETAIL_MAX)?;
        let detail = match detail {
            None => serde_json::Value::Null,
            Some(text) => serde_json::from_str(&text).map_err(|error| {
                Failure::new(ErrorCode::InvalidInput, format!("events.status: detail is not JSON: {error}"))
            })?,
        };
        self.emit(EventKind::Status(Status::Agent { detail }), message).await
    }

    async fn try_plan(&mut self, plan: Plan) -> Result<(), Failure> {
        bounded("files", plan.files.len(), PLAN_ITEMS_MAX)?;
        bounded("commands", plan.commands.len(), PLAN_ITEMS_MAX)?;
        bounded("acceptance_criteria", plan.acceptance_criteria.len(), PLAN_ITEMS_MAX)?;
        let message = format!("Plan ready with {} files", plan.files.len());
        let plan = convert::from_plan(plan);
        let size = serde_json::to_vec(&plan).map_or(usize::MAX, |json| json.len());
        bounded("the plan", size, PLAN_MAX)?;
        self.emit(EventKind::PlanCreated(plan), message).await
    }
}

fn bounded(what: &str, size: usize, limit: usize) -> Result<(), Failure> {
    match size <= limit {
        true => Ok(()),
        false => Err(Failure::new(
            ErrorCode::LimitExceeded,
            format!("events: {what} has a size of {size}; the limit is {limit}"),
        )),
    }
}

impl events::Host for EventsCall {
    async fn status(
        &mut self,
        message: String,
        detail: Option<String>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.try_status(message, detail).await.map_err(into_error))
    }

    async fn thinking_step(&mut self, message: String) -> wasmtime::Result<Result<(), Error>> {
        let kind = EventKind::ThinkingStep(Thinking { partial: false });
        Ok(self.emit(kind, message).await.map_err(into_error))
    }

    async fn plan_created(&mut self, plan: Plan) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.try_plan(plan).await.map_err(into_error))
    }

    async fn progress(&mut self, fraction: f32) -> wasmtime::Result<()> {
        self.events.progress(fraction);
        Ok(())
    }
}
