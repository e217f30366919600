//! What every plugin of the program runs on: the engine, and the linkers on top of it.

use crate::{
    cache::Cache,
    describe::{self, Describing},
    engine,
    error::RuntimeError,
    limits::SandboxLimits,
    store,
    ticker::Ticker,
};
use orchestrator_contract as contract;
use orchestrator_core::{ErrorCode, Failure};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::{Engine, component::Linker};

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
    pub(crate) limits: SandboxLimits,
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
    pub fn new(limits: SandboxLimits, cache: Option<PathBuf>) -> Result<Self, RuntimeError> {
        let failed = |error: wasmtime::Error| RuntimeError::Engine(format!("{error:#}"));
        let engine = engine::new().map_err(failed)?;
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
            ticker: engine::ticker(&engine).map_err(RuntimeError::Ticker)?,
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
    pub fn limits(&self) -> &SandboxLimits {
        &self.inner.limits
    }
}

impl Inner {
    /// Waits until there is a place for one more call.
    pub(crate) async fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let place = self.places.acquire().await;
        place.map_err(|_| Failure::new(ErrorCode::Internal, "the sandbox is shut down"))
    }

    /// What asking a plugin for its description takes.
    pub(crate) fn describing(&self) -> Describing<'_> {
        let Self { engine, bare, limits, ticker, .. } = self;
        Describing { engine, bare, limits, ticker }
    }
}
