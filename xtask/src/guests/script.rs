//! Guests in languages whose compilers come from a package registry of their own.
//!
//! One folder is one guest: a `guest.toml` that names it and its world, and the source. They are built from the bare
//! contract, without an SDK, because that is what they are there to show. Such a build takes tens of seconds, so each
//! leaves a stamp of everything that went into it and is skipped while that stays the same.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::collect::Collection;
use crate::layout::Layout;
use crate::left_out::LeftOut;
use crate::process::say;

/// A language that guests are written in.
pub(super) struct Language {
    /// The folder under `tests/guests`, and the name that tests know.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// The compiler's name in its registry, and the one version that is used.
    pub(super) compiler: &'static str,
    pub(super) version: &'static str,
    /// The file that a guest's code begins in.
    pub(super) source: &'static str,
    /// What has to be there first and is not.
    pub(super) missing: fn() -> Option<String>,
    /// Installs that version of the compiler into a folder that is new.
    pub(super) install: fn(&Path, &str) -> Result<()>,
    pub(super) build: fn(&Build<'_>) -> Result<()>,
}

impl Language {
    fn compiler_with_version(&self) -> String {
        let name = self.compiler.rsplit('/').next().unwrap_or(self.compiler);
        format!("{name}-{}", self.version)
    }
}

/// One guest's build.
pub(super) struct Build<'a> {
    /// Where [`Language::install`] put the compiler.
    pub(super) compiler: &'a Path,
    pub(super) folder: &'a Path,
    pub(super) wit: &'a Path,
    pub(super) world: &'a str,
    pub(super) into: &'a Path,
}

/// `guest.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    world: String,
}

/// Builds every guest of a language, or says why they are left out.
pub(super) fn build_all(
    layout: &Layout,
    language: &Language,
    collection: &mut Collection,
) -> Result<Option<LeftOut>> {
    let guests = guests_in(&layout.test_guest_sources(language.name))?;
    if guests.is_empty() {
        return Ok(None);
    }
    let left_out = |why| Ok(Some(LeftOut { name: language.name, what: language.what, why }));
    let mut outdated = Vec::new();
    for folder in guests {
        let guest = Guest::read(layout, language, &folder)
            .with_context(|| format!("the guest in {}", folder.display()))?;
        if guest.is_up_to_date(collection) {
            collection.keep(&guest.manifest.name)?;
        } else {
            outdated.push(guest);
        }
    }
    if outdated.is_empty() {
        return Ok(None);
    }
    if let Some(why) = (language.missing)() {
        return left_out(why);
    }
    let compiler = match compiler(layout, language) {
        Ok(compiler) => compiler,
        Err(error) => return left_out(format!("{} could not be installed: {error:#}", language.compiler)),
    };
    for guest in outdated {
        guest
            .build(layout, language, &compiler, collection)
            .with_context(|| format!("the guest in {}", guest.folder.display()))?;
    }
    Ok(None)
}

/// One guest, and what its last build was made of.
struct Guest {
    folder: PathBuf,
    manifest: Manifest,
    stamp: String,
    /// Where the stamp of its last build is.
    note: PathBuf,
}

impl Guest {
    fn read(layout: &Layout, language: &Language, folder: &Path) -> Result<Self> {
        let manifest = Manifest::read(folder)?;
        if !folder.join(language.source).is_file() {
            bail!("it has no {}, where the code of such a guest begins", language.source);
        }
        let stamp = stamp(language, folder, &layout.wit())?;
        let note = layout.test_guests().join(".stamps").join(&manifest.name);
        Ok(Self { folder: folder.to_owned(), manifest, stamp, note })
    }

    fn is_up_to_date(&self, collection: &Collection) -> bool {
        collection.place(&self.manifest.name).is_file()
            && fs::read_to_string(&self.note).is_ok_and(|old| old == self.stamp)
    }

    fn build(
        &self,
        layout: &Layout,
        language: &Language,
        compiler: &Path,
        collection: &mut Collection,
    ) -> Result<()> {
        let Manifest { name, world } = &self.manifest;
        say(format!("building {name} by {}: up to a minute", language.compiler));
        let stamps = layout.test_guests().join(".stamps");
        fs::create_dir_all(&stamps)?;
        let built = stamps.join(format!("{name}.wasm"));
        (language.build)(&Build { compiler, folder: &self.folder, wit: &layout.wit(), world, into: &built })?;
        collection.add(name, &built)?;
        fs::remove_file(&built)?;
        Ok(fs::write(&self.note, &self.stamp)?)
    }
}

/// The folder of the language's compiler in the cache, installed if need be.
fn compiler(layout: &Layout, language: &Language) -> Result<PathBuf> {
    let name = language.compiler_with_version();
    let folder = layout.cache.join(&name);
    // Its own presence proves nothing: an interrupted installation leaves a folder too, and neither kind can be moved
    // once made.
    let complete = folder.join("complete");
    if !complete.is_file() {
        say(format!("installing {name}, once"));
        super::remove(&folder)?;
        fs::create_dir_all(&folder)?;
        (language.install)(&folder, language.version)?;
        fs::write(complete, "")?;
    }
    Ok(folder)
}

impl Manifest {
    fn read(folder: &Path) -> Result<Self> {
        let text = fs::read_to_string(folder.join("guest.toml"))?;
        let manifest: Self = toml::from_str(&text).context("guest.toml")?;
        let is_kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if manifest.name.is_empty() || !manifest.name.bytes().all(is_kebab) {
            bail!("guest.toml: the name `{}` may only have a-z, 0-9 and hyphens", manifest.name);
        }
        Ok(manifest)
    }
}

/// The folders with a `guest.toml`, sorted.
fn guests_in(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut guests: Vec<_> = folder.read_dir()?.flatten().map(|entry| entry.path()).collect();
    guests.retain(|path| path.join("guest.toml").is_file());
    guests.sort();
    Ok(guests)
}

/// Stands for everything that goes into a guest. The hash need not hold across Rust releases or against anybody: the
/// worst that a wrong answer costs is a build, or a `--force`.
fn stamp(language: &Language, folder: &Path, wit: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    language.compiler_with_version().hash(&mut hasher);
    for root in [folder, wit] {
        hash_files(root, root, &mut hasher).with_context(|| format!("{} cannot be read", root.display()))?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn hash_files(root: &Path, folder: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    let mut entries = folder.read_dir()?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // What tools leave behind beside sources.
        if ["__pycache__", "node_modules"].iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if path.is_dir() {
            hash_files(root, &path, hasher)?;
        } else {
            path.strip_prefix(root).unwrap_or(&path).hash(hasher);
            fs::read(&path)?.hash(hasher);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guests::python::PYTHON;

    fn guest(manifest: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("guest.toml"), manifest).unwrap();
        folder
    }

    #[test]
    fn a_manifest_names_the_guest_and_its_world() {
        let folder = guest("name = \"py-echo\"\nworld = \"agent\"\n");
        let manifest = Manifest::read(folder.path()).unwrap();
        assert_eq!((manifest.name.as_str(), manifest.world.as_str()), ("py-echo", "agent"));
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let folder = guest("name = \"../echo\"\nworld = \"agent\"\n");
        let error = Manifest::read(folder.path()).err().unwrap();
        assert!(error.to_string().contains("may only have a-z"), "{error}");
    }

    #[test]
    fn a_misspelt_key_is_told() {
        let folder = guest("name = \"echo\"\nwrld = \"agent\"\n");
        let error = Manifest::read(folder.path()).err().unwrap();
        assert!(format!("{error:#}").contains("wrld"), "{error:#}");
    }

    #[test]
    fn the_stamp_follows_source_and_contract_but_not_caches() {
        let (folder, wit) = (guest(""), tempfile::tempdir().unwrap());
        let now = || stamp(&PYTHON, folder.path(), wit.path()).unwrap();
        let first = now();
        fs::create_dir(folder.path().join("__pycache__")).unwrap();
        fs::write(folder.path().join("__pycache__/app.pyc"), "x").unwrap();
        assert_eq!(now(), first);
        fs::write(folder.path().join("app.py"), "x").unwrap();
        let second = now();
        assert_ne!(second, first);
        fs::write(wit.path().join("world.wit"), "x").unwrap();
        assert_ne!(now(), second);
    }
}
