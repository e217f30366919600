//! npm: `registry` and `@scope:registry`, from variables, the user's `.npmrc` and the machine's.

use super::{Chosen, Found, RegistryProblem, entry, parse_url, shown, world::World};
use configparser::ini::{Ini, IniDefault};
use std::{collections::BTreeMap, path::PathBuf};

/// What variables of npm begin with, in any case.
const VARIABLE: &str = "npm_config_";

pub(super) async fn find(world: &dyn World) -> Result<Found, RegistryProblem> {
    let settings = settings(world)?;
    let mut found = Found::default();
    match settings.get("registry") {
        Some(address) => add(world, &mut found, "registry", address).await?,
        None => {
            let asked = world.output(&["npm", "config", "get", "registry"], &[]).await;
            let url = parse_url(asked.map_err(RegistryProblem::Client)?.trim())?;
            found.entries.push(entry(world, &url, Chosen::ByDefault).await?);
        }
    }
    for (key, address) in
        settings.iter().filter(|(key, _)| key.starts_with('@') && key.ends_with(":registry"))
    {
        add(world, &mut found, key, address).await?;
    }
    if let Some(file) = settings.get("cafile") {
        found.add_certificates(world, &format!("{VARIABLE}cafile"), file)?;
    }
    Ok(found)
}

async fn add(world: &dyn World, found: &mut Found, key: &str, address: &str) -> Result<(), RegistryProblem> {
    let url = parse_url(address)?;
    found.entries.push(entry(world, &url, Chosen::Here).await?);
    found.environment.push((format!("{VARIABLE}{key}"), shown(&url)));
    Ok(())
}

/// What is set, the nearest place winning: variables, the user's file, the machine's.
fn settings(world: &dyn World) -> Result<BTreeMap<String, String>, RegistryProblem> {
    let mut settings = BTreeMap::new();
    for path in files(world) {
        let text = world.read(&path).map_err(|error| wrong(&path, &error.to_string()))?;
        let values = parse(&text.unwrap_or_default()).map_err(|problem| wrong(&path, &problem))?;
        let values = values.into_iter().map(|(key, value)| (key, expand(world, &value)));
        settings.extend(values);
    }
    for (name, value) in world.variables() {
        let prefix = name.get(..VARIABLE.len()).filter(|prefix| prefix.eq_ignore_ascii_case(VARIABLE));
        if let (Some(key), false) = (prefix.and(name.get(VARIABLE.len()..)), value.is_empty()) {
            settings.insert(key.to_ascii_lowercase(), value);
        }
    }
    Ok(settings)
}

fn wrong(path: &std::path::Path, problem: &str) -> RegistryProblem {
    RegistryProblem::Settings(format!("{} cannot be read: {problem}", path.display()))
}

/// The machine's file first. Where npm looks for that depends on where it is; in another place it is seen by npm alone,
/// which is asked then.
fn files(world: &dyn World) -> Vec<PathBuf> {
    let set = |name: &str| world.variable(name).or_else(|| world.variable(&name.to_ascii_uppercase()));
    let machine = match (set("npm_config_globalconfig"), set("npm_config_prefix").or_else(|| set("PREFIX"))) {
        (Some(file), _) => vec![file.into()],
        (None, Some(prefix)) => vec![PathBuf::from(prefix).join("etc/npmrc")],
        (None, None) => vec!["/usr/local/etc/npmrc".into(), "/usr/etc/npmrc".into()],
    };
    let user = set("npm_config_userconfig").map(PathBuf::from);
    let user = user.or_else(|| world.variable("HOME").map(|home| PathBuf::from(home).join(".npmrc")));
    machine.into_iter().chain(user).collect()
}

/// The keys outside of any section. Keys hold colons, so only `=` divides.
fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut format = IniDefault::default();
    format.delimiters = vec!['='];
    format.case_sensitive = true;
    let section = format.default_section.clone();
    let mut ini = Ini::new_from_defaults(format).read(text.to_owned())?;
    let values = ini.remove(&section).unwrap_or_default();
    let unquoted = |value: String| value.trim().trim_matches(['"', '\'']).to_owned();
    Ok(values.into_iter().filter_map(|(key, value)| Some((key, unquoted(value?)))).collect())
}

/// `${NAME}` is a variable, as npm reads it; one that is not set stays as it is.
fn expand(world: &dyn World, value: &str) -> String {
    let mut parts = value.split("${");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once('}').and_then(|(name, rest)| Some((world.variable(name)?, rest)));
        match known {
            Some((value, rest)) => text.extend([value.as_str(), rest]),
            None => text.extend(["${", part]),
        }
    }
    text
}
