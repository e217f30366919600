//! The `model` interface of the plugin contract.
//!
//! A guest names neither key nor address, only what it wants to ask; model and limits come from the settings of its
//! call. A completion that a guest pulls lives in the call's table, as the one type that `edits` looks it up by
//! too, and ends with the table at the latest: with it goes the HTTP request.

use crate::{
    account::{Accounted, Debt, Meter},
    provider::{CompletionRequest, Message, Provider, Role},
};
use orchestrator_contract::{into_error, model, types};
use orchestrator_core::{
    AgentSettings, CallOrigin, Chance, CompletionChunk, CompletionEnd, CompletionStream as _, EventKind,
    EventSink, Failure, Grant, NewEvent, OpenCompletion, Status, StopReason,
};
use std::{sync::Arc, time::Duration};
use wasmtime::component::{HasData, Resource, ResourceTable, ResourceTableError};

mod thinking;

use thinking::ThinkingBatch;

/// Over how long the calls that waited for a busy service come back to it.
const SPREAD: Duration = Duration::from_secs(10);

/// Per-call state of the room, dropped with the store.
pub struct ModelCall {
    /// Whether the plugin may ask models.
    pub grant: Grant,
    /// Who answers.
    pub provider: Arc<dyn Provider>,
    /// The model; and temperature and token limit, where a request has none of its own.
    pub settings: Arc<AgentSettings>,
    /// Who asks.
    pub origin: CallOrigin,
    /// Where thinking and costs are told.
    pub events: Arc<dyn EventSink>,
    /// By which runs that wait for one service come back at different moments.
    pub chance: Chance,
}

/// The room and the table of one call, borrowed for one function.
pub struct ModelView<'a> {
    /// The room's state.
    pub call: &'a mut ModelCall,
    /// The call's resources.
    pub table: &'a mut ResourceTable,
}

/// Names the room for the linker.
pub struct ModelRoom;

impl HasData for ModelRoom {
    type Data<'a> = ModelView<'a>;
}

/// What the contract's functions give: guests see failures as values, only a handle that is none traps.
type Answered<T> = wasmtime::Result<Result<T, types::Error>>;

impl ModelCall {
    async fn open(&self, request: model::Request) -> Result<Accounted, Failure> {
        self.grant.check()?;
        let model = self.provider.resolve(&self.settings.model)?;
        let row = self.provider.row(&self.settings.model);
        self.cool_down().await?;
        let meter = Meter::default();
        let request = CompletionRequest {
            system: request.system,
            messages: request.messages.into_iter().map(from_message).collect(),
            model: self.settings.model.clone(),
            temperature: request.temperature.or(Some(self.settings.temperature)),
            max_tokens: request.max_tokens.unwrap_or(self.settings.max_tokens),
            effort: self.settings.effort,
            origin: self.origin.clone(),
            meter: meter.clone(),
        };
        let debt = Debt::new(meter, Arc::clone(&self.events), model, row);
        let stream = self.provider.start(request).await?;
        Ok(Accounted::new(stream, debt))
    }

    /// Waits until the service may be asked again, after it turned some run away. Each waits a little longer than it
    /// has to, by chance, so that not all come back at the same moment.
    async fn cool_down(&self) -> Result<(), Failure> {
        let mut told = false;
        while let Some(left) = self.provider.cool_down() {
            if !told {
                let name = self.provider.name();
                let message =
                    format!("{name} is busy; waiting {:.0} s before asking again", left.as_secs_f64().ceil());
                let kind = EventKind::Status(Status::Notice { code: "model_busy".into() });
                self.events.emit(NewEvent::new(kind, message)).await?;
                told = true;
            }
            tokio::time::sleep(left + left.min(SPREAD).mul_f64(self.chance.fraction())).await;
        }
        Ok(())
    }

    async fn complete(&self, request: model::Request) -> Result<model::Answer, Failure> {
        let mut stream = self.open(request).await?;
        let mut thinking = ThinkingBatch::new(&*self.events);
        let mut text = String::new();
        while let Some(chunk) = stream.next().await? {
            match chunk {
                CompletionChunk::Text(piece) => text.push_str(&piece),
                CompletionChunk::Thinking(piece) => thinking.add(&piece).await?,
            }
        }
        thinking.flush().await?;
        let end = stream.end().map(into_end).ok_or_else(no_end)?;
        Ok(model::Answer { text, end })
    }
}

impl model::Host for ModelView<'_> {
    async fn start(&mut self, request: model::Request) -> Answered<Resource<model::Completion>> {
        match self.call.open(request).await {
            Ok(stream) => {
                let handle = self.table.push(OpenCompletion(Box::new(stream)))?;
                Ok(Ok(Resource::new_own(handle.rep())))
            }
            Err(failure) => Ok(Err(into_error(failure))),
        }
    }

    async fn complete(&mut self, request: model::Request) -> Answered<model::Answer> {
        Ok(self.call.complete(request).await.map_err(into_error))
    }
}

impl model::HostCompletion for ModelView<'_> {
    async fn next(&mut self, completion: Resource<model::Completion>) -> Answered<Option<model::Chunk>> {
        if let Err(failure) = self.call.grant.check() {
            return Ok(Err(into_error(failure)));
        }
        let next = self.completion(&completion)?.0.next().await;
        Ok(next.map(|chunk| chunk.map(into_chunk)).map_err(into_error))
    }

    async fn end(
        &mut self,
        completion: Resource<model::Completion>,
    ) -> wasmtime::Result<Option<model::CompletionEnd>> {
        Ok(self.completion(&completion)?.0.end().map(into_end))
    }

    async fn drop(&mut self, completion: Resource<model::Completion>) -> wasmtime::Result<()> {
        self.table.delete(Resource::<OpenCompletion>::new_own(completion.rep()))?;
        Ok(())
    }
}

impl ModelView<'_> {
    fn completion(
        &mut self,
        handle: &Resource<model::Completion>,
    ) -> Result<&mut OpenCompletion, ResourceTableError> {
        self.table.get_mut(&Resource::new_borrow(handle.rep()))
    }
}

fn no_end() -> Failure {
    Failure::new(orchestrator_core::ErrorCode::Internal, "a completion ended without saying how")
}

fn from_message(message: model::Message) -> Message {
    let role = match message.role {
        model::Role::User => Role::User,
        model::Role::Assistant => Role::Assistant,
    };
    Message { role, content: message.content }
}

fn into_chunk(chunk: CompletionChunk) -> model::Chunk {
    match chunk {
        CompletionChunk::Text(text) => model::Chunk::Text(text),
        CompletionChunk::Thinking(text) => model::Chunk::Thinking(text),
    }
}

fn into_end(end: &CompletionEnd) -> model::CompletionEnd {
    model::CompletionEnd {
        model: end.model.clone(),
        stop_reason: match end.stop_reason {
            StopReason::EndTurn => model::StopReason::EndTurn,
            StopReason::MaxTokens => model::StopReason::MaxTokens,
            StopReason::StopSequence => model::StopReason::StopSequence,
            StopReason::Refusal => model::StopReason::Refusal,
            StopReason::ContextWindow => model::StopReason::ContextWindow,
        },
        input_tokens: end.usage.input_tokens,
        output_tokens: end.usage.output_tokens,
    }
}

#[cfg(test)]
mod tests;
