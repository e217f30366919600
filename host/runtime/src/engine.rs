//! The one engine of the program, and the linkers on top of it.

use crate::{cache::Cache, describe, limits::Limits, store, ticker::Ticker};
use orchestrator_contract as contract;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use wasmtime::{Config, Engine, WasmBacktraceDetails, component::Linker};

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
    /// A place for each call that may be under way; further ones wait for one.
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
        let engine = engine()?;
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

/// Memories, tables and stacks are allocated for each call, not kept in a pool: a pool gives each table pages of its own,
/// of which a Rust guest's two touch 8 KiB for as long as a run waits, and takes megabytes for its lists. Measured over
/// whole runs, it spares no CPU time.
fn engine() -> Result<Engine, RuntimeError> {
    Engine::new(&config()).map_err(|error| RuntimeError::Engine(format!("{error:#}")))
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
