//! JavaScript and TypeScript: `package.json`.

use super::{Ecosystem, ManifestFolder, Recipe, Surroundings, argv};
use crate::Error;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The parts of a `package.json` that matter here.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    scripts: BTreeMap<String, String>,
    dependencies: BTreeMap<String, serde_json::Value>,
    #[serde(rename = "devDependencies")]
    dev_dependencies: BTreeMap<String, serde_json::Value>,
}

pub(super) fn recipe<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Result<Option<Recipe>, Error> {
    let Some(text) = place.read("package.json")? else { return Ok(None) };
    let Ok(package) = serde_json::from_str::<Package>(&text) else {
        // A defect of the project, not a project without tests: npm says what is wrong with it, and where.
        return Ok(Some(Recipe {
            test: Some(argv(["npm", "test"])),
            ..place.recipe(Ecosystem::Node, "package.json")
        }));
    };
    let manager = Manager::of(place);
    Ok(Some(Recipe {
        install: if is_installed(place, &package) { Vec::new() } else { vec![manager.install()] },
        test: test(place, &package, manager),
        ..place.recipe(Ecosystem::Node, "package.json")
    }))
}

/// Whether every package that the manifest asks for is there. A folder alone would not tell: a repair may have added one.
fn is_installed<S: Surroundings>(place: &ManifestFolder<'_, S>, package: &Package) -> bool {
    let mut wanted = package.dependencies.keys().chain(package.dev_dependencies.keys());
    wanted.all(|name| place.exists(&format!("node_modules/{name}")))
}

fn test<S: Surroundings>(
    place: &ManifestFolder<'_, S>,
    package: &Package,
    manager: Manager,
) -> Option<Vec<String>> {
    match package.scripts.get("test") {
        Some(script) if !is_placeholder(script) => Some(argv([manager.name(), "test"])),
        // What `npm init` writes means that there are no tests; the files may say otherwise.
        _ => place.files().any(is_test).then(|| argv(["node", "--test"])),
    }
}

/// `echo "Error: no test specified" && exit 1`, as `npm init` writes it.
fn is_placeholder(script: &str) -> bool {
    script.trim().is_empty() || script.contains("no test specified")
}

/// Whether `node --test` takes a file for a test without being told.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    ["js", "mjs", "cjs"].contains(&ending)
        && [".test", "-test", "_test"].iter().any(|mark| stem.ends_with(mark))
}

#[derive(Clone, Copy)]
enum Manager {
    Npm,
    Pnpm,
    Yarn,
    Bun,
}

impl Manager {
    /// The one whose lock file is there, if it is on this machine; else npm, which reads the same manifest.
    fn of<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Self {
        let locks = [
            ("pnpm-lock.yaml", Self::Pnpm),
            ("yarn.lock", Self::Yarn),
            ("bun.lock", Self::Bun),
            ("bun.lockb", Self::Bun),
        ];
        let locked = locks.into_iter().find(|(lock, _)| place.has(lock)).map(|(_, manager)| manager);
        locked.filter(|manager| place.project.has_program(manager.name())).unwrap_or(Self::Npm)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn => "yarn",
            Self::Bun => "bun",
        }
    }

    fn install(self) -> Vec<String> {
        match self {
            // Neither the audit nor the plea for funding serves anybody here, and both ask the network.
            Self::Npm => argv(["npm", "install", "--no-audit", "--no-fund"]),
            Self::Pnpm | Self::Yarn | Self::Bun => argv([self.name(), "install"]),
        }
    }
}
