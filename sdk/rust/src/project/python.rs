//! Python: `pyproject.toml`, `requirements.txt` or `setup.py`, or tests without any of them.
//!
//! What a project needs goes into `.venv` in the project's folder, because an installation into the system's Python is
//! refused on many machines and would outlive the project on the others.

use super::{Ecosystem, ManifestFolder, Recipe, Surroundings, argv};
use crate::Error;
use serde::Deserialize;
use std::collections::BTreeMap;

const VENV: &str = ".venv/bin/python";
/// What projects call the needs of their tests.
const EXTRAS: [&str; 3] = ["dev", "test", "tests"];

/// The parts of a `pyproject.toml` that matter here.
#[derive(Deserialize, Default)]
#[serde(default)]
struct PyProject {
    project: Option<Project>,
    #[serde(rename = "dependency-groups")]
    dependency_groups: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Project {
    dependencies: Vec<String>,
    #[serde(rename = "optional-dependencies")]
    optional_dependencies: BTreeMap<String, toml::Value>,
}

pub(super) fn recipe<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Result<Option<Recipe>, Error> {
    let manifest =
        ["pyproject.toml", "requirements.txt", "setup.py"].into_iter().find(|name| place.has(name));
    let tests: Vec<String> = place.files().filter(|path| is_test(path)).map(str::to_owned).collect();
    // Tests in a folder without a manifest belong to the project above it.
    let Some(manifest) =
        manifest.or_else(|| (place.folder.is_empty() && !tests.is_empty()).then_some("tests"))
    else {
        return Ok(None);
    };
    let found = place.recipe(Ecosystem::Python, manifest);
    let declared = match place.read("pyproject.toml")?.map(|text| toml::from_str::<PyProject>(&text)) {
        None => None,
        Some(Ok(declared)) => Some(declared),
        Some(Err(_)) => return Ok(Some(Recipe { test: Some(read_manifest(place)), ..found })),
    };
    let runner = Runner::of(place, &tests)?;
    let has_venv = place.exists(VENV);
    let wanted = wanted(place, declared.as_ref(), runner)?;
    let install = if wanted.is_empty() { Vec::new() } else { install(place, &wanted, has_venv) };
    let python = if wanted.is_empty() && !has_venv { system_python(place) } else { VENV };
    let test = (!tests.is_empty()).then(|| runner.argv(python, &tests));
    Ok(Some(Recipe { install, test, ..found }))
}

fn system_python<S: Surroundings>(place: &ManifestFolder<'_, S>) -> &'static str {
    if place.project.has_program("python3") { "python3" } else { "python" }
}

/// pip passes over what is there already, so it is run even where the environment exists: a repair may have added to the
/// needs.
fn install<S: Surroundings>(
    place: &ManifestFolder<'_, S>,
    wanted: &[String],
    has_venv: bool,
) -> Vec<Vec<String>> {
    let mut pip = argv([VENV, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]);
    pip.extend(wanted.iter().cloned());
    let venv = (!has_venv).then(|| argv([system_python(place), "-m", "venv", ".venv"]));
    venv.into_iter().chain([pip]).collect()
}

/// Says what is wrong with a manifest that cannot be read, as any tool would.
fn read_manifest<S: Surroundings>(place: &ManifestFolder<'_, S>) -> Vec<String> {
    argv([system_python(place), "-c", "import tomllib; tomllib.load(open('pyproject.toml', 'rb'))"])
}

/// What pip should install, as its arguments.
fn wanted<S: Surroundings>(
    place: &ManifestFolder<'_, S>,
    declared: Option<&PyProject>,
    runner: Runner,
) -> Result<Vec<String>, Error> {
    let mut wanted = Vec::new();
    for name in ["requirements.txt", "requirements-dev.txt"] {
        if place.read(name)?.is_some_and(|text| text.lines().any(is_requirement)) {
            wanted.extend(["-r".to_owned(), name.to_owned()]);
        }
    }
    if let Some(declared) = declared {
        wanted.extend(declared.project.as_ref().and_then(package));
        let groups = EXTRAS.into_iter().filter(|name| declared.dependency_groups.contains_key(*name));
        wanted.extend(groups.flat_map(|name| ["--group".to_owned(), name.to_owned()]));
    } else if place.has("setup.py") {
        wanted.push("-e.".into());
    }
    // pytest itself is easily forgotten in manifests that were written together with the tests.
    let mentions_pytest =
        |name| Ok::<_, Error>(place.read(name)?.is_some_and(|text| text.contains("pytest")));
    let is_listed = mentions_pytest("requirements.txt")? || mentions_pytest("requirements-dev.txt")?;
    if runner == Runner::Pytest && !is_listed {
        wanted.push("pytest".into());
    }
    Ok(wanted)
}

/// The project itself, editable, with the extras that tests need; nothing when it needs nothing.
fn package(project: &Project) -> Option<String> {
    let extras: Vec<_> =
        EXTRAS.into_iter().filter(|name| project.optional_dependencies.contains_key(*name)).collect();
    match (project.dependencies.is_empty(), extras.is_empty()) {
        (true, true) => None,
        (false, true) => Some("-e.".into()),
        (_, false) => Some(format!("-e.[{}]", extras.join(","))),
    }
}

fn is_requirement(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with("_test.py") || (name.starts_with("test_") && name.ends_with(".py"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    Unittest,
    Pytest,
}

impl Runner {
    /// unittest where all tests are written for it, since it is always there; pytest otherwise.
    fn of<S: Surroundings>(place: &ManifestFolder<'_, S>, tests: &[String]) -> Result<Self, Error> {
        for path in tests {
            let text = place.read(path)?.unwrap_or_default();
            let is_unittest = text.contains("unittest.TestCase") || text.contains("(TestCase)");
            if text.contains("pytest") || !is_unittest {
                return Ok(Self::Pytest);
            }
        }
        Ok(Self::Unittest)
    }

    fn argv(self, python: &str, tests: &[String]) -> Vec<String> {
        match self {
            Self::Pytest => argv([python, "-m", "pytest"]),
            Self::Unittest => {
                let mut argv = argv([python, "-m", "unittest", "discover"]);
                // Discovery starts in the root and does not enter folders that are no packages.
                let folder = tests.first().and_then(|path| path.split_once('/')).map(|(folder, _)| folder);
                if let Some(folder) =
                    folder.filter(|folder| tests.iter().all(|path| path.starts_with(*folder)))
                {
                    argv.extend(["-s".into(), folder.to_owned(), "-t".into(), ".".into()]);
                }
                argv
            }
        }
    }
}
