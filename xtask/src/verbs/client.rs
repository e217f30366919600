//! The TypeScript client's own tests, some of them with the server.
//!
//! They run in a copy below the target folder: npm puts what it fetches beside `package.json`, and a checkout is not the
//! place for that.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::build_for_development;
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::{run, say};
use crate::{host, needs};

/// Says to the tests where the server is.
const SERVER: &str = "ORCHESTRATOR_PROGRAM";

/// Runs the tests, or says why not.
pub(crate) fn test_client(layout: &Layout) -> Result<Option<LeftOut>> {
    if let Some(why) = needs::no_recent_node() {
        return Ok(Some(LeftOut { name: "typescript", what: "the TypeScript client's tests", why }));
    }
    let copy = layout.target.join("typescript-client");
    copy_sources(&layout.root.join("sdk").join("typescript"), &copy)?;
    build_for_development(layout)?;
    say("testing the TypeScript client");
    run(npm(&copy).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    let server = host::program(layout, "debug");
    run(npm(&copy).args(["test", "--loglevel=error"]).env(SERVER, server.get_program()))?;
    Ok(None)
}

fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// Copies what is checked in; `node_modules` of the copy stays, so that a second run fetches nothing.
fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    for place in ["src", "test", "build"] {
        let old = to.join(place);
        if old.exists() {
            fs::remove_dir_all(&old).with_context(|| format!("{} cannot be emptied", old.display()))?;
        }
    }
    copy_folder(from, to)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let (source, place) = (entry.path(), to.join(entry.file_name()));
        let is_output = ["node_modules", "dist", "build"].iter().any(|name| entry.file_name() == *name);
        match (entry.file_type()?.is_dir(), is_output) {
            (_, true) => {}
            (true, false) => copy_folder(&source, &place)?,
            (false, false) => {
                fs::copy(&source, &place)
                    .with_context(|| format!("{} cannot be copied", source.display()))?;
            }
        }
    }
    Ok(())
}
