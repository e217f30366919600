//! The reference for calls: wasmtime alone.
//!
//! The same component in the same engine, linked ahead and called in a fresh store, as the host does it. The difference
//! is everything that the host adds: the rooms with their grants, limits and meters, the project's folder, the sink of
//! events. Here every import that the guests use answers from a constant, and every other one traps.

use anyhow::{Result, anyhow};
use orchestrator_contract::{
    AgentPre, convert, events, execution_context, log, model, settings, types::Error,
};
use orchestrator_core::{AgentSettings, ExecutionContext};
use std::{future::pending, sync::Arc};
use tokio::sync::Semaphore;
use wasmtime::{
    Engine, Store,
    component::{Component, HasData, Linker, Resource, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// Ticks after which a guest is taken to hang: more than a benchmark takes.
const FOREVER: u64 = 1 << 40;

/// A component that can be called.
pub(crate) struct Bare {
    engine: Engine,
    pre: AgentPre<State>,
    context: execution_context::Context,
    settings: settings::AgentSettings,
    /// Gets a permit for each status that a guest emits.
    pub(crate) statuses: Arc<Semaphore>,
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    imports: Imports,
}

struct Imports {
    context: execution_context::Context,
    settings: settings::AgentSettings,
    statuses: Arc<Semaphore>,
}

struct Room;

impl HasData for Room {
    type Data<'a> = &'a mut Imports;
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl Bare {
    pub(crate) fn new(
        engine: &Engine,
        component: &[u8],
        context: &ExecutionContext,
        settings: &AgentSettings,
    ) -> Result<Self> {
        let pre = link(engine, component).map_err(into_anyhow)?;
        Ok(Self {
            engine: engine.clone(),
            pre,
            context: convert::into_context(context),
            settings: convert::into_settings(settings),
            statuses: Arc::new(Semaphore::new(0)),
        })
    }

    /// Instantiates the component and calls `run`.
    pub(crate) async fn call(&self) -> Result<()> {
        let (context, settings) = (self.context.clone(), self.settings.clone());
        let imports = Imports { context, settings, statuses: Arc::clone(&self.statuses) };
        let state = State { wasi: WasiCtx::builder().build(), table: ResourceTable::new(), imports };
        let mut store = Store::new(&self.engine, state);
        store.set_epoch_deadline(FOREVER);
        let agent = self.pre.instantiate_async(&mut store).await.map_err(into_anyhow)?;
        let outcome =
            agent.orchestrator_plugin_agent_plugin().call_run(&mut store).await.map_err(into_anyhow)?;
        outcome.map(drop).map_err(|error| anyhow!("the guest failed: {}", error.message))
    }
}

fn link(engine: &Engine, component: &[u8]) -> wasmtime::Result<AgentPre<State>> {
    let component = Component::from_binary(engine, component)?;
    let mut linker: Linker<State> = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    execution_context::add_to_linker::<_, Room>(&mut linker, |state| &mut state.imports)?;
    settings::add_to_linker::<_, Room>(&mut linker, |state| &mut state.imports)?;
    log::add_to_linker::<_, Room>(&mut linker, |state| &mut state.imports)?;
    events::add_to_linker::<_, Room>(&mut linker, |state| &mut state.imports)?;
    model::add_to_linker::<_, Room>(&mut linker, |state| &mut state.imports)?;
    linker.define_unknown_imports_as_traps(&component)?;
    AgentPre::new(linker.instantiate_pre(&component)?)
}

/// What a host function answers: a value or an error for the guest, inside of an error that is a trap.
type Answered<T> = wasmtime::Result<Result<T, Error>>;

impl execution_context::Host for Imports {
    async fn get(&mut self) -> wasmtime::Result<execution_context::Context> {
        Ok(self.context.clone())
    }
}

impl settings::Host for Imports {
    async fn get(&mut self) -> wasmtime::Result<settings::AgentSettings> {
        Ok(self.settings.clone())
    }
}

impl log::Host for Imports {
    async fn write(&mut self, _: log::Level, _: String) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl events::Host for Imports {
    async fn status(&mut self, _: String, _: Option<String>) -> Answered<()> {
        self.statuses.add_permits(1);
        Ok(Ok(()))
    }

    async fn thinking_step(&mut self, _: String) -> Answered<()> {
        Ok(Ok(()))
    }

    async fn plan_created(&mut self, _: execution_context::Plan) -> Answered<()> {
        Ok(Ok(()))
    }

    async fn progress(&mut self, _: f32) -> wasmtime::Result<()> {
        Ok(())
    }
}

/// A model that takes a request and never answers.
impl model::Host for Imports {
    async fn start(&mut self, _: model::Request) -> Answered<Resource<model::Completion>> {
        Ok(Ok(Resource::new_own(0)))
    }

    async fn complete(&mut self, _: model::Request) -> Answered<model::Answer> {
        pending().await
    }
}

impl model::HostCompletion for Imports {
    async fn next(&mut self, _: Resource<model::Completion>) -> Answered<Option<model::Chunk>> {
        pending().await
    }

    async fn end(
        &mut self,
        _: Resource<model::Completion>,
    ) -> wasmtime::Result<Option<model::CompletionEnd>> {
        Ok(None)
    }

    async fn drop(&mut self, _: Resource<model::Completion>) -> wasmtime::Result<()> {
        Ok(())
    }
}

/// wasmtime's errors are chains of their own kind.
pub(crate) fn into_anyhow(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}
