//! Guests in Rust: a cargo workspace of their own, whose `cdylib` members become components.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::remove;
use crate::layout::Layout;
use crate::process::{say, shown};
use crate::toolchain::{TARGET, Toolchain};

/// Builds the workspace in `sources` and gives its components. All workspaces share one target folder, so that what
/// they have in common (binding generators, mostly) is compiled once; which files are whose, cargo says.
pub(super) fn build(layout: &Layout, toolchain: &Toolchain, sources: &Path) -> Result<Vec<PathBuf>> {
    let target = layout.guest_target();
    forget_other_toolchains(&target, toolchain)?;
    let shown_sources = sources.strip_prefix(&layout.root).unwrap_or(sources);
    say(format!("building the guests in {}", shown_sources.display()));
    let mut cargo = toolchain.cargo();
    cargo
        .args(["build", "--workspace", "--release", "--locked", "--target", TARGET])
        .arg("--manifest-path")
        .arg(sources.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .arg("--message-format=json-render-diagnostics")
        // Configuration files are looked for from here on upwards.
        .current_dir(sources)
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().with_context(|| format!("`{}` could not be started", shown(&cargo)))?;
    let messages = child.stdout.take().context("cargo's output was not caught")?;
    let mut components = Vec::new();
    for line in BufReader::new(messages).lines() {
        components.extend(components_in(&line?));
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(&cargo));
    }
    Ok(components)
}

/// Empties the target folder when another toolchain filled it. Cargo tells compilers apart by version only, and two
/// standard libraries of one version that were built separately do not mix.
fn forget_other_toolchains(target: &Path, toolchain: &Toolchain) -> Result<()> {
    let note = target.join("toolchain");
    if fs::read_to_string(&note).is_ok_and(|identity| identity == toolchain.identity) {
        return Ok(());
    }
    remove(target)?;
    fs::create_dir_all(target).with_context(|| format!("{} cannot be made", target.display()))?;
    Ok(fs::write(note, &toolchain.identity)?)
}

/// The parts of cargo's messages that matter here.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    target: Kind,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize, Default)]
struct Kind {
    #[serde(default)]
    kind: Vec<String>,
}

fn components_in(line: &str) -> Vec<PathBuf> {
    // A line that is no message is something a build script printed.
    let Ok(message) = serde_json::from_str::<Message>(line) else { return Vec::new() };
    if !message.target.kind.iter().any(|kind| kind == "cdylib") {
        return Vec::new();
    }
    let is_wasm = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    message.filenames.into_iter().filter(is_wasm).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_what_cargo_says_they_are() {
        let artifact = r#"{"reason":"compiler-artifact","target":{"kind":["cdylib"],"name":"planner"},
            "filenames":["/t/wasm32-wasip2/release/planner.wasm","/t/planner.d"],"fresh":true}"#;
        assert_eq!(components_in(artifact), [PathBuf::from("/t/wasm32-wasip2/release/planner.wasm")]);
        let library = r#"{"reason":"compiler-artifact","target":{"kind":["lib"]},"filenames":["/t/a.rlib"]}"#;
        assert!(components_in(library).is_empty());
        assert!(components_in(r#"{"reason":"build-finished","success":true}"#).is_empty());
        assert!(components_in("printed by a build script").is_empty());
    }
}
