//! A `wasm32-wasip2` toolchain from Debian's packages, for machines that reach package registries only.
//!
//! Debian ships a recent rustc for its own browsers (`rustc-web`) with the standard library's sources, and wasi-libc as
//! plain data. What Debian lacks is the target's standard library and its linkers. The first is built here from those
//! sources ([`super::sysroot`]), once; the linkers are the ones that rustup's toolchain for this machine
//! already holds. The result is called by path and registered nowhere.
//!
//! It is kept in the user's cache folder under a stamp that names both compilers' versions. It is laid in a folder beside
//! its place, tried out, and only then renamed: an interrupted run leaves nothing that looks finished. The rustc package
//! moves with security updates; when it does, the stamp no longer fits and the toolchain is made anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use super::active::{Active, rustc_field};
use super::sysroot::{self, RUSTC};
use super::{Made, Toolchain, wasi_libc};
use crate::layout::Layout;
use crate::process::{output, say};
use crate::system;

/// The compiler, its cargo, and the sources of its standard library.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Raise it when the steps below change, so that toolchains made by the old steps are not used again.
const RECIPE: u32 = 1;

/// A toolchain made by an earlier run, if it still fits what is installed.
pub(super) fn find(layout: &Layout, active: &Active) -> Option<Toolchain> {
    // An unreadable package database means no packages: the toolchain cannot be used, and `make` will say why.
    let package = installed_version().ok()??;
    let place = place(layout, &package);
    let stamp = fs::read_to_string(place.join("stamp")).ok()?;
    let wanted = stamp_for(&package, active);
    stamp.starts_with(&wanted).then(|| toolchain_at(&place, stamp))
}

/// Makes the toolchain and puts it into the cache.
pub(super) fn make(layout: &Layout, active: &Active) -> Result<Toolchain> {
    let release = Release::read()?;
    let linkers = linkers(active)?;
    let package = install()?;
    // A cache that was filled elsewhere, where the packages were installed already.
    if let Some(made) = find(layout, active) {
        return Ok(made);
    }
    let workshop = Workshop::open(&super::made_in(layout))?;

    let libc = wasi_libc::fetch(&workshop.0.join("wasi-libc"), &release.codename)?;
    say("building the standard library for wasm32-wasip2, once: about two minutes");
    let standard_library = sysroot::build_standard_library(&workshop.0.join("std"), &libc)?;
    let laid = workshop.0.join("sysroot");
    sysroot::lay(&laid, &active.host, &linkers, &standard_library, &libc)?;
    sysroot::try_out(&laid, &workshop.0.join("trial"))?;

    // The time makes two toolchains of the same recipe differ, as the libraries in them do: what was built with one
    // does not link with the other.
    let made_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let stamp = format!("{}made at {made_at}\n", stamp_for(&package, active));
    fs::write(laid.join("stamp"), &stamp)?;

    let place = place(layout, &package);
    if let Err(error) = fs::rename(&place, workshop.0.join("outdated"))
        && place.exists()
    {
        return Err(error).with_context(|| format!("{} could not be moved away", place.display()));
    }
    fs::rename(&laid, &place).with_context(|| {
        format!("{} could not be put in place (is another run making it?)", place.display())
    })?;
    say(format!("made a wasm32-wasip2 toolchain: {}", place.display()));
    Ok(toolchain_at(&place, stamp))
}

/// One place for each version, so that two machines that share a cache do not undo each other's.
fn place(layout: &Layout, package: &str) -> PathBuf {
    super::made_in(layout).join(package.replace(':', "_"))
}

fn toolchain_at(place: &Path, stamp: String) -> Toolchain {
    Toolchain {
        origin: "made from Debian's packages",
        identity: stamp,
        made: Some(Made { cargo: place.join("bin/cargo"), rustc: place.join("bin/rustc") }),
    }
}

fn stamp_for(package: &str, active: &Active) -> String {
    format!(
        "recipe {RECIPE}\nrustc-web {package}\nlinkers of {}\n{}",
        active.sysroot.display(),
        active.version
    )
}

/// The version of the packages, if all of them are installed.
fn installed_version() -> Result<Option<String>> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Status} ${Version}\n"]).args(PACKAGES);
    let Ok(rows) = output(&mut query) else {
        // It fails when it knows nothing of one of the names.
        return Ok(None);
    };
    let versions: Option<Vec<_>> = rows.lines().map(|row| row.strip_prefix("installed ")).collect();
    Ok(versions.and_then(|versions| versions.first().map(|version| (*version).to_owned())))
}

fn install() -> Result<String> {
    if installed_version()?.is_none() {
        system::install(&PACKAGES)?;
    }
    let version = installed_version()?.context("the packages were installed and are not there")?;
    let release = rustc_field(Path::new(RUSTC), "release")?;
    let needed = env!("CARGO_PKG_RUST_VERSION");
    if number(&release) < number(needed) {
        bail!(
            "Debian's rustc-web is Rust {release}, and guests need {needed}; newer ones come with the security \
             updates: add those to apt's sources and run `apt-get update && apt-get install {}`",
            PACKAGES.join(" ")
        );
    }
    Ok(version)
}

/// The linkers for WebAssembly, which Debian does not ship.
fn linkers(active: &Active) -> Result<PathBuf> {
    let folder = active.linkers();
    for linker in ["rust-lld", "wasm-component-ld"] {
        if !folder.join(linker).is_file() {
            bail!(
                "{linker} is not in {}: toolchains from rustup have it there, others may not",
                folder.display()
            );
        }
    }
    Ok(folder)
}

fn number(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// Which Debian this is.
struct Release {
    codename: String,
}

impl Release {
    fn read() -> Result<Self> {
        Self::parse(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    fn parse(os_release: &str) -> Result<Self> {
        let value = |name: &str| {
            let line = os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
            Some(line.trim_matches('"').to_owned())
        };
        if value("ID").as_deref() != Some("debian") {
            bail!("this is not Debian");
        }
        let codename = value("VERSION_CODENAME").context("/etc/os-release names no VERSION_CODENAME")?;
        Ok(Self { codename })
    }
}

/// A folder for one run's work, gone when the run is over.
struct Workshop(PathBuf);

impl Workshop {
    fn open(parent: &Path) -> Result<Self> {
        sweep(parent);
        let folder = parent.join(format!("making-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next run.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes what runs that were killed left behind.
fn sweep(parent: &Path) {
    let Ok(entries) = parent.read_dir() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if let Some(process) = name.to_string_lossy().strip_prefix("making-")
            && !Path::new("/proc").join(process).exists()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debian_is_debian() {
        let bookworm = "PRETTY_NAME=\"Debian\"\nVERSION_CODENAME=bookworm\nID=debian\n";
        assert_eq!(Release::parse(bookworm).unwrap().codename, "bookworm");
        assert!(Release::parse("ID=ubuntu\nVERSION_CODENAME=noble\n").is_err());
        assert!(Release::parse("").is_err());
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(number("1.96.0") >= number("1.95"));
        assert!(number("1.100.0") > number("1.95"));
        assert!(number("1.85.0-nightly") < number("1.95"));
    }

    #[test]
    fn leftovers_of_dead_runs_are_swept_and_only_those() {
        let parent = tempfile::tempdir().unwrap();
        let own = parent.path().join(format!("making-{}", std::process::id()));
        // No process has this number: the kernel's own limit is 2^22.
        let dead = parent.path().join("making-4194999");
        for folder in [&own, &dead, &parent.path().join("sysroot")] {
            fs::create_dir(folder).unwrap();
        }
        sweep(parent.path());
        assert!(own.exists() && !dead.exists() && parent.path().join("sysroot").exists());
    }
}
