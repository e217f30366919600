//! The one engine of the program, and the linkers on top of it.

use crate::{cache::Cache, describe, limits::Limits, store, ticker::Ticker};
use orchestrator_contract as contract;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails,
    component::Linker,
};

/// How often a guest that computes gives way. Every await of another run may stand behind one tick of each guest that
/// spins on its core, and a run awaits hundreds of times, so this is short; giving way itself costs microseconds.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// Stack of one guest. Deep recursion traps at this size.
const GUEST_STACK: usize = 1 << 20;
/// Stack of one fiber: the guest's and what host functions need on top of it.
const FIBER_STACK: usize = 2 << 20;

/// The sandbox could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The engine refuses its configuration, on this machine.
    #[error("starting the WebAssembly engine: {0}")]
    Engine(String),
    /// The folder for compiled code cannot be used.
    #[error("opening the folder for compiled code, {path}: {source}")]
    Cache {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The background thread that ticks could not be started.
    #[error("starting the thread that interrupts guests: {0}")]
    Ticker(#[source] std::io::Error),
}

/// Loads plugins and calls them. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) agents: Linker<store::AgentState>,
    pub(crate) conditions: Linker<store::ConditionState>,
    pub(crate) bare: Linker<describe::BareState>,
    pub(crate) cache: Option<Cache>,
    pub(crate) limits: Limits,
    /// A place for each call that may be under way: the pool refuses what it has no room for, a semaphore waits.
    pub(crate) places: Semaphore,
    /// Compiling takes a whole core; one at a time leaves the others to the runs.
    pub(crate) compiling: Semaphore,
    /// What interrupts guests. Whatever may compute is polled through it.
    pub(crate) ticker: Ticker,
}

impl Runtime {
    /// Starts the engine. Compiled code is kept below `cache`, when it is given.
    ///
    /// # Errors
    /// When the engine cannot run on this machine, or the cache folder cannot be used.
    pub fn new(limits: Limits, cache: Option<PathBuf>) -> Result<Self, RuntimeError> {
        let engine = engine(&limits)?;
        let failed = |error: wasmtime::Error| RuntimeError::Engine(format!("{error:#}"));
        let cache = cache
            .map(|path| Cache::open(&path, &engine).map_err(|source| RuntimeError::Cache { path, source }))
            .transpose()?;
        let inner = Inner {
            agents: store::link_agents(&engine).map_err(failed)?,
            conditions: store::link_conditions(&engine).map_err(failed)?,
            bare: describe::link_bare(&engine).map_err(failed)?,
            cache,
            places: Semaphore::new(limits.calls as usize),
            compiling: Semaphore::new(1),
            ticker: ticker(&engine)?,
            limits,
            engine,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The contract version that this host serves.
    #[must_use]
    pub fn contract_version(&self) -> &'static str {
        contract::VERSION
    }

    /// The engine, for programs that run components of their own beside the plugins.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// What plugins may use up.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }
}

/// What compiled code depends on: the same for the program, and for the build that compiles ahead for it.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Only sync-typed interfaces are linked, so the bookkeeping of component-model async is not needed.
        .concurrency_support(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .max_wasm_stack(GUEST_STACK)
        .async_stack_size(FIBER_STACK)
        .shared_memory(false)
        .wasm_memory64(false);
    config
}

fn engine(limits: &Limits) -> Result<Engine, RuntimeError> {
    let mut config = config();
    config.allocation_strategy(pooling(limits));
    match Engine::new(&config) {
        Ok(engine) => Ok(engine),
        Err(error) => {
            // The pool reserves terabytes of address space, which a container or a small CPU may not have.
            tracing::warn!(%error, "no room for the instance pool; memory is allocated on demand, calls cost more");
            config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
            Engine::new(&config).map_err(|error| RuntimeError::Engine(format!("{error:#}")))
        }
    }
}

/// A pool with a place for each call. A Rust guest is four core modules with two tables; one of componentize-py is
/// dozens of modules, which is what the limits per component are for.
fn pooling(limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    let calls = limits.calls;
    pool.total_component_instances(calls)
        .total_core_instances(calls.saturating_mul(8))
        .total_memories(calls)
        .total_tables(calls.saturating_mul(4))
        .total_stacks(calls)
        .max_core_instances_per_component(400)
        .max_memories_per_component(16)
        .max_tables_per_component(64)
        .max_tables_per_module(16)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .table_elements(limits.table_elements)
        .max_memory_size(limits.memory)
        // A place that keeps its first pages saves the next call the page faults; more would cost idle memory.
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(16 << 10)
        .max_unused_warm_slots(64);
    pool
}

/// Advances the epoch while guests compute.
fn ticker(engine: &Engine) -> Result<Ticker, RuntimeError> {
    // Weakly: what outlives the runtime is not to be kept by its clock.
    let engine = engine.weak();
    let tick = move || {
        if let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
        }
    };
    Ticker::start(TICK, tick).map_err(RuntimeError::Ticker)
}
