//! A whole orchestrator in this process: library, HTTP server, data folder.

use anyhow::{Context, Result};
use orchestrator::{AgentType, Config, ModelConfig, Orchestrator, OrchestratorLimits, WorkflowStep};
use orchestrator_server::ServerConfig;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::{net::TcpListener, task::JoinSet};

/// The workflow of the benchmarks: one step.
pub(crate) const WORKFLOW: &str = "bench";

/// An orchestrator with the test guest of one agent as its only file in the plugins folder.
pub(crate) struct Program {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) data: PathBuf,
    serving: JoinSet<()>,
}

impl Program {
    /// Opens an orchestrator with one more plugin, and a workflow that calls it once.
    pub(crate) async fn open(agent: AgentType, component: &[u8], script: Option<&str>) -> Result<Self> {
        let data = crate::folder::new()?;
        fs::create_dir(plugins(&data))?;
        fs::write(plugins(&data).join(format!("{agent}.wasm")), component)?;
        let model = crate::give::scripted(script.map(|script| write_script(&data, script)).transpose()?);
        let orchestrator = Orchestrator::open(config(&data, model)).await?;
        let step = WorkflowStep::new(agent, "Only Step").timeout(3600.0).retry_count(0);
        orchestrator.workflow_engine.register_workflow(WORKFLOW, vec![step])?;
        Ok(Self { orchestrator, data, serving: JoinSet::new() })
    }

    /// Serves the HTTP API and returns its address. The server lives as long as this value.
    pub(crate) async fn serve(&mut self) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listening")?;
        let address = listener.local_addr()?;
        let app = orchestrator_server::router(
            self.orchestrator.clone(),
            ServerConfig::default(),
            Default::default(),
        );
        self.serving.spawn(async move {
            // It ends with this process and not before.
            axum::serve(listener, app).await.ok();
        });
        Ok(format!("http://{address}/api/v1/orchestrator"))
    }

    /// The plugins folder.
    pub(crate) fn plugins(&self) -> PathBuf {
        plugins(&self.data)
    }
}

fn plugins(data: &Path) -> PathBuf {
    data.join("plugins")
}

fn config(data: &Path, model: ModelConfig) -> Config {
    Config { limits: OrchestratorLimits::default(), ..Config::new(data, model) }
}

fn write_script(folder: &Path, script: &str) -> Result<PathBuf> {
    let path = folder.join("script.toml");
    fs::write(&path, script)?;
    Ok(path)
}
