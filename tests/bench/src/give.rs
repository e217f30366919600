//! What the measurements work on: test guests, and the contexts and settings that calls are given.

use anyhow::{Context, Result};
use orchestrator_core::{
    AgentSettings, AgentType, ExecutionContext, Permissions, ProjectId, RunId, WorkflowName,
};
use orchestrator_model::{ModelConfig, ProviderKind};
use orchestrator_policy::{Decision, Policy, Subject};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The folder that cargo builds into: `<target>/<profile>/deps/<this program>` lies in it.
pub(crate) fn target_folder() -> Result<PathBuf> {
    above(3)
}

/// The folder that holds the programs of this profile.
pub(crate) fn program_folder() -> Result<PathBuf> {
    above(2)
}

/// The cargo profile of this program. Benchmarks and releases share a folder.
pub(crate) fn profile() -> Result<&'static str> {
    let folder = program_folder()?;
    Ok(if folder.ends_with("debug") { "dev" } else { "bench" })
}

fn above(levels: usize) -> Result<PathBuf> {
    let program = env::current_exe().context("finding this program")?;
    program
        .ancestors()
        .nth(levels)
        .map(Path::to_owned)
        .context("this program is not where cargo puts benchmarks")
}

/// The bytes of a test guest.
pub(crate) fn guest(name: &str) -> Result<Vec<u8>> {
    let folder = match env::var_os("ORCHESTRATOR_TEST_GUESTS") {
        Some(folder) => PathBuf::from(folder),
        None => target_folder()?.join("test-guests"),
    };
    let path = folder.join(format!("{name}.wasm"));
    fs::read(&path).with_context(|| {
        format!("reading the test guest {}; build it with `cargo xtask test-guests`", path.display())
    })
}

/// What an agent is told in the first step of a run.
pub(crate) fn context() -> Result<ExecutionContext> {
    Ok(ExecutionContext {
        run_id: RunId::generate(),
        project_id: ProjectId::new("bench")?,
        user_request: "Build a todo app with React".into(),
        workflow: WorkflowName::standard(),
        step: "Create Plan".into(),
        step_number: 1,
        step_count: 5,
        attempt: 1,
        round: 0,
        plan: None,
        files: Vec::new(),
        last_command: None,
        outputs: Vec::new(),
        errors: Vec::new(),
        metadata: serde_json::Map::new(),
    })
}

/// What the echo may do: what it asks for.
pub(crate) fn decision() -> Result<Decision> {
    let granted = Permissions { model: true, command: false, read_files: true, write_files: true };
    let subject = Subject { name: "echo", built_in: false, asked: granted, granted, programs: &[] };
    Ok(Policy::built_in()?.decide(&subject))
}

/// An agent's settings.
pub(crate) fn settings() -> AgentSettings {
    AgentSettings {
        prompt: "Say what you hear.".into(),
        model: "haiku".into(),
        temperature: 0.5,
        max_tokens: 1024,
        effort: None,
        options: serde_json::Map::new(),
    }
}

/// The scripted model, with a script of its own or the one that the program carries.
pub(crate) fn scripted(script: Option<PathBuf>) -> ModelConfig {
    ModelConfig { kind: ProviderKind::Scripted, script, ..ModelConfig::default() }
}

/// An agent type.
pub(crate) fn agent(name: &str) -> Result<AgentType> {
    Ok(AgentType::new(name)?)
}
