//! Machines as people have them.

use super::{
    Registries,
    world::{Page, World},
};
use crate::{Destination, Endpoint, Found, Network, Registry};
use async_trait::async_trait;
use reqwest::Url;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io,
    net::IpAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A machine where nothing is unless it is put there. Clients say the default in `default`.
#[derive(Default)]
struct Fake {
    variables: Vec<(&'static str, &'static str)>,
    files: BTreeMap<&'static str, &'static str>,
    names: BTreeMap<&'static str, &'static str>,
    pages: BTreeMap<&'static str, &'static str>,
    default: Option<&'static str>,
    asked: AtomicUsize,
}

#[async_trait]
impl World for Fake {
    fn variables(&self) -> Vec<(String, String)> {
        let home = [("HOME", "/home/ada")].into_iter().chain(self.variables.iter().copied());
        home.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn read(&self, path: &Path) -> io::Result<Option<String>> {
        Ok(path.to_str().and_then(|path| self.files.get(path)).map(|text| (*text).to_owned()))
    }

    async fn output(&self, _: &[&str], _: &[(&str, &str)]) -> Result<String, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.default.map(str::to_owned).ok_or_else(|| "there is no such program".into())
    }

    async fn first_host(&self, _: &[&str], _: &[(&str, &str)], _: &str) -> Result<Endpoint, String> {
        Endpoint::parse(&self.output(&[], &[]).await?).map_err(|error| error.to_string())
    }

    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.names.get(name).into_iter().map(|address| address.parse().unwrap()).collect())
    }

    async fn fetch(&self, url: Url, _: &str) -> Result<Option<Page>, String> {
        let text = self.pages.get(url.as_str()).map(|text| (*text).to_owned());
        Ok(text.map(|text| Page { url, text }))
    }
}

/// A file of authorities with a key in it.
const CORP: &str = "of the company\n-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n\
                    -----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\nsecret\n";

async fn find(registry: Registry, fake: Fake) -> String {
    match Registries::of(Arc::new(fake)).find(registry).await {
        Ok(found) => written(&found),
        Err(error) => error.to_string(),
    }
}

fn written(found: &Found) -> String {
    let mut text = String::new();
    for entry in &found.entries {
        let clear = if entry.reach.plain { " in clear" } else { "" };
        writeln!(text, "{}{clear} {:?}", entry.endpoint, entry.reach.internal).unwrap();
    }
    for (name, value) in &found.environment {
        writeln!(text, "{name}={value}").unwrap();
    }
    for (name, certificates) in &found.certificates {
        writeln!(text, "{name} names a file:\n{certificates}").unwrap();
    }
    text + &found.cargo_config
}

#[tokio::test]
async fn npm_is_asked_where_nothing_is_configured() {
    let fake = Fake { default: Some("https://npm.example/\n"), ..Fake::default() };
    insta::assert_snapshot!(find(Registry::Npm, fake).await);
}

#[tokio::test]
async fn npm_mirrors_and_scopes_are_read_and_no_password_is_passed_on() {
    let fake = Fake {
        variables: vec![("NEXUS", "nexus.corp"), ("NPM_CONFIG_CAFILE", "/etc/ssl/corp.pem")],
        files: BTreeMap::from([
            ("/etc/ssl/corp.pem", CORP),
            ("/usr/etc/npmrc", "registry=https://other.corp/\n@a:registry=https://a.corp:8443/npm/"),
            (
                "/home/ada/.npmrc",
                "; mine\nregistry = http://ada:secret@${NEXUS}:8081/npm/\n//nexus.corp/:_authToken=secret\n",
            ),
        ]),
        names: BTreeMap::from([("nexus.corp", "10.1.2.3"), ("a.corp", "169.254.169.254")]),
        ..Fake::default()
    };
    insta::assert_snapshot!(find(Registry::Npm, fake).await);
}

#[tokio::test]
async fn an_address_with_a_secret_that_cannot_be_taken_out_opens_nothing() {
    for address in [
        "https://npm.corp/?token=secret-of-the-query",
        "https://dl.corp/aB3dE5gH7jK9mN1pQ3rS5/npm/",
        "https://npm.corp/u/0123456789abcdef0123456789abcdef/",
    ] {
        let fake = Fake { variables: vec![("npm_config_registry", address)], ..Fake::default() };
        let said = find(Registry::Npm, fake).await;
        assert!(said.contains("reads like a token") && said.contains(".corp"), "{said}");
        assert!(!said.contains("secret-of") && !said.contains("aB3d") && !said.contains("0123"), "{said}");
    }
    for honest in [
        "https://nexus.corp/repository/npm-internal-releases-2024/",
        "https://a.corp/artifactory/api/npm/npm/",
    ] {
        let fake = Fake { variables: vec![("npm_config_registry", honest)], ..Fake::default() };
        let said = find(Registry::Npm, fake).await;
        assert!(said.contains(honest), "{said}");
    }
}

#[tokio::test]
async fn authorities_that_cannot_be_read_open_nothing() {
    for file in [None, Some("-----BEGIN PRIVATE KEY-----\nsecret")] {
        let files = [("/home/ada/.npmrc", "registry=https://a.corp/\ncafile=/ca.pem")];
        let files = files.into_iter().chain(file.map(|text| ("/ca.pem", text))).collect();
        let said = find(Registry::Npm, Fake { files, ..Fake::default() }).await;
        assert!(said.contains("the certificate authorities in /ca.pem cannot be read"), "{said}");
    }
}

#[tokio::test]
async fn a_registry_that_nobody_knows_is_an_error_and_opens_nothing() {
    let mut text = String::new();
    for (_, registry) in Registry::ALL {
        writeln!(text, "{}", find(registry, Fake::default()).await).unwrap();
    }
    for address in ["file:///srv/npm", "nonsense", "https://b\u{fc}cher_x.example/", "ftp://a.example"] {
        let fake = Fake { variables: vec![("npm_config_registry", address)], ..Fake::default() };
        writeln!(text, "{}", find(Registry::Npm, fake).await).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn n10_a_registry_without_hosts_adds_nothing_and_the_rest_stays() {
    let registries = Registries::of(Arc::new(Fake::default()));
    let words = ["npm", "pypi"].map(|word| word.parse().unwrap());
    let (network, _, errors) = registries.network(&words).await;
    assert_eq!((network, errors.len()), (Network::None, 2));
    let words: Vec<Destination> = ["npm", "a.example:443"].map(|word| word.parse().unwrap()).into();
    let (Network::Allow(allow), _, errors) = registries.network(&words).await else { panic!("one host") };
    assert_eq!((allow.endpoints().count(), errors.len()), (1, 1));
}

#[tokio::test]
async fn what_a_client_said_is_remembered() {
    let fake = Arc::new(Fake { default: Some("https://npm.example/"), ..Fake::default() });
    let registries = Registries::of(Arc::clone(&fake) as Arc<dyn World>);
    assert_eq!(registries.find(Registry::Npm).await, registries.find(Registry::Npm).await);
    assert_eq!(fake.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn pip_says_its_index_in_its_help_and_the_index_says_where_files_are() {
    let fake = Fake {
        default: Some(
            "  -i, --index-url <url>  Base URL of the Python Package Index (default https://index.example/simple). This",
        ),
        pages: BTreeMap::from([(
            "https://index.example/simple/pip/",
            "{\"files\": [{\"url\": \"https://files.example/a.whl\"}, {\"url\": \"https://files.example/b.whl\"}]}",
        )]),
        ..Fake::default()
    };
    insta::assert_snapshot!(find(Registry::PyPi, fake).await);
}

#[tokio::test]
async fn pip_mirrors_are_read_from_files_and_variables() {
    let fake = Fake {
        variables: vec![("PIP_EXTRA_INDEX_URL", "https://ada:secret@b.corp/simple https://c.corp")],
        files: BTreeMap::from([
            ("/etc/pip.conf", "[global]\nindex-url = https://old.corp/simple\ntrusted_host = pypi.corp\n"),
            ("/home/ada/.config/pip/pip.conf", "[global]\nindex-url = http://pypi.corp:3141/root/simple/\n"),
        ]),
        names: BTreeMap::from([("pypi.corp", "192.168.7.7")]),
        pages: BTreeMap::from([(
            "http://pypi.corp:3141/root/simple/pip/",
            "<a href='../../+f/a.whl'>a</a><a href=\"http://cdn.corp/x\">",
        )]),
        ..Fake::default()
    };
    insta::assert_snapshot!(find(Registry::PyPi, fake).await);
}

#[tokio::test]
async fn cargo_is_watched_where_nothing_is_configured_and_its_index_says_where_packages_are() {
    let fake = Fake {
        default: Some("index.example:443"),
        pages: BTreeMap::from([(
            "https://index.example/config.json",
            "{\"dl\": \"https://dl.example/{crate}/x\"}",
        )]),
        ..Fake::default()
    };
    insta::assert_snapshot!(find(Registry::Crates, fake).await);
}

#[tokio::test]
async fn cargo_replacements_and_named_registries_are_read() {
    let fake = Fake {
        variables: vec![("CARGO_REGISTRIES_OTHER_ONE_INDEX", "sparse+https://other.corp/i/")],
        files: BTreeMap::from([
            ("/etc/ssl/corp.pem", CORP),
            (
                "/home/ada/.cargo/config.toml",
                "[source.crates-io]\nreplace-with = 'corp'\n[source.corp]\nregistry = 'sparse+http://127.0.0.1:9000/index/'\n\
                 [http]\ncainfo = '/etc/ssl/corp.pem'",
            ),
        ]),
        pages: BTreeMap::from([
            ("http://127.0.0.1:9000/index/config.json", "{\"dl\": \"http://127.0.0.1:9001/dl\"}"),
            ("https://other.corp/i/config.json", "{\"dl\": \"https://other.corp/dl\"}"),
        ]),
        ..Fake::default()
    };
    insta::assert_snapshot!(find(Registry::Crates, fake).await);
}

#[tokio::test]
async fn cargo_indexes_that_do_not_say_where_packages_are_open_nothing() {
    let mut text = String::new();
    for config in [
        "[source.crates-io]\nreplace-with = 'a'\n[source.a]\nreplace-with = 'crates-io'",
        "[source.crates-io]\nreplace-with = 'gone'",
        "[source.crates-io]\nreplace-with = 'a'\n[source.a]\nregistry = 'https://git.corp/index'",
        "[source.crates-io]\nreplace-with = 'a'\n[source.a]\nregistry = 'sparse+https://a.corp/'",
        "[source.crates-io",
    ] {
        let fake =
            Fake { files: BTreeMap::from([("/home/ada/.cargo/config.toml", config)]), ..Fake::default() };
        writeln!(text, "{}", find(Registry::Crates, fake).await).unwrap();
    }
    let vendored = "[source.crates-io]\nreplace-with = 'a'\n[source.a]\ndirectory = 'vendor'";
    let fake =
        Fake { files: BTreeMap::from([("/home/ada/.cargo/config.toml", vendored)]), ..Fake::default() };
    assert_eq!(find(Registry::Crates, fake).await, "");
    insta::assert_snapshot!(text);
}
