//! Building guests: WebAssembly components, from sources in several languages, into one folder of `<name>.wasm` files.
//!
//! Others depend on those files (the program embeds some, tests compile all), so a file is written only when its bytes
//! changed, and a file whose source is gone is removed: the folder holds what the sources say, and its times say when
//! that last changed.

mod collect;
mod javascript;
mod python;
mod rust;
mod script;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use self::collect::Collection;
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::say;
use crate::toolchain::Toolchain;

/// Builds the plugins that the program embeds.
pub(crate) fn build_plugins(layout: &Layout, toolchain: &Toolchain, force: bool) -> Result<()> {
    if force {
        start_over(layout)?;
    }
    let mut collection = Collection::new(layout.plugins())?;
    for component in rust::build(layout, toolchain, &layout.plugin_sources())? {
        collection.add_component(&component)?;
    }
    collection.finish("plugins")
}

/// Builds the guests that tests call, in every language that this machine has the means for.
pub(crate) fn build_test_guests(layout: &Layout, toolchain: &Toolchain, force: bool) -> Result<Vec<LeftOut>> {
    if force {
        remove(&layout.test_guests())?;
    }
    let mut collection = Collection::new(layout.test_guests())?;
    let rust_sources = layout.test_guest_sources("rust");
    if is_workspace(&rust_sources) {
        for component in rust::build(layout, toolchain, &rust_sources)? {
            collection.add_component(&component)?;
        }
    }
    let mut left_out = Vec::new();
    for language in [&python::PYTHON, &javascript::JAVASCRIPT] {
        left_out.extend(script::build_all(layout, language, &mut collection)?);
    }
    collection.finish("test guests")?;
    Ok(left_out)
}

/// The cargo workspaces of guests, and of what guests are made from. Each has its own lock file, so that a plugin's
/// author and the host's do not move each other's dependencies.
pub(crate) fn rust_workspaces(layout: &Layout) -> Vec<PathBuf> {
    let mut workspaces = vec![layout.sdk(), layout.plugin_sources(), layout.test_guest_sources("rust")];
    workspaces.retain(|folder| is_workspace(folder));
    workspaces
}

fn is_workspace(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
}

/// Forgets everything that was built for guests.
fn start_over(layout: &Layout) -> Result<()> {
    say("building guests from nothing");
    remove(&layout.guest_target())?;
    remove(&layout.plugins())
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}
