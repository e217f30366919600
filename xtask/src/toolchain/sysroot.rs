//! Laying a compiler's folder tree by hand, with what the target needs added.
//!
//! `rustc --sysroot` is all it takes for a compiler to find a target's libraries elsewhere than where it was installed.
//! The tree made here holds the target's libraries, and links to everything that is the installed compiler's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::TARGET;
use crate::process::{output, run};

/// Where Debian's packages put the programs. By path: rustup's proxies usually come first on PATH.
pub(super) const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
/// A crate with nothing in it. Building it builds the standard library.
const NOTHING: &str = "[package]
name = \"nothing\"
version = \"0.0.0\"
edition = \"2024\"

[workspace]
";

/// Builds the target's standard library in `folder`, which must be new: the libraries of two builds side by side cannot
/// be told apart later. Gives the libraries.
pub(super) fn build_standard_library(folder: &Path, wasi_libc: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), NOTHING)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let libc = wasi_libc.to_str().context("the cache folder's path is not UTF-8")?;
    // Without bitcode in the libraries, guests could not use link-time optimisation.
    let flags = ["-L", &format!("native={libc}"), "-Clink-self-contained=no", "-Cembed-bitcode=yes"];
    let mut cargo = Command::new(CARGO);
    cargo
        .args(["build", "--release", "-Zbuild-std=std,panic_abort,proc_macro", "--target", TARGET])
        .current_dir(folder)
        .env("RUSTC", RUSTC)
        // Building std takes an unstable flag. It is used here, on the compiler's own sources, and by no guest.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .env_remove("RUSTFLAGS")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("CARGO");
    run(&mut cargo)?;

    let built = folder.join("target").join(TARGET).join("release/deps");
    let mut libraries = files(&built, &["rlib"])?;
    libraries.retain(|path| !file_name(path).starts_with("libnothing-"));
    Ok(libraries)
}

/// Lays the tree in `sysroot`.
pub(super) fn lay(
    sysroot: &Path,
    host: &str,
    linkers: &Path,
    standard_library: &[PathBuf],
    wasi_libc: &Path,
) -> Result<()> {
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let self_contained = libraries.join("self-contained");
    fs::create_dir_all(&self_contained)?;
    for library in standard_library {
        fs::copy(library, libraries.join(file_name(library)))?;
    }
    for object in files(wasi_libc, &["a", "o"])? {
        fs::copy(&object, self_contained.join(file_name(&object)))?;
    }
    // Build scripts and macros are for this machine, by the same compiler.
    link(&Path::new("/usr/lib/rustlib").join(host), &sysroot.join("lib/rustlib").join(host))?;
    let programs = sysroot.join("bin");
    fs::create_dir_all(&programs)?;
    link(Path::new(CARGO), &programs.join("cargo"))?;
    write_program(&programs.join("rustc"), &rustc_script(linkers))
}

/// Builds a component with what was laid: a toolchain that cannot is not worth keeping.
pub(super) fn try_out(sysroot: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let source = folder.join("trial.rs");
    fs::write(&source, "#[unsafe(no_mangle)] pub extern \"C\" fn trial() { println!(\"works\"); }\n")?;
    output(
        Command::new(sysroot.join("bin/rustc"))
            .args(["--edition=2024", "--crate-type=cdylib", "-O", "--target", TARGET, "-o"])
            .arg(folder.join("trial.wasm"))
            .arg(&source)
            .env_remove("LD_LIBRARY_PATH"),
    )
    .context("the toolchain was made, and cannot build a component")?;
    Ok(())
}

/// A rustc that takes its libraries from the tree it lies in. By its own path, because the tree is renamed when done.
fn rustc_script(linkers: &Path) -> String {
    let linkers = linkers.display().to_string().replace('\'', r"'\''");
    format!(
        "#!/bin/sh
# The linkers for WebAssembly, which the compiler looks for on PATH.
PATH='{linkers}':\"$PATH\"
export PATH
exec {RUSTC} --sysroot \"${{0%/*}}/..\" \"$@\"
"
    )
}

fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| format!("{} cannot be read", folder.display()))?;
    let wanted = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
    };
    Ok(entries.flatten().map(|entry| entry.path()).filter(wanted).collect())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(unix)]
fn link(existing: &Path, new: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(existing, new)?)
}

#[cfg(unix)]
fn write_program(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::write(path, text)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

// Debian is the only system this is reached on; these let the rest build elsewhere.
#[cfg(not(unix))]
fn link(_existing: &Path, _new: &Path) -> Result<()> {
    anyhow::bail!("this system has no symbolic links")
}

#[cfg(not(unix))]
fn write_program(_path: &Path, _text: &str) -> Result<()> {
    anyhow::bail!("this system runs no shell scripts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_survives_a_quote_in_a_path() {
        let script = rustc_script(Path::new("/home/o'hara/bin"));
        assert!(script.contains(r"PATH='/home/o'\''hara/bin':"), "{script}");
    }
}
