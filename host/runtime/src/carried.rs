//! Plugins that the program carries, with the code that was compiled for them when the program was built.
//!
//! Compiling thirteen plugins takes seconds, and a program that was just installed has no cache to take their code
//! from. So the build compiles them ahead ([`Precompiler`]), for the plainest processor of the program's target and not
//! for the one that happens to build, and the program takes that code after three checks: it was made from this very
//! component, it is whole, and wasmtime finds that version, settings and processor fit its engine. Code that fails one
//! is left aside, with a line in the log, and the component is compiled as any other.
//!
//! Loading compiled code means running it, and no check of contents can make bytes from elsewhere safe. These are
//! constants of the executable: whoever can change them can change the program, and gains nothing. That argument is
//! the caller's to make, so [`Carried::with_code`] is unsafe, and nothing that was read from a disk belongs there. The digest
//! is against accidents only: half a file, a folder of two builds.
//!
//! The price: plugins from the program use no instruction that every processor of the target does not have, and their
//! code is copied once, because wasmtime makes only memory of its own executable.

use crate::engine;
use orchestrator_core::Digest;
use std::hash::{DefaultHasher, Hash, Hasher};
use wasmtime::{Engine, component::Component};

/// Bytes of the hash of the engine that compiled. It follows the code; then come the digests of component and code.
const HASH: usize = 8;

/// A component in the executable and, where the build made it, its compiled code.
#[derive(Clone, Copy)]
pub struct Carried {
    pub(crate) component: &'static [u8],
    compiled: Option<&'static [u8]>,
}

impl Carried {
    /// A component that is compiled like any other.
    #[must_use]
    pub const fn new(component: &'static [u8]) -> Self {
        Self { component, compiled: None }
    }

    /// The same with what [`Precompiler::precompile`] made of it.
    ///
    /// # Safety
    /// `compiled` comes from there, and nobody has had an opportunity to change it on purpose; changes by accident are
    /// found out.
    #[must_use]
    #[allow(unsafe_code)]
    pub const unsafe fn with_code(self, compiled: &'static [u8]) -> Self {
        Self { compiled: Some(compiled), ..self }
    }

    /// The code, made ready to run. None when there is none or it does not fit, and then the log says why.
    pub(crate) fn load(&self, engine: &Engine, digest: &Digest) -> Option<Component> {
        match load(engine, self.compiled?, digest) {
            Ok(component) => Some(component),
            Err(reason) => {
                tracing::warn!(%digest, %reason, "compiled code in the program is left aside; compiling instead");
                None
            }
        }
    }
}

/// Why compiled code is left aside.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("it is cut off")]
    Short,
    #[error("it was made from another version of the plugin")]
    OtherComponent,
    #[error("it is damaged")]
    Damaged,
    #[error("it does not fit the engine: {0}")]
    Engine(String),
}

fn load(engine: &Engine, compiled: &[u8], digest: &Digest) -> Result<Component, Unfit> {
    let parts = Parts::of(compiled).ok_or(Unfit::Short)?;
    if parts.component != *digest {
        return Err(Unfit::OtherComponent);
    }
    if !parts.are_whole() {
        return Err(Unfit::Damaged);
    }
    // SAFETY: whoever made the `Carried` promised that this is from `precompile`, and it is whole.
    #[allow(unsafe_code)]
    let component = unsafe { Component::deserialize(engine, parts.code) };
    component.map_err(|error| Unfit::Engine(format!("{error:#}")))
}

/// Compiled code and what is known about it.
struct Parts<'a> {
    code: &'a [u8],
    compiler: [u8; HASH],
    component: Digest,
    digest: Digest,
}

impl<'a> Parts<'a> {
    fn of(compiled: &'a [u8]) -> Option<Self> {
        let (rest, digest) = compiled.split_last_chunk()?;
        let (rest, component) = rest.split_last_chunk()?;
        let (code, compiler) = rest.split_last_chunk()?;
        let [component, digest] = [component, digest].map(|bytes| Digest(*bytes));
        Some(Self { code, compiler: *compiler, component, digest })
    }

    fn are_whole(&self) -> bool {
        self.digest == Digest::of(self.code)
    }
}

/// Components cannot be compiled ahead.
#[derive(Debug, thiserror::Error)]
#[error("compiling ahead for {target}: {reason}", target = target_lexicon::HOST)]
pub struct PrecompileError {
    reason: String,
}

impl From<wasmtime::Error> for PrecompileError {
    fn from(error: wasmtime::Error) -> Self {
        Self { reason: format!("{error:#}") }
    }
}

/// Compiles components ahead, for any processor of the target that this crate was built for.
pub struct Precompiler {
    engine: Engine,
    hash: [u8; HASH],
}

impl Precompiler {
    /// Sets the compiler up.
    ///
    /// # Errors
    /// When it knows no such target.
    pub fn new() -> Result<Self, PrecompileError> {
        let mut config = engine::config();
        // Saying the target keeps the compiler from looking at the processor that it runs on.
        config.target(&target_lexicon::HOST.to_string())?;
        let engine = Engine::new(&config)?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self { engine, hash: hasher.finish().to_le_bytes() })
    }

    /// The compiled code of a component, for [`Carried::with_code`].
    ///
    /// # Errors
    /// When it is no valid component.
    pub fn precompile(&self, component: &[u8]) -> Result<Vec<u8>, PrecompileError> {
        let mut compiled = self.engine.precompile_component(component)?;
        let digest = Digest::of(&compiled);
        compiled.extend(self.hash);
        compiled.extend(Digest::of(component).0);
        compiled.extend(digest.0);
        Ok(compiled)
    }

    /// Whether [`Precompiler::precompile`] would say the same again.
    #[must_use]
    pub fn is_current(&self, component: &[u8], compiled: &[u8]) -> bool {
        Parts::of(compiled).is_some_and(|parts| {
            parts.compiler == self.hash && parts.component == Digest::of(component) && parts.are_whole()
        })
    }
}

#[cfg(test)]
mod tests;
