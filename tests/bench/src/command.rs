//! What the sandbox adds to the start of a command.
//!
//! The program does nothing, so what is measured is the start and the end: namespaces, mounts, the filter of system
//! calls, the limits, and waiting until everything inside is gone. The project has a hundred files, as one of a web
//! page has before its packages are installed; a host that is root looks through them before each start.

use crate::{
    figure::{Aim, Amount, Figure},
    folder,
    sample::side_by_side,
};
use anyhow::{Result, bail, ensure};
use orchestrator_command::{
    CommandLine, Isolation, Launched, Launcher, Project, SandboxConfig, SandboxLauncher,
};
use std::{fs, process::Stdio};

const PROGRAM: &str = "/usr/bin/true";
const ROUNDS: usize = 50;
const FILES: usize = 100;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let folder = folder::new()?;
    for number in 0..FILES {
        fs::write(folder.join(format!("{number}.js")), "export {};\n")?;
    }
    let project = Project::open(&folder)?;
    let launcher = SandboxLauncher::open(SandboxConfig::default()).await?;
    let report = launcher.report();
    ensure!(report.actual == Isolation::Namespaces, "there is no sandbox here: {:?}", report.probe_failures);
    let command = CommandLine { argv: vec![PROGRAM.into()], ..CommandLine::default() };
    let (sandboxed, bare) =
        side_by_side(ROUNDS, 1, async || run(&launcher, &project, &command).await, run_bare).await?;
    Ok(vec![Figure {
        what: "command: what the sandbox adds to a start".into(),
        measured: Amount::Seconds(sandboxed - bare),
        against: "the same program without one".into(),
        reference: Amount::Seconds(bare),
        aim: Aim::AtMost(Amount::Seconds(0.015)),
    }])
}

async fn run(launcher: &SandboxLauncher, project: &Project, command: &CommandLine) -> Result<()> {
    let Launched { process, .. } = launcher.start(project, command, &launcher.limits(), None).await?;
    match process.wait().await?.code {
        Some(0) => Ok(()),
        code => bail!("{PROGRAM} ended with {code:?}"),
    }
}

async fn run_bare() -> Result<()> {
    let mut command = tokio::process::Command::new(PROGRAM);
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    ensure!(command.spawn()?.wait().await?.success(), "{PROGRAM} failed");
    Ok(())
}
