//! How long it takes from the start of the program to the first answer of a healthy server.
//!
//! The data folder is there already, as at every start but the first, which `first-start` measures. The reference is a
//! program that does nothing but answer: what is left of it is what any process and any server takes.

use crate::{
    figure::{Aim, Amount, Figure},
    folder, processes, program,
    sample::median_of,
};
use anyhow::{Context, Result, bail};
use axum::{Router, routing::get};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const STARTS: usize = 15;
/// How long a start may take; the first one compiles when the program carries no compiled code.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two questions.
const PAUSE: Duration = Duration::from_micros(500);
const HEALTH: &str = "/api/v1/orchestrator/health";

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    tokio::task::spawn_blocking(measure_starts).await?
}

fn measure_starts() -> Result<Vec<Figure>> {
    let program = program::build()?;
    let data = folder::new()?;
    let orchestrator = |address: SocketAddr| Ok(orchestrator(&program, &data, address));
    time_to_health(orchestrator).context("the first start")?;
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        measured.push(time_to_health(orchestrator)?);
        reference.push(time_to_health(bare)?);
    }
    Ok(vec![Figure {
        what: "from start to healthy, on a data folder that is there".into(),
        measured: Amount::Seconds(median_of(&measured)),
        against: "axum alone: a program that only answers".into(),
        reference: Amount::Seconds(median_of(&reference)),
        aim: Aim::AtMost(Amount::Seconds(0.2)),
    }])
}

/// The program as a server.
pub(crate) fn orchestrator(program: &Path, data: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(program);
    command.args(["serve", "--model", "scripted", "--listen", &address.to_string(), "--data-dir"]).arg(data);
    command
}

/// A server that only answers.
pub(crate) fn bare(address: SocketAddr) -> Result<Command> {
    let mut command = processes::this_program()?;
    command.args([processes::SERVE_BARE, &address.to_string()]);
    Ok(command)
}

/// A process that ends with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again, and that is fine.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// How long a server takes from the start of its process to its first healthy answer.
pub(crate) fn time_to_health(command: impl Fn(SocketAddr) -> Result<Command>) -> Result<Duration> {
    Ok(start(command)?.0)
}

/// Starts a server; it has been healthy after that time.
pub(crate) fn start(command: impl Fn(SocketAddr) -> Result<Command>) -> Result<(Duration, Running)> {
    // Free now; that somebody else takes it in between would be an error below and no wrong figure.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = command(address)?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let mut running = Running(command.spawn().context("starting the server")?);
    loop {
        if is_healthy(address) {
            return Ok((begin.elapsed(), running));
        }
        if let Some(status) = running.0.try_wait()? {
            bail!("the server ended with {status} before it was healthy: {command:?}");
        }
        if begin.elapsed() > PATIENCE {
            bail!("the server was not healthy within {} s: {command:?}", PATIENCE.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
}

/// Asks without a client library, whose own start would be measured too.
fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut connection = TcpStream::connect(address)?;
        write!(connection, "GET {HEALTH} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200") && answer.contains("healthy"))
    };
    ask().unwrap_or(false)
}

/// The reference.
pub(crate) async fn serve_bare(address: &str) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await.context("listening")?;
    let app = Router::new().route(HEALTH, get(async || r#"{"status":"healthy"}"#));
    Ok(axum::serve(listener, app).await?)
}
