//! From bytes to a plugin that can be called.

use crate::{
    carried::Carried,
    digest::Digest,
    engine::{Inner, Runtime},
    error::{LoadError, PluginKind},
    imports,
    limits::Limits,
    shape,
    store::{AgentState, ConditionState},
};
use bytes::Bytes;
use orchestrator_contract::{AgentPre, ConditionPre};
use orchestrator_core::{AgentDescription, ConditionDescription};
use std::{sync::Arc, time::Instant};
use wasmtime::component::Component;

/// Bytes of a page of linear memory, fixed by WebAssembly.
const PAGE: u64 = 64 << 10;

/// A plugin that can be called. Runs hold it by `Arc`, so it outlives its replacement as long as a run needs it.
pub struct Plugin {
    pub(crate) code: Code,
    digest: String,
    size: usize,
    imports: Vec<String>,
}

pub(crate) enum Code {
    Agent { pre: AgentPre<AgentState>, description: AgentDescription },
    Condition { pre: ConditionPre<ConditionState>, description: ConditionDescription },
}

impl Plugin {
    /// Agent type or condition name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.code {
            Code::Agent { description, .. } => description.agent_type.as_str(),
            Code::Condition { description, .. } => &description.name,
        }
    }

    /// The plugin's own version.
    #[must_use]
    pub fn version(&self) -> &str {
        match &self.code {
            Code::Agent { description, .. } => &description.version,
            Code::Condition { description, .. } => &description.version,
        }
    }

    /// Its world.
    #[must_use]
    pub fn kind(&self) -> PluginKind {
        match &self.code {
            Code::Agent { .. } => PluginKind::Agent,
            Code::Condition { .. } => PluginKind::Condition,
        }
    }

    /// What it says of itself, when it is an agent.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentDescription> {
        match &self.code {
            Code::Agent { description, .. } => Some(description),
            Code::Condition { .. } => None,
        }
    }

    /// What it says of itself, when it is a condition.
    #[must_use]
    pub fn condition(&self) -> Option<&ConditionDescription> {
        match &self.code {
            Code::Agent { .. } => None,
            Code::Condition { description, .. } => Some(description),
        }
    }

    /// SHA-256 of the component, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Bytes of the component.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The interfaces that it imports.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }
}

impl Runtime {
    /// Makes a plugin of a component's bytes.
    ///
    /// Compiling happens on a blocking thread, one component at a time, and is skipped for a component that was
    /// compiled before.
    ///
    /// # Errors
    /// Says what is wrong with the component and what would be right; see [`LoadError`].
    pub async fn load(&self, bytes: Vec<u8>) -> Result<Plugin, LoadError> {
        let limit = self.inner.limits.component_size;
        if bytes.len() > limit {
            return Err(LoadError::TooLarge { size: bytes.len(), limit });
        }
        let digest = Digest::of(&bytes);
        let size = bytes.len();
        let component = self.compiled(bytes.into(), digest).await?;
        self.plugin(component, digest, size).await
    }

    /// Makes a plugin of a component that the program carries, from its compiled code where that fits.
    ///
    /// # Errors
    /// As [`Runtime::load`].
    pub async fn load_carried(&self, carried: Carried) -> Result<Plugin, LoadError> {
        let digest = Digest::of(carried.component);
        let component = match carried.load(&self.inner.engine, &digest) {
            Some(component) => component,
            None => self.compiled(Bytes::from_static(carried.component), digest).await?,
        };
        self.plugin(component, digest, carried.component.len()).await
    }

    /// The component's code: what was compiled before, or else what the compiler makes of it now.
    async fn compiled(&self, bytes: Bytes, digest: Digest) -> Result<Component, LoadError> {
        let inner = Arc::clone(&self.inner);
        if let Some(component) = inner.cache.as_ref().and_then(|cache| cache.get(&inner.engine, &digest)) {
            return Ok(component);
        }
        let place =
            self.inner.compiling.acquire().await.map_err(|error| LoadError::Internal(error.to_string()))?;
        let compile = move || {
            shape::check(&bytes)?;
            let begin = Instant::now();
            let component = Component::from_binary(&inner.engine, &bytes)
                .map_err(|error| LoadError::Invalid(error.root_cause().to_string()))?;
            tracing::info!(%digest, ms = begin.elapsed().as_millis(), "component compiled");
            if let Some(cache) = &inner.cache {
                cache.put(&digest, &component);
            }
            Ok(component)
        };
        let compiled = tokio::task::spawn_blocking(compile).await;
        drop(place);
        // A compiler that panics over a broken file must not take the host with it.
        compiled.map_err(|error| LoadError::Invalid(format!("the compiler gave up on it: {error}")))?
    }

    async fn plugin(&self, component: Component, digest: Digest, size: usize) -> Result<Plugin, LoadError> {
        let engine = &self.inner.engine;
        let ty = component.component_type();
        let kind = imports::kind(ty.exports(engine).map(|(name, _)| name).collect::<Vec<_>>().into_iter())?;
        let imports: Vec<String> = ty.imports(engine).map(|(name, _)| name.to_owned()).collect();
        imports::check(kind, imports.iter().map(String::as_str))?;
        check_memory(&component, &self.inner.limits)?;
        let code = self.inner.link(kind, &component).await?;
        Ok(Plugin { code, digest: digest.to_string(), size, imports })
    }
}

fn check_memory(component: &Component, limits: &Limits) -> Result<(), LoadError> {
    let pages = component.resources_required().and_then(|needs| needs.max_initial_memory_size).unwrap_or(0);
    let size = pages.saturating_mul(PAGE);
    match size > limits.memory as u64 {
        true => Err(LoadError::Memory { size, limit: limits.memory }),
        false => Ok(()),
    }
}

impl Inner {
    async fn link(&self, kind: PluginKind, component: &Component) -> Result<Code, LoadError> {
        let mismatch = |error: wasmtime::Error| LoadError::Mismatch { reason: format!("{error:#}") };
        match kind {
            PluginKind::Agent => {
                let pre = self.agents.instantiate_pre(component).and_then(AgentPre::new).map_err(mismatch)?;
                let description = self.describe_agent(component).await?;
                Ok(Code::Agent { pre, description })
            }
            PluginKind::Condition => {
                let pre = self
                    .conditions
                    .instantiate_pre(component)
                    .and_then(ConditionPre::new)
                    .map_err(mismatch)?;
                let description = self.describe_condition(component).await?;
                Ok(Code::Condition { pre, description })
            }
        }
    }
}
