//! Guests in Python, by componentize-py: the interpreter and the source in one component.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::script::{Build, Language};
use crate::needs;
use crate::process::{output, run};

pub(super) const PYTHON: Language = Language {
    name: "python",
    what: "Python test guests",
    compiler: "componentize-py",
    version: "0.25.1",
    source: "app.py",
    missing: needs::no_python,
    install,
    build,
};

fn install(folder: &Path, version: &str) -> Result<()> {
    // In an environment of its own: what a system's own Python has installed is the system's business.
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    run(Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arg(format!("{}=={version}", PYTHON.compiler)))
}

fn build(build: &Build<'_>) -> Result<()> {
    let mut command = Command::new(build.compiler.join("bin/componentize-py"));
    command
        .arg("--wit-path")
        .arg(build.wit)
        .args(["--world", build.world, "componentize", "app", "--output"])
        .arg(build.into)
        // Modules are looked for here.
        .current_dir(build.folder)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    output(&mut command)?;
    Ok(())
}
