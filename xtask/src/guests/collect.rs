//! The folder that built guests are collected in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::say;

/// A folder of `<name>.wasm` files being brought up to date.
pub(super) struct Collection {
    folder: PathBuf,
    names: BTreeSet<String>,
    changed: usize,
}

impl Collection {
    pub(super) fn new(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self { folder, names: BTreeSet::new(), changed: 0 })
    }

    /// Where the component of a name belongs.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.wasm"))
    }

    /// Adds a component under its file's name, with the hyphens that cargo made underscores.
    pub(super) fn add_component(&mut self, component: &Path) -> Result<()> {
        let stem = component.file_stem().unwrap_or_default().to_string_lossy();
        self.add(&stem.replace('_', "-"), component)
    }

    /// Adds a component under `name`.
    pub(super) fn add(&mut self, name: &str, component: &Path) -> Result<()> {
        let new = fs::read(component).with_context(|| format!("{} cannot be read", component.display()))?;
        let place = self.place(name);
        if !fs::read(&place).is_ok_and(|old| old == new) {
            // Whole or not at all: a server may be watching this folder.
            let arriving = self.folder.join(format!(".{name}.arriving"));
            fs::write(&arriving, &new)?;
            fs::rename(&arriving, &place)?;
            self.changed += 1;
        }
        self.keep(name)
    }

    /// Keeps a component that lies in its place already.
    pub(super) fn keep(&mut self, name: &str) -> Result<()> {
        if !self.names.insert(name.to_owned()) {
            bail!("two guests are named `{name}`; rename one");
        }
        Ok(())
    }

    /// Removes what was not built or kept, and says what is there now.
    pub(super) fn finish(self, what: &str) -> Result<()> {
        for entry in self.folder.read_dir()?.flatten() {
            let path = entry.path();
            let is_wasm = path.extension().is_some_and(|extension| extension == "wasm");
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if is_wasm && !self.names.contains(&stem) {
                fs::remove_file(&path)?;
                say(format!("removed {}: nothing here builds it now", path.display()));
            }
        }
        say(format!("{} {what} in {}, {} changed", self.names.len(), self.folder.display(), self.changed));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unchanged_component_keeps_its_time_and_a_changed_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("file_writer.wasm");
        let collected = folder.path().join("collected");
        let collect = |bytes: &str| {
            fs::write(&built, bytes).unwrap();
            let mut collection = Collection::new(collected.clone()).unwrap();
            collection.add_component(&built).unwrap();
            let changed = collection.changed;
            collection.finish("guests").unwrap();
            (changed, fs::read_to_string(collected.join("file-writer.wasm")).unwrap())
        };
        assert_eq!(collect("one"), (1, "one".into()));
        assert_eq!(collect("one"), (0, "one".into()));
        assert_eq!(collect("two"), (1, "two".into()));
    }

    #[test]
    fn what_lost_its_source_is_removed_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old.wasm"), "").unwrap();
        fs::write(folder.path().join("kept.wasm"), "").unwrap();
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        let mut collection = Collection::new(folder.path().into()).unwrap();
        collection.keep("kept").unwrap();
        collection.finish("guests").unwrap();
        assert!(!folder.path().join("old.wasm").exists());
        assert!(folder.path().join("kept.wasm").exists() && folder.path().join("notes.txt").exists());
    }

    #[test]
    fn two_guests_cannot_share_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut collection = Collection::new(folder.path().into()).unwrap();
        collection.keep("echo").unwrap();
        assert!(collection.keep("echo").unwrap_err().to_string().contains("two guests are named `echo`"));
    }
}
