//! A server as a process of its own: the program itself, or a reference, with what it took so far.

use crate::{folder, memory, processes, program};
use anyhow::{Context, Result, bail};
use reqwest::Client;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Ends with this value.
pub(crate) struct Served {
    process: Child,
    /// `http://` and an address.
    pub(crate) base: String,
}

/// Memory of a process, in bytes.
pub(crate) struct Taken {
    /// Each page divided by how often it is mapped.
    pub(crate) share: f64,
    /// Each page as often as it is mapped.
    pub(crate) resident: f64,
}

impl Served {
    /// The program at work on an empty data folder, asking the model at this address. The limits of each caller are
    /// out of the way: all clients here are one.
    pub(crate) fn program(model: &str) -> Result<Self> {
        let mut command = Command::new(program::build()?);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--model", "anthropic", "--log", "warn"])
            .args([
                "--requests-per-second",
                "0",
                "--requests-at-once",
                "100000",
                "--streams-at-once",
                "100000",
            ])
            .arg("--data-dir")
            .arg(folder::new()?)
            .envs([("ANTHROPIC_API_KEY", "none"), ("ANTHROPIC_BASE_URL", model)]);
        Self::start(command)
    }

    /// This program, serving what `words` say.
    pub(crate) fn reference(words: &[&str]) -> Result<Self> {
        let mut command = processes::this_program()?;
        command.args(words);
        Self::start(command)
    }

    /// Starts a server and waits for the line in which it says where it listens.
    fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("starting {command:?}"))?;
        let output = process.stdout.take().context("reading what the server says")?;
        for line in BufReader::new(output).lines() {
            let line = line.context("reading what the server says")?;
            if let Some(base) = line.split(' ').find(|word| word.starts_with("http://")) {
                return Ok(Self { process, base: base.to_owned() });
            }
        }
        bail!("the server ended before it listened: {command:?}")
    }

    /// An address below the API.
    pub(crate) fn api(&self, path: &str) -> String {
        format!("{}/api/v1/orchestrator{path}", self.base)
    }

    /// Creates a workflow.
    pub(crate) async fn create_workflow(&self, client: &Client, workflow: &Value) -> Result<()> {
        client.post(self.api("/workflows")).json(workflow).send().await?.error_for_status()?;
        Ok(())
    }

    /// Seconds of CPU that the process has used.
    pub(crate) fn cpu(&self) -> Result<f64> {
        let path = format!("/proc/{}/stat", self.process.id());
        let text = fs::read_to_string(&path).with_context(|| format!("reading {path}; needs Linux"))?;
        // The name, in brackets, may hold spaces; what follows is numbered from 3, and the times are 14 and 15.
        let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
        let ticks: f64 = ticks.collect::<Result<Vec<_>, _>>().context("reading the times")?.iter().sum();
        // Linux shows times in hundredths of a second on every machine.
        Ok(ticks / 100.0)
    }

    /// The memory that the process takes.
    pub(crate) fn memory(&self) -> Result<Taken> {
        let process = self.process.id().to_string();
        Ok(Taken { share: memory::share(&process)?, resident: memory::resident(&process)? })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again, and that is fine.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
