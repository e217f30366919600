//! Sources for node, copied below the target folder and completed by npm there: npm puts what it fetches beside
//! `package.json`, and a checkout is not the place for that.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::run;

pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// Fetches what the copy needs, as its lock file says.
pub(crate) fn install(copy: &Path) -> Result<()> {
    run(npm(copy).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

/// Copies what is checked in; `node_modules` of the copy stays, so that a second run fetches nothing.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
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
