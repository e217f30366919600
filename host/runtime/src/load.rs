//! From bytes to a plugin that can be called.

use crate::{
    carried::Carried,
    error::{LoadError, PluginKind},
    imports,
    limits::SandboxLimits,
    plugin::{Code, Plugin},
    runtime::{Inner, Runtime},
    shape,
};
use bytes::Bytes;
use orchestrator_contract::{AgentPre, ConditionPre};
use orchestrator_core::Digest;
use std::{sync::Arc, time::Instant};
use wasmtime::component::Component;

/// Bytes of a page of linear memory, fixed by WebAssembly.
const PAGE: u64 = 64 << 10;

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

fn check_memory(component: &Component, limits: &SandboxLimits) -> Result<(), LoadError> {
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
                let description = self.describing().agent(component).await?;
                Ok(Code::Agent { pre, description })
            }
            PluginKind::Condition => {
                let pre = self
                    .conditions
                    .instantiate_pre(component)
                    .and_then(ConditionPre::new)
                    .map_err(mismatch)?;
                let description = self.describing().condition(component).await?;
                Ok(Code::Condition { pre, description })
            }
        }
    }
}
