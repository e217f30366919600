//! Python programs from PyPI, in an environment of their own in the cache folder, made once for each version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::needs;
use crate::process::{run, run_within, say};

/// How long the installation may take: it fetches some forty packages.
const PATIENCE: Duration = Duration::from_secs(300);

/// The folder of programs of the environment `name`, which holds `packages` (as pip takes them) and what they need.
pub(crate) fn make(layout: &Layout, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = layout.cache.join(name);
    // Written last, so that an installation that was cut off is made again.
    let whole = folder.join("installed");
    let wanted = packages.join("\n");
    if fs::read_to_string(&whole).is_ok_and(|installed| installed == wanted) {
        return Ok(folder.join("bin"));
    }
    if !needs::has_python() {
        bail!("python3 with venv and pip is missing");
    }
    say(format!("installing {}", packages.join(", ")));
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin").join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    run_within(PATIENCE, &mut pip).context("PyPI cannot be reached")?;
    write(&whole, &wanted)?;
    Ok(folder.join("bin"))
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}
