//! A whole program in a test: orchestrator, HTTP server, data folder.

use crate::{Api, models, soon, target_folder};
use orchestrator::{
    Config, ModelConfig, Orchestrator, OrchestratorLimits, PluginView,
    commands::{self, Helper, SandboxConfig},
};
use orchestrator_server::ServerConfig;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// How long runs get to write their last events when a test stops its server.
const GRACE: Duration = Duration::from_secs(20);

/// What a server is started with.
pub struct Setup {
    data: Arc<TempDir>,
    model: ModelConfig,
    limits: OrchestratorLimits,
    commands: SandboxConfig,
    server: ServerConfig,
    policy: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup {
    /// A fresh data folder, the built-in script without its pauses, and the limits that the program has.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[must_use]
    pub fn new() -> Self {
        let data = Arc::new(TempDir::new().expect("a temporary folder can be made"));
        let model = models::script(&data, models::TODO_APP);
        let commands = SandboxConfig { helper: Some(inside()), ..SandboxConfig::default() };
        let server = ServerConfig { grace: GRACE, ..ServerConfig::default() };
        let policy = "version = 1\n".into();
        Self { data, model, limits: OrchestratorLimits::default(), commands, server, policy }
    }

    /// Answers from this script; see docs/scripted-model.md.
    #[must_use]
    pub fn script(mut self, script: &str) -> Self {
        self.model = models::script(&self.data, script);
        self
    }

    /// Answers from this model.
    #[must_use]
    pub fn model(mut self, model: ModelConfig) -> Self {
        self.model = model;
        self
    }

    /// Other limits.
    #[must_use]
    pub fn limits(mut self, change: impl FnOnce(&mut OrchestratorLimits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Another sandbox of commands.
    #[must_use]
    pub fn commands(mut self, change: impl FnOnce(&mut SandboxConfig)) -> Self {
        change(&mut self.commands);
        self
    }

    /// Another manner of serving.
    #[must_use]
    pub fn server(mut self, change: impl FnOnce(&mut ServerConfig)) -> Self {
        change(&mut self.server);
        self
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Grants a plugin permissions by a line of the policy file: strangers get no more than the model and a look at the
    /// files.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[must_use]
    pub fn grants(self, plugin: &str, permissions: &[&str]) -> Self {
        self.policy(&format!("[plugin.{plugin}]\npermissions = {permissions:?}\n"))
    }

    /// Adds to the policy file.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn policy(mut self, text: &str) -> Self {
        self.policy.push_str(text);
        fs::write(self.data.path().join("policy.toml"), &self.policy)
            .expect("a temporary folder can be written");
        self
    }

    /// Puts a test guest into the plugins folder.
    #[must_use]
    pub fn guest(self, name: &str) -> Self {
        self.plugin(&format!("{name}.wasm"), &crate::guest(name))
    }

    /// Puts a file into the plugins folder.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn plugin(self, file: &str, bytes: &[u8]) -> Self {
        let folder = self.data.path().join("plugins");
        fs::create_dir_all(&folder).expect("a temporary folder can be written");
        fs::write(folder.join(file), bytes).expect("a temporary folder can be written");
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(self) -> Server {
        let config = Config {
            limits: self.limits.clone(),
            commands: self.commands.clone(),
            cache_dir: Some(target_folder().join("test-cache")),
            ..Config::new(self.data.path(), self.model.clone())
        };
        let opened = soon("the orchestrator to open", Orchestrator::open(config)).await;
        let orchestrator = opened.unwrap_or_else(|error| panic!("the orchestrator does not open: {error}"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let api = Api::at(listener.local_addr().expect("a bound port has an address"));
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let config = self.server.clone();
        let serving = orchestrator_server::serve(listener, orchestrator.clone(), config, stopped);
        let task = tokio::spawn(async move { serving.await.expect("the server serves until it is stopped") });
        Server { api, orchestrator, setup: self, stop, task }
    }
}

/// The program that checks the sandbox: cargo builds it along with the tests, a folder above them.
fn inside() -> Helper {
    let tests = std::env::current_exe().expect("a running program has a path");
    let folder = tests.parent().and_then(Path::parent).expect("tests lie in a folder of the target folder");
    Helper {
        program: folder.join("orchestrator-e2e-inside"),
        arguments: vec![commands::inside::ASKED.into()],
    }
}

/// A server at work. Dropping it leaves its tasks to the end of the test.
pub struct Server {
    /// A client of it.
    pub api: Api,
    /// The library behind it.
    pub orchestrator: Orchestrator,
    setup: Setup,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.setup.data.path()
    }

    /// A project's folder.
    #[must_use]
    pub fn project(&self, id: &str) -> PathBuf {
        self.orchestrator.projects_dir().join(id)
    }

    /// Stops it as an operator does, and returns what the next one on the same data is started with.
    ///
    /// # Panics
    /// When it does not stop.
    pub async fn stop(self) -> Setup {
        self.stop.cancel();
        soon("the server to stop", self.task).await.expect("the server stops without a panic");
        self.setup
    }

    /// Replaces the policy file, and waits until the server has looked at it.
    ///
    /// # Panics
    /// When it cannot be written, or nobody looks at it.
    pub async fn write_policy(&self, text: &str) {
        let mut generations = self.orchestrator.policy_generations();
        generations.borrow_and_update();
        let arriving = self.data().join(".policy.arriving");
        fs::write(&arriving, text).expect("the data folder can be written");
        fs::rename(arriving, self.data().join("policy.toml")).expect("the data folder can be written");
        soon("the policy file to be read", generations.changed())
            .await
            .expect("the policy outlives the wait");
    }

    /// Puts a file into the plugins folder, as a whole: written beside and moved into place.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn drop_plugin(&self, file: &str, bytes: &[u8]) {
        let folder = self.data().join("plugins");
        let arriving = folder.join(format!(".{file}.arriving"));
        fs::write(&arriving, bytes).expect("the plugins folder can be written");
        fs::rename(arriving, folder.join(file)).expect("the plugins folder can be written");
    }

    /// Takes a file out of the plugins folder.
    ///
    /// # Panics
    /// When it is not there.
    pub fn remove_plugin(&self, file: &str) {
        fs::remove_file(self.data().join("plugins").join(file)).expect("the plugin is there");
    }

    /// Waits until a plugin is as `wanted` says, and returns it.
    pub async fn plugin(&self, what: &str, wanted: impl Fn(&PluginView) -> bool) -> PluginView {
        let mut generations = self.orchestrator.plugin_generations();
        soon(what, async {
            loop {
                generations.borrow_and_update();
                if let Some(view) = self.orchestrator.plugins().into_iter().find(&wanted) {
                    return view;
                }
                generations.changed().await.expect("the plugins outlive the wait");
            }
        })
        .await
    }

    /// Every byte of the journal as it is on the disk, its write-ahead log included.
    ///
    /// # Panics
    /// When a file cannot be read.
    #[must_use]
    pub fn journal_bytes(&self) -> Vec<u8> {
        let entries = fs::read_dir(self.data()).expect("the data folder can be read");
        let files = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
        files
            .filter(|path| !path.ends_with("script.toml"))
            .flat_map(|path| fs::read(path).expect("a file can be read"))
            .collect()
    }
}
