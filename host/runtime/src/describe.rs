//! Asking a plugin what it is, in a sandbox without any capability.
//!
//! A description decides what the plugin is allowed later on, so it is given before anything is: WASI without files,
//! environment, arguments or network, and a trap behind each interface of the contract.

use crate::{
    engine::TICK,
    error::LoadError,
    limits::{Meter, SandboxLimits},
    output::Tail,
    result,
    ticker::Ticker,
    trap,
};
use orchestrator_contract::{self as contract, convert};
use orchestrator_core::{AgentDescription, ConditionDescription};
use std::time::Duration;
use wasmtime::{
    Engine, Store, UpdateDeadline,
    component::{Component, Linker, ResourceTable, ResourceType, types::ComponentItem},
    error::format_err,
};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// How long a plugin may take to describe itself.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(1);

/// What it takes to ask.
pub(crate) struct Describing<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) bare: &'a Linker<BareState>,
    pub(crate) limits: &'a SandboxLimits,
    pub(crate) ticker: &'a Ticker,
}

impl Describing<'_> {
    pub(crate) async fn agent(&self, component: &Component) -> Result<AgentDescription, LoadError> {
        let (mut store, linker, stderr) = self.bare_store(component)?;
        let describe = async {
            let agent = contract::Agent::instantiate_async(&mut store, component, &linker).await?;
            agent.orchestrator_plugin_agent_plugin().call_describe(&mut store).await
        };
        let description = in_time(self.ticker.during(describe), &stderr).await?;
        let described = convert::from_agent_description(description).map_err(LoadError::Description)?;
        result::described(&described).map_err(LoadError::Description)?;
        Ok(described)
    }

    pub(crate) async fn condition(&self, component: &Component) -> Result<ConditionDescription, LoadError> {
        let (mut store, linker, stderr) = self.bare_store(component)?;
        let describe = async {
            let condition = contract::Condition::instantiate_async(&mut store, component, &linker).await?;
            condition.orchestrator_plugin_condition_plugin().call_describe(&mut store).await
        };
        let description = in_time(self.ticker.during(describe), &stderr).await?;
        let described = convert::from_condition_description(description).map_err(LoadError::Description)?;
        result::described(&described).map_err(LoadError::Description)?;
        Ok(described)
    }

    /// A store without any capability: each one traps when called.
    fn bare_store(
        &self,
        component: &Component,
    ) -> Result<(Store<BareState>, Linker<BareState>, Tail), LoadError> {
        let internal = |error: wasmtime::Error| LoadError::Internal(format!("{error:#}"));
        let mut linker = self.bare.clone();
        trap_contract(&mut linker, component, self.engine).map_err(internal)?;
        let stderr = Tail::new(self.limits.output);
        let mut store = Store::new(self.engine, BareState::new(self.limits, &stderr));
        store.limiter(|state| &mut state.meter);
        store.set_hostcall_fuel(self.limits.payload);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        Ok((store, linker, stderr))
    }
}

/// Puts a trap behind each function of the contract that the component imports. WASI is left to the linker, which
/// knows that a component built against one of its patch releases is served by another.
fn trap_contract(
    linker: &mut Linker<BareState>,
    component: &Component,
    engine: &Engine,
) -> wasmtime::Result<()> {
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = import.ty else { continue };
        if !name.starts_with(contract::PACKAGE) {
            continue;
        }
        let mut room = linker.instance(name)?;
        for (item, export) in interface.exports(engine) {
            match export.ty {
                ComponentItem::ComponentFunc(_) => {
                    let function = format!("{name}#{item}");
                    room.func_new(item, move |_, _, _, _| {
                        Err(format_err!("it called {function}, which `describe` may not"))
                    })?;
                }
                ComponentItem::Resource(_) => {
                    room.resource(item, ResourceType::host::<()>(), |_, _| Ok(()))?
                }
                _ => {}
            }
        }
    }
    Ok(())
}

async fn in_time<T>(
    describe: impl Future<Output = wasmtime::Result<T>>,
    stderr: &Tail,
) -> Result<T, LoadError> {
    match tokio::time::timeout(DESCRIBE_TIMEOUT, describe).await {
        Ok(Ok(description)) => Ok(description),
        Ok(Err(error)) => {
            let stderr = stderr.text();
            let said = stderr.lines().last().map(|line| format!(" (it wrote: {line})")).unwrap_or_default();
            Err(LoadError::Describe(format!("{}{said}", trap::cause(&error))))
        }
        Err(_) => Err(LoadError::Describe(format!(
            "it took longer than {} s (looked for every {} ms)",
            DESCRIBE_TIMEOUT.as_secs(),
            TICK.as_millis()
        ))),
    }
}

/// State of a store in which a plugin describes itself: WASI without files, environment, arguments or network.
pub(crate) struct BareState {
    wasi: WasiCtx,
    table: ResourceTable,
    meter: Meter,
}

impl BareState {
    fn new(limits: &SandboxLimits, stderr: &Tail) -> Self {
        let wasi = WasiCtxBuilder::new().max_random_size(limits.random).stderr(stderr.clone()).build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self { wasi, table, meter: Meter::new(limits) }
    }
}

impl WasiView for BareState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

pub(crate) fn link_bare(engine: &Engine) -> wasmtime::Result<Linker<BareState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    Ok(linker)
}
