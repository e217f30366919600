//! cargo: what replaces its default source, and the registries that have names, from its home's `config.toml` and
//! variables.

use super::{Chosen, Found, RegistryProblem, entry, parse_url, shown, world::World};
use crate::Endpoint;
use reqwest::Url;
use std::{collections::BTreeMap, path::PathBuf};
use toml::{Table, Value};

/// What cargo calls its default source.
const DEFAULT: &str = "crates-io";
/// What marks an index that is fetched file by file.
const SPARSE: &str = "sparse+";
/// Replacements of replacements that are followed.
const REPLACED: usize = 8;

/// Where an index is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// Cargo's own.
    Default,
    /// An address, maybe with what marks its kind.
    Index(String),
    /// Folders on this machine.
    Folder,
}

pub(super) async fn find(world: &dyn World) -> Result<Found, RegistryProblem> {
    let config = config(world)?;
    let registries = registries(world, &config);
    let mut found = Found::default();
    match source(&config, &registries)? {
        Source::Default => {
            let index = asked(world).await?;
            add(world, &mut found, index, Chosen::ByDefault).await?;
        }
        Source::Index(index) => {
            let url = sparse(&index)?;
            found.cargo_config = replacement(&url);
            add(world, &mut found, url, Chosen::Here).await?;
        }
        Source::Folder => {}
    }
    for (name, index) in registries {
        let url = sparse(&index)?;
        let name = name.to_ascii_uppercase().replace('-', "_");
        found
            .environment
            .push((format!("CARGO_REGISTRIES_{name}_INDEX"), format!("{SPARSE}{}", shown(&url))));
        add(world, &mut found, url, Chosen::Here).await?;
    }
    let file = text(&config, &["http", "cainfo"]).or_else(|| world.variable("CARGO_HTTP_CAINFO"));
    if let Some(file) = file {
        found.add_certificates(world, "CARGO_HTTP_CAINFO", &file)?;
    }
    Ok(found)
}

fn config(world: &dyn World) -> Result<Table, RegistryProblem> {
    let home = world.variable("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| world.variable("HOME").map(|home| PathBuf::from(home).join(".cargo")))
    else {
        return Ok(Table::new());
    };
    // Where both are, cargo reads the one without an ending.
    for name in ["config", "config.toml"] {
        let path = home.join(name);
        let wrong = |problem: String| {
            RegistryProblem::Settings(format!("{} cannot be read: {problem}", path.display()))
        };
        if let Some(text) = world.read(&path).map_err(|error| wrong(error.to_string()))? {
            return text.parse().map_err(|error: toml::de::Error| wrong(error.message().to_owned()));
        }
    }
    Ok(Table::new())
}

/// Registries with a name, and their indexes.
fn registries(world: &dyn World, config: &Table) -> BTreeMap<String, String> {
    let tables = config.get("registries").and_then(Value::as_table).into_iter().flatten();
    let index = |table: &Value| table.get("index").and_then(Value::as_str).map(str::to_owned);
    let mut all: BTreeMap<_, _> =
        tables.filter_map(|(name, table)| Some((name.clone(), index(table)?))).collect();
    for (name, value) in world.variables() {
        let name = name.strip_prefix("CARGO_REGISTRIES_").and_then(|name| name.strip_suffix("_INDEX"));
        if let Some(name) = name {
            let name = name.to_ascii_lowercase().replace('_', "-");
            all.insert(name, value);
        }
    }
    all
}

/// What stands for the default source.
fn source(config: &Table, registries: &BTreeMap<String, String>) -> Result<Source, RegistryProblem> {
    let mut name = DEFAULT.to_owned();
    for _ in 0..REPLACED {
        let of = |key: &str| text(config, &["source", &name, key]);
        if let Some(other) = of("replace-with") {
            name = other;
        } else if let Some(index) = of("registry").or_else(|| registries.get(&name).cloned()) {
            return Ok(Source::Index(index));
        } else if of("directory").or_else(|| of("local-registry")).is_some() {
            return Ok(Source::Folder);
        } else if name == DEFAULT {
            return Ok(Source::Default);
        } else {
            return Err(RegistryProblem::Settings(format!("cargo's source '{name}' is not configured")));
        }
    }
    Err(RegistryProblem::Settings("cargo's sources replace each other in a circle".into()))
}

fn text(config: &Table, path: &[&str]) -> Option<String> {
    let (first, rest) = path.split_first()?;
    let value = rest.iter().try_fold(config.get(*first)?, |value, key| value.get(*key))?;
    value.as_str().map(str::to_owned)
}

/// The address of a sparse index. Of an index in git, where the packages are is in the repository.
fn sparse(index: &str) -> Result<Url, RegistryProblem> {
    match index.strip_prefix(SPARSE) {
        Some(address) => parse_url(address),
        None => Err(RegistryProblem::Index {
            index: Url::parse(index).map_or_else(|_| "an index".into(), |url| shown(&url)),
            problem: format!(
                "it is in git; cargo takes it as '{SPARSE}https://...' if the registry offers that"
            ),
        }),
    }
}

/// What tells cargo in a sandbox to use a mirror. Variables cannot say it.
fn replacement(url: &Url) -> String {
    let index = Value::from(format!("{SPARSE}{}", shown(url)));
    format!("[source.{DEFAULT}]\nreplace-with = \"mirror\"\n\n[source.mirror]\nregistry = {index}\n")
}

/// Adds an index and, where its packages are elsewhere, that host.
async fn add(
    world: &dyn World,
    found: &mut Found,
    index: Url,
    chosen: Chosen,
) -> Result<(), RegistryProblem> {
    #[derive(serde::Deserialize)]
    struct Config {
        dl: String,
    }
    let wrong = |problem: String| RegistryProblem::Index { index: shown(&index), problem };
    found.entries.push(entry(world, &index, chosen).await?);
    let mut base = index.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    let page = base.join("config.json").map_err(|error| wrong(error.to_string()))?;
    let page = world.fetch(page, "application/json").await.map_err(wrong)?;
    let page = page.ok_or_else(|| wrong("it has no config.json".into()))?;
    let config: Config = serde_json::from_str(&page.text).map_err(|error| wrong(error.to_string()))?;
    // What follows is filled in by cargo, and never part of the host.
    let packages = config.dl.split('{').next().unwrap_or_default();
    found.entries.push(entry(world, &parse_url(packages)?, chosen).await?);
    Ok(())
}

/// Cargo says nowhere what its default is. So it is asked for something, with a proxy that listens and refuses.
async fn asked(world: &dyn World) -> Result<Url, RegistryProblem> {
    let home = tempfile::tempdir().map_err(|error| RegistryProblem::Client(error.to_string()))?;
    let home = home.path().to_string_lossy();
    let environment = [("CARGO_HOME", &*home), ("CARGO_NET_RETRY", "0"), ("CARGO_TERM_QUIET", "true")];
    let command = ["cargo", "info", "--registry", DEFAULT, "cargo"];
    let asked = world.first_host(&command, &environment, "CARGO_HTTP_PROXY").await;
    let Endpoint { host, port } = asked.map_err(RegistryProblem::Client)?;
    parse_url(&format!("https://{host}:{port}/"))
}
