//! Compiles a folder of plugins ahead: `orchestrator-precompile FOLDER` writes `<name>.cwasm` beside each `<name>.wasm`
//! there, for the program to carry.
//!
//! It is a program of its own because it has to be there before the one that carries its work, and a part of this
//! crate because compiled code fits only the engine that it was compiled for. What is current stays untouched, so that
//! nothing is built again for nothing. `cargo xtask plugins` runs it.

use orchestrator_runtime::Precompiler;
use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: orchestrator-precompile FOLDER");
        return ExitCode::FAILURE;
    };
    match precompile(&folder) {
        Ok(changed) => {
            eprintln!("plugins compiled ahead in {}, {changed} changed", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: compiling the plugins in {} ahead: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

/// Brings the compiled code in a folder up to date, and says of how many components it was not.
fn precompile(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let precompiler = Precompiler::new()?;
    let mut changed = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => changed += usize::from(update(&precompiler, &path)?),
            // Of a plugin that is gone.
            Some("cwasm") if !path.with_extension("wasm").exists() => fs::remove_file(path)?,
            _ => {}
        }
    }
    Ok(changed)
}

fn update(precompiler: &Precompiler, path: &Path) -> Result<bool, Box<dyn Error>> {
    let component = fs::read(path)?;
    let place = path.with_extension("cwasm");
    if fs::read(&place).is_ok_and(|compiled| precompiler.is_current(&component, &compiled)) {
        return Ok(false);
    }
    let compiled =
        precompiler.precompile(&component).map_err(|error| format!("{}: {error}", path.display()))?;
    // Whole or not at all: the program embeds whatever lies there.
    let arriving = path.with_extension("arriving");
    fs::write(&arriving, compiled)?;
    fs::rename(arriving, place)?;
    Ok(true)
}
