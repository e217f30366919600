//! Models for tests: scripts, and providers of the fake provider.

use orchestrator::ModelConfig;
use orchestrator_fake_provider::FakeProvider;
use std::{fs, time::Duration};
use tempfile::TempDir;

/// The key that the tests give to providers. It must never be seen again.
pub const KEY: &str = "sk-e2e-7f3a9c51d2e84b60";

/// How long the fake provider may be silent in tests about silence.
pub const IDLE: Duration = Duration::from_secs(1);

fn from_variables(variables: &[(&str, &str)]) -> ModelConfig {
    let value =
        |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    ModelConfig::from_env(value).expect("the variables make sense")
}

/// The built-in script.
pub const TODO_APP: &str = include_str!("../../../host/model/scripts/todo-app.toml");

/// The scripted model with its built-in script, at the pace that people watch.
#[must_use]
pub fn scripted() -> ModelConfig {
    from_variables(&[("ORCHESTRATOR_MODEL_PROVIDER", "scripted")])
}

/// The scripted model with a script, kept in `folder`, without pauses between pieces.
///
/// # Panics
/// When the script cannot be written.
#[must_use]
pub fn script(folder: &TempDir, script: &str) -> ModelConfig {
    let path = folder.path().join("script.toml");
    fs::write(&path, format!("delay_ms = 0\n{script}")).expect("a temporary folder can be written");
    ModelConfig { script: Some(path), ..scripted() }
}

/// How long a busy fake provider is left alone the first time that it names no time.
const PAUSE: Duration = Duration::from_millis(800);

/// With pauses that a test can wait for.
fn impatient(mut model: ModelConfig) -> ModelConfig {
    model.manner.first_pause = PAUSE;
    model
}

/// The fake provider, in Anthropic's format.
#[must_use]
pub fn anthropic(provider: &FakeProvider) -> ModelConfig {
    impatient(from_variables(&[
        ("ANTHROPIC_API_KEY", KEY),
        ("ANTHROPIC_BASE_URL", &provider.anthropic_url()),
    ]))
}

/// The fake provider, in the OpenAI-compatible format.
#[must_use]
pub fn openai(provider: &FakeProvider) -> ModelConfig {
    impatient(from_variables(&[("OPENAI_API_KEY", KEY), ("OPENAI_BASE_URL", &provider.openai_url())]))
}
