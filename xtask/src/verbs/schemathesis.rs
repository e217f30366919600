//! The server against its own description: schemathesis makes requests out of the OpenAPI document, those that it allows
//! and those that it does not, and compares the answers with it.
//!
//! The same requests each time (a seed, no database of earlier failures), and few enough for half a minute. One check is
//! left out: that a request which the schema allows is accepted. A schema cannot say that a workflow has to exist, or
//! that a time has to come; such requests are answered with 422, as the document says. One operation is left out as well:
//! the stream of a project's events, which does not end.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use super::{build_for_development, environment};
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::{output, run_within, say};
use crate::{host, left_out, needs};

const VERSION: &str = "4.32.5";
/// How long the requests may take, which is six times what they do.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(180);
/// What schemathesis does not know by itself.
const HOOKS: &str = include_str!("schemathesis.py");
/// A planner that gives up at once, so that runs end and their streams with them.
const SCRIPT: &str = "[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'Not now.' }\n";

/// Runs it, or says why not.
pub(crate) fn schemathesis(layout: &Layout) -> Result<()> {
    needs::make_sure(needs::SCHEMATHESIS);
    let package = format!("schemathesis=={VERSION}");
    let program = match environment::make(layout, &format!("schemathesis-{VERSION}"), &[&package]) {
        Ok(programs) => programs.join("schemathesis"),
        Err(error) => {
            let why = format!("{error:#}");
            return left_out::report(&[LeftOut {
                name: "schemathesis",
                what: "requests made from the OpenAPI document",
                why,
            }]);
        }
    };
    build_for_development(layout)?;
    let data = layout.target.join("schemathesis");
    if data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("{} cannot be emptied", data.display()))?;
    }
    fs::create_dir_all(&data)?;
    let token = output(
        host::program(layout, "debug")
            .args(["token", "create", "schemathesis", "--role", "admin", "--data-dir"])
            .arg(&data),
    )?;
    let server = Server::start(layout, &data)?;
    say(format!("schemathesis against {}", server.address));
    let hooks = data.join("hooks.py");
    fs::write(&hooks, HOOKS)?;
    let mut requests = Command::new(program);
    requests
        .arg("run")
        .arg(format!("{}/openapi.json", server.address))
        .args(["--header", &format!("Authorization: Bearer {}", token.trim())])
        .args([
            "--max-examples",
            "25",
            "--seed",
            "1",
            "--generation-database",
            "none",
            "--request-timeout",
            "20",
        ])
        .args(["--exclude-checks", "positive_data_acceptance"])
        .args(["--exclude-operation-id", "streamProjectEvents"])
        .env("SCHEMATHESIS_HOOKS", hooks)
        .current_dir(&data);
    run_within(LONGEST, &mut requests)
}

/// A server at work, ended with this value.
struct Server {
    process: Child,
    address: String,
    /// Held open: the program ends when nobody takes what it prints.
    _stdout: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(layout: &Layout, data: &Path) -> Result<Self> {
        let script = data.join("script.toml");
        fs::write(&script, SCRIPT)?;
        let mut process = host::program(layout, "debug")
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--model",
                "scripted",
                "--requests-per-second",
                "0",
                "--log",
                "error",
            ])
            .arg("--script")
            .arg(script)
            .arg("--data-dir")
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .context("the server does not start")?;
        let mut stdout = BufReader::new(process.stdout.take().context("the server has no output")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let address = line.strip_prefix("Listening on ").and_then(|rest| rest.split(' ').next());
        let address = address.context("the server did not say where it listens")?.to_owned();
        Ok(Self { process, address, _stdout: stdout })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
