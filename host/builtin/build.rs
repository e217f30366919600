//! Embeds the built-in plugins, so that the finished program is one file.
//!
//! They are components and so not built by this workspace: `cargo xtask plugins` puts them into the folder named by
//! `ORCHESTRATOR_PLUGINS`, by default `plugins` in the target folder. Without them there is nothing to embed, and a
//! program without agents would be a surprise at run time; so their absence ends the build here.
//!
//! Their compiled code lies beside them where `cargo xtask` put it (`<name>.cwasm`). Without it the program compiles at
//! its first start. Whether it fits is for the program to find out, which has the engine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=ORCHESTRATOR_PLUGINS");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set; run this through cargo")?);
    let folder = match env::var_os("ORCHESTRATOR_PLUGINS") {
        Some(folder) => PathBuf::from(folder),
        None => target_folder(&out)?.join("plugins"),
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut table = String::from("&[\n");
    for path in components(&folder)? {
        println!("cargo::rerun-if-changed={}", path.display());
        let name =
            path.file_stem().and_then(|stem| stem.to_str()).ok_or("a component's name is not UTF-8")?;
        table.push_str(&format!(
            "    Builtin {{ name: {name:?}, bytes: include_bytes!({path:?}), compiled: {} }},\n",
            compiled(&path)
        ));
    }
    table.push_str("]\n");
    fs::write(out.join("builtin.rs"), table).map_err(|error| format!("writing the table of plugins: {error}"))
}

fn components(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let missing = |why: String| {
        format!("no built-in plugins in {} ({why}); run `cargo xtask plugins`", folder.display())
    };
    let entries = fs::read_dir(folder).map_err(|error| missing(error.to_string()))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .collect();
    paths.sort();
    match paths.is_empty() {
        true => Err(missing("the folder is empty".into())),
        false => Ok(paths),
    }
}

/// The compiled code of a component, as an expression. The folder was named to cargo, so the arrival of a file is noticed.
fn compiled(component: &Path) -> String {
    let path = component.with_extension("cwasm");
    if !path.is_file() {
        return "None".into();
    }
    println!("cargo::rerun-if-changed={}", path.display());
    format!("Some(include_bytes!({path:?}))")
}

/// The target folder, from `<target>/[<triple>/]<profile>/build/<package>/out`.
fn target_folder(out: &Path) -> Result<PathBuf, String> {
    let profile =
        out.ancestors().nth(3).ok_or("OUT_DIR has an unexpected shape; set ORCHESTRATOR_PLUGINS")?;
    let above = profile.parent().ok_or("OUT_DIR has an unexpected shape; set ORCHESTRATOR_PLUGINS")?;
    let cross = env::var("TARGET").is_ok_and(|triple| above.ends_with(triple));
    Ok(if cross { above.parent().unwrap_or(above).to_owned() } else { above.to_owned() })
}
