//! Guests in JavaScript, by componentize-js: the engine and one source file in one component.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::script::{Build, Language};
use crate::needs;
use crate::process::{output, run};

pub(super) const JAVASCRIPT: Language = Language {
    name: "javascript",
    what: "JavaScript test guests",
    compiler: "@bytecodealliance/componentize-js",
    version: "0.23.0",
    source: "app.js",
    missing: needs::no_recent_node,
    install,
    build,
};

/// Calls the compiler through its API; its command-line program asks for files in places of its own.
const DRIVER: &str = include_str!("componentize.mjs");

fn install(folder: &Path, version: &str) -> Result<()> {
    fs::write(folder.join("package.json"), "{ \"private\": true }\n")?;
    run(Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact"])
        .arg(format!("{}@{version}", JAVASCRIPT.compiler))
        .current_dir(folder))
}

fn build(build: &Build<'_>) -> Result<()> {
    // Written each time, so that it is this version's; inside the folder, because that is where node looks for modules.
    let driver = build.compiler.join("componentize.mjs");
    fs::write(&driver, DRIVER)?;
    output(
        Command::new("node")
            .arg(&driver)
            .arg(build.folder.join(JAVASCRIPT.source))
            .arg(build.wit)
            .arg(build.world)
            .arg(build.into),
    )?;
    Ok(())
}
