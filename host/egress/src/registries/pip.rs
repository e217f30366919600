//! pip: `index-url` and `extra-index-url`, from variables and the files that pip reads.

use super::{
    Chosen, Found, RegistryProblem, entry, parse_url, shown,
    world::{Page, World},
};
use configparser::ini::{Ini, IniDefault};
use reqwest::Url;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// A package that every index of pip's has or need not have: its page shows where an index keeps files.
const SHOWN: &str = "pip";
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
/// Sections that hold for downloads, a later one winning.
const SECTIONS: [&str; 3] = ["global", "download", "install"];
/// What is passed on besides the indexes.
const PASSED_ON: &str = "trusted-host";
/// What names the file with certificate authorities.
const CERTIFICATES: &str = "cert";

pub(super) async fn find(world: &dyn World) -> Result<Found, RegistryProblem> {
    let settings = settings(world)?;
    let mut found = Found::default();
    let mut indexes = Vec::new();
    match settings.get("index-url") {
        Some(address) => indexes.push((parse_url(address)?, Chosen::Here)),
        None => indexes.push((asked(world).await?, Chosen::ByDefault)),
    }
    for address in settings.get("extra-index-url").map(|value| value.split_whitespace()).into_iter().flatten()
    {
        indexes.push((parse_url(address)?, Chosen::Here));
    }
    for (index, chosen) in &indexes {
        found.entries.push(entry(world, index, *chosen).await?);
        for url in files_of(world, index).await? {
            found.entries.push(entry(world, &url, *chosen).await?);
        }
    }
    for key in ["index-url", "extra-index-url"] {
        if let Some(value) = settings.get(key) {
            let urls = value.split_whitespace().map(|address| parse_url(address).map(|url| shown(&url)));
            found.environment.push((variable(key), urls.collect::<Result<Vec<_>, _>>()?.join(" ")));
        }
    }
    let passed_on = settings.get(PASSED_ON).map(|value| (variable(PASSED_ON), value.clone()));
    found.environment.extend(passed_on);
    if let Some(file) = settings.get(CERTIFICATES) {
        found.add_certificates(world, &variable(CERTIFICATES), file)?;
    }
    Ok(found)
}

fn variable(key: &str) -> String {
    format!("PIP_{}", key.to_ascii_uppercase().replace('-', "_"))
}

fn settings(world: &dyn World) -> Result<BTreeMap<String, String>, RegistryProblem> {
    let mut settings = BTreeMap::new();
    for path in files(world) {
        let wrong = |problem: String| {
            RegistryProblem::Settings(format!("{} cannot be read: {problem}", path.display()))
        };
        let text = world.read(&path).map_err(|error| wrong(error.to_string()))?.unwrap_or_default();
        let mut format = IniDefault::default();
        format.multiline = true;
        let mut sections = Ini::new_from_defaults(format).read(text).map_err(wrong)?;
        for section in SECTIONS {
            let values = sections.remove(section).unwrap_or_default();
            let values = values.into_iter().filter_map(|(key, value)| Some((key.replace('_', "-"), value?)));
            settings.extend(values);
        }
    }
    for key in ["index-url", "extra-index-url", PASSED_ON, CERTIFICATES] {
        if let Some(value) = world.variable(&variable(key)) {
            settings.insert(key.to_owned(), value);
        }
    }
    Ok(settings)
}

/// The machine's first, then the user's, the environment's and the one that a variable names.
fn files(world: &dyn World) -> Vec<PathBuf> {
    let named = world.variable("PIP_CONFIG_FILE");
    if named.as_deref() == Some("/dev/null") {
        return Vec::new();
    }
    let folders = world.variable("XDG_CONFIG_DIRS").unwrap_or_else(|| "/etc/xdg".into());
    let mut files: Vec<_> =
        folders.split(':').map(|folder| PathBuf::from(folder).join("pip/pip.conf")).collect();
    files.push("/etc/pip.conf".into());
    let home = world.variable("HOME").map(PathBuf::from);
    files.extend(home.as_ref().map(|home| home.join(".pip/pip.conf")));
    let user = world.variable("XDG_CONFIG_HOME").map(PathBuf::from).or(home.map(|home| home.join(".config")));
    files.extend(user.map(|folder| folder.join("pip/pip.conf")));
    files.extend(world.variable("VIRTUAL_ENV").map(|folder| PathBuf::from(folder).join("pip.conf")));
    files.extend(named.map(PathBuf::from));
    files
}

/// pip's help names the index that holds.
async fn asked(world: &dyn World) -> Result<Url, RegistryProblem> {
    let command = ["python3", "-m", "pip", "download", "--help"];
    let help = world.output(&command, &[("COLUMNS", "1000")]).await.map_err(RegistryProblem::Client)?;
    let line = help.lines().find(|line| line.contains("--index-url")).unwrap_or_default();
    let address = line.split_once("(default ").and_then(|(_, rest)| rest.split_once(')'));
    let unknown = || RegistryProblem::Client("its help names no index".into());
    parse_url(address.ok_or_else(unknown)?.0)
}

/// Addresses of files, one for each host, as the page of one package shows them.
async fn files_of(world: &dyn World, index: &Url) -> Result<Vec<Url>, RegistryProblem> {
    let wrong = |problem: String| RegistryProblem::Index { index: shown(index), problem };
    let mut page = index.clone();
    match page.path_segments_mut() {
        Ok(mut path) => path.pop_if_empty().extend([SHOWN, ""]),
        Err(()) => return Err(wrong("it is no address of pages".into())),
    };
    let Some(page) = world.fetch(page, ACCEPT).await.map_err(wrong)? else { return Ok(Vec::new()) };
    let mut hosts = BTreeSet::new();
    let is_new = |url: &Url| hosts.insert((url.host_str().map(str::to_owned), url.port_or_known_default()));
    Ok(links(&page).into_iter().chain([page.url.clone()]).filter(is_new).collect())
}

/// The addresses on a page, in either of the formats of indexes.
fn links(page: &Page) -> Vec<Url> {
    #[derive(serde::Deserialize)]
    struct Project {
        files: Vec<File>,
    }
    #[derive(serde::Deserialize)]
    struct File {
        url: String,
    }
    let links = match serde_json::from_str::<Project>(&page.text) {
        Ok(project) => project.files.into_iter().map(|file| file.url).collect(),
        Err(_) => hrefs(&page.text),
    };
    let absolute = links.iter().filter_map(|link| page.url.join(link).ok());
    absolute.filter(|url| matches!(url.scheme(), "http" | "https")).collect()
}

/// Of HTML, only where links lead is of interest; an index's pages are lists of them.
fn hrefs(text: &str) -> Vec<String> {
    let quoted = |part: &str| {
        let quote = part.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        part.get(1..)?.split_once(quote).map(|(link, _)| link.replace("&amp;", "&"))
    };
    text.split("href=").skip(1).filter_map(quoted).collect()
}
