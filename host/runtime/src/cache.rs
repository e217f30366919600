//! Compiled code on disk, so that a start does not compile what an earlier start compiled.
//!
//! A file is named after the component's digest and lives in a folder named after everything that its code depends
//! on: engine version, settings, CPU features. Loading compiled code means running whatever is in the file, so the
//! folder is readable and writable by this user alone, files get there by rename, and nothing but this module ever
//! writes one: a `.cwasm` is never taken from the plugins folder.

use orchestrator_core::Digest;
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
};
use wasmtime::{Engine, component::Component};

/// Compiled components of one engine configuration.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the cache below `folder`, making it if needed.
    pub(crate) fn open(folder: &Path, engine: &Engine) -> std::io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let folder = folder.join(format!("{:016x}", hasher.finish()));
        private_folder(&folder)?;
        Ok(Self { folder })
    }

    /// The compiled component with this digest, if it is there and fits the engine.
    pub(crate) fn get(&self, engine: &Engine, digest: &Digest) -> Option<Component> {
        let path = self.path(digest);
        if !path.exists() {
            return None;
        }
        // SAFETY: the file was written by `put` from this engine's own compiler output and moved into place whole;
        // the folder is accessible to this user alone.
        #[allow(unsafe_code)]
        match unsafe { Component::deserialize_file(engine, &path) } {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "compiled code does not load; compiling again");
                None
            }
        }
    }

    /// Keeps a compiled component. A full disk costs only time at the next start, so a failure is logged.
    pub(crate) fn put(&self, digest: &Digest, component: &Component) {
        if let Err(error) = self.try_put(digest, component) {
            tracing::warn!(folder = %self.folder.display(), error, "compiled code could not be kept");
        }
    }

    fn try_put(&self, digest: &Digest, component: &Component) -> Result<(), String> {
        let code = component.serialize().map_err(|error| error.to_string())?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(|error| error.to_string())?;
        file.write_all(&code).map_err(|error| error.to_string())?;
        file.persist(self.path(digest)).map_err(|error| error.to_string())?;
        Ok(())
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{digest}.cwasm"))
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
