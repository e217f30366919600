//! How long it takes until a file that was put into the plugins folder serves.
//!
//! Cold, the component has to be compiled; warm, its code is there from an earlier time, as when a plugin is put back.
//! In both, the watcher waits until the folder is quiet for a moment, which the references (compiling alone, loading
//! alone) do not.

use crate::{
    bare::into_anyhow,
    figure::{Aim, Amount, Figure},
    folder, give,
    sample::median_of,
    server::Program,
};
use anyhow::{Context, Result, bail};
use orchestrator::{Orchestrator, PluginState};
use orchestrator_runtime::{Runtime, SandboxLimits};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use wasmtime::component::Component;

const AGENT: &str = "sleeper";
const VERSIONS: u8 = 7;
/// A reload that takes longer never comes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let component = give::guest(AGENT)?;
    let versions: Vec<_> = (0..=VERSIONS).map(|number| version(&component, number)).collect();
    let size = component.len() / 1024;
    let [compiled, loaded] = references(&versions).await?;
    let [cold, warm] = reloads(&versions).await?;
    let figure = |what: &str, measured: f64, against: &str, reference: f64| Figure {
        what: format!("from a new file of {size} KiB to serving, {what}"),
        measured: Amount::Seconds(measured),
        against: against.into(),
        reference: Amount::Seconds(reference),
        aim: Aim::AtMost(Amount::Seconds(1.0)),
    };
    Ok(vec![
        figure("never compiled before", cold, "wasmtime alone: compile", compiled),
        figure("compiled before", warm, "the runtime alone: load compiled code", loaded),
    ])
}

/// The same component with another digest: a custom section at the end changes nothing else.
fn version(component: &[u8], number: u8) -> Vec<u8> {
    // Id 0, three bytes long: a name of one byte, and the number.
    [component, &[0, 3, 1, b'v', number]].concat()
}

/// What the orchestrator tells components apart by.
fn digest(component: &[u8]) -> String {
    Sha256::digest(component).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds to compile a version, and to load one that was compiled.
async fn references(versions: &[Vec<u8>]) -> Result<[f64; 2]> {
    let cache = folder::new()?;
    let runtime = Runtime::new(SandboxLimits::default(), Some(cache))?;
    let (mut compiled, mut loaded) = (Vec::new(), Vec::new());
    for bytes in versions {
        let begin = Instant::now();
        Component::from_binary(runtime.engine(), bytes).map_err(into_anyhow)?;
        compiled.push(begin.elapsed());
        runtime.load(bytes.clone()).await?;
        let begin = Instant::now();
        runtime.load(bytes.clone()).await?;
        loaded.push(begin.elapsed());
    }
    Ok([median_of(&compiled), median_of(&loaded)])
}

/// Seconds until a version serves for the first time, and for the second.
async fn reloads(versions: &[Vec<u8>]) -> Result<[f64; 2]> {
    let (first, others) = versions.split_first().context("there are no versions")?;
    let program = Program::open(give::agent(AGENT)?, first, None).await?;
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for bytes in others {
        cold.push(put(&program, bytes).await?);
        put(&program, first).await?;
        warm.push(put(&program, bytes).await?);
    }
    Ok([median_of(&cold), median_of(&warm)])
}

/// Puts a version into the plugins folder and waits until it serves.
async fn put(program: &Program, bytes: &[u8]) -> Result<Duration> {
    let wanted = digest(bytes);
    let begin = Instant::now();
    replace(&program.plugins(), bytes)?;
    let serves = serves(&program.orchestrator, &wanted);
    if tokio::time::timeout(PATIENCE, serves).await.is_err() {
        bail!("a new version did not serve within {} s", PATIENCE.as_secs());
    }
    Ok(begin.elapsed())
}

/// Written beside and moved into place, so that the file is never half there.
fn replace(folder: &Path, bytes: &[u8]) -> Result<()> {
    let arriving = folder.join(".arriving");
    fs::write(&arriving, bytes)?;
    fs::rename(&arriving, folder.join(format!("{AGENT}.wasm"))).context("moving a plugin into place")
}

async fn serves(orchestrator: &Orchestrator, digest: &str) {
    let mut generations = orchestrator.plugin_generations();
    loop {
        generations.borrow_and_update();
        let views = orchestrator.plugins();
        let serving = views.iter().filter(|view| view.state == PluginState::Serving);
        if serving.filter_map(|view| view.digest.as_deref()).any(|serving| serving == digest) {
            return;
        }
        // The sender lives in the orchestrator, so this waits and does not end.
        generations.changed().await.ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_differ_in_their_digest_alone() {
        let [a, b] = [1, 2].map(|number| version(b"\0asm\x0d\0\x01\0", number));
        assert_ne!(digest(&a), digest(&b));
        assert_eq!(a.len(), b.len());
    }
}
