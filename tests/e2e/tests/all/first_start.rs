//! The first start on an empty data folder: what the program carries is compiled already.
//!
//! What was compiled is kept in the data folder, so the files there tell how much that was.

use orchestrator::{Config, Orchestrator, Origin, PluginState};
use orchestrator_builtin::{Builtin, PLUGINS};
use orchestrator_e2e::{guest, models, soon};
use orchestrator_plugins::Registry;
use orchestrator_runtime::{Carried, Runtime, SandboxLimits};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;

/// Files of compiled code below a cache folder.
fn compiled(cache: &Path) -> usize {
    let engines = fs::read_dir(cache).unwrap().map(|engine| engine.unwrap().path());
    engines.map(|engine| fs::read_dir(engine).unwrap().count()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_compiled_but_what_the_plugins_folder_brings() {
    let without = PLUGINS.iter().filter(|plugin| plugin.compiled.is_none()).count();
    assert_eq!(without, 0, "plugins without compiled code: run `cargo xtask plugins`, and build again");
    let data = Arc::new(TempDir::new().unwrap());
    let config = || Config::new(data.path(), models::script(&data, models::TODO_APP));

    let first = soon("the first start", Orchestrator::open(config())).await.unwrap();
    let plugins = first.plugins();
    assert_eq!(plugins.len(), PLUGINS.len());
    assert!(plugins.iter().all(|it| it.origin == Origin::BuiltIn && it.state == PluginState::Serving));
    assert_eq!(compiled(&data.path().join("cache")), 0);
    drop(first);

    let data = Arc::new(TempDir::new().unwrap());
    fs::create_dir(data.path().join("plugins")).unwrap();
    fs::write(data.path().join("plugins/echo.wasm"), guest("echo")).unwrap();
    let config = Config::new(data.path(), models::script(&data, models::TODO_APP));
    let second = soon("the start with a plugin", Orchestrator::open(config)).await.unwrap();
    assert!(second.plugins().iter().any(|it| it.name == "echo" && it.state == PluginState::Serving));
    assert_eq!(compiled(&data.path().join("cache")), 1);
}

/// What serves, and how much was compiled for it, when the program carries `code` for a condition.
async fn with_code(condition: &Builtin, code: &[u8]) -> (bool, usize) {
    let place = TempDir::new().unwrap();
    let cache = place.path().join("cache");
    let limits = SandboxLimits { calls: 4, ..SandboxLimits::default() };
    let runtime = Runtime::new(limits, Some(cache.clone())).unwrap();
    let carried = Carried::new(condition.bytes);
    // SAFETY: it is what the build made, or that by an accident.
    #[allow(unsafe_code)]
    let carried = unsafe { carried.with_code(code.to_vec().leak()) };
    let registry = Registry::open(runtime, [(condition.name, carried)], place.path().join("plugins"));
    let registry = soon("the plugin to load", registry).await.unwrap();
    (registry.serving().condition(condition.name).is_some(), compiled(&cache))
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_does_not_fit_is_left_aside_and_the_plugin_serves() {
    let named = |name| PLUGINS.iter().find(|plugin| plugin.name == name).unwrap();
    let (condition, other) = (named("has-errors"), named("files-created"));
    let code = condition.compiled.expect("`cargo xtask plugins` compiles ahead");
    let mut damaged = code.to_vec();
    damaged[code.len() / 2] ^= 1;
    assert_eq!(with_code(condition, code).await, (true, 0));
    assert_eq!(with_code(condition, &damaged).await, (true, 1));
    assert_eq!(with_code(condition, &code[..code.len() / 2]).await, (true, 1));
    assert_eq!(with_code(condition, &[]).await, (true, 1));
    assert_eq!(with_code(condition, other.compiled.unwrap()).await, (true, 1));
}
