//! From texts to what they mean.

use super::{Settings, SettingsError, Source, Value, table::Setting};
use crate::{error::CliError, output};
use orchestrator::{Config, Given, ModelConfig};
use orchestrator_server::{Origin, ServerConfig, Tls};
use reqwest::Url;
use std::{fmt::Display, num::NonZeroU32, path::PathBuf, str::FromStr, time::Duration};
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// A running server, and what it asks for.
pub(crate) struct Server {
    /// Its address, without the path of the API.
    pub(crate) url: Url,
    /// The token, where one was given.
    pub(crate) token: Option<String>,
}

impl Settings {
    /// The running server that commands are to go through; none when they are to work on the data folder.
    pub(crate) fn named_server(&self) -> Result<Option<Server>, SettingsError> {
        let Some(value) = self.get("server").filter(|value| !value.text.trim().is_empty()) else {
            return Ok(None);
        };
        let url = parse("server", value, |text| {
            let url = Url::parse(text.trim()).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty());
            url.ok_or("give the address of a server, such as http://127.0.0.1:8000")
        })?;
        let token = self.get("token").map(|value| value.text.trim().to_owned());
        Ok(Some(Server { url, token: token.filter(|token| !token.is_empty()) }))
    }

    /// Settles what becomes of a server that is named to a command that works here alone. By a flag, it was meant for
    /// this command, which is refused; by the environment or the file it may have been meant for others, so it is told,
    /// and refused only where the command changes something.
    pub(crate) fn stays_here(&self, command: &'static str, changes: bool) -> Result<(), SettingsError> {
        let Some(value) = self.get("server").filter(|value| !value.text.trim().is_empty()) else {
            return Ok(());
        };
        let from = value.source.clone();
        let way_out = match from {
            Source::Flag(_) => "run it on the server's machine, without --server",
            _ if changes => "run it on the server's machine, or give --server '' to change what is here",
            _ => {
                output::complain(&format!(
                    "note: {command} works on the data folder and the settings here, not on the server in {from}"
                ));
                return Ok(());
            }
        };
        Err(SettingsError::OnlyHere { command, from, way_out })
    }

    /// What the orchestrator is opened with.
    pub(crate) fn config(&self) -> Result<Config, CliError> {
        let mut config = Config::new(self.data_dir()?, self.model()?);
        config.plugins_dir = self.path("plugins_dir");
        config.projects_dir = self.path("projects_dir");
        config.policy_file = self.path("policy");
        if let Some(runs) = self.number("max_runs", 1..=1_000_000)? {
            config.limits.runs = runs as usize;
        }
        if let Some(mebibytes) = self.number("limits.plugin_memory_mib", 16..=4096)? {
            config.limits.sandbox.memory = (mebibytes as usize) << 20;
        }
        if let Some(seconds) = self.number("limits.plugin_cpu_seconds", 1..=3600)? {
            config.limits.sandbox.cpu = Duration::from_secs(seconds);
        }
        if let Some(snapshots) = self.number("limits.project_snapshots", 1..=100_000)? {
            config.limits.snapshots = snapshots as usize;
        }
        config.commands.toolchains =
            self.list("command.toolchains", |text| Ok::<_, SettingsError>(PathBuf::from(text)))?;
        if let Some(uid) = self.number("command.uid", 1..=u64::from(u32::MAX - 1))? {
            config.commands.uid = uid as u32;
        }
        config.commands.allow_none = self.allows_no_sandbox()?;
        Ok(config)
    }

    /// Whether commands may run without a sandbox.
    pub(crate) fn allows_no_sandbox(&self) -> Result<bool, SettingsError> {
        let Some(value) = self.get("command.allow_isolation") else { return Ok(false) };
        parse("command.allow_isolation", value, |text| match text {
            "namespaces" => Ok(false),
            "none" => Ok(true),
            _ => Err("it is neither 'namespaces' nor 'none'"),
        })
    }

    /// How the server behaves on an address that only this machine reaches, or others do.
    pub(crate) fn server(&self, loopback: bool) -> Result<ServerConfig, SettingsError> {
        let origins = self.list("cors_origins", Origin::parse)?;
        let hosts = self.list("allowed_hosts", |text| Ok::<_, SettingsError>(text.to_owned()))?;
        let mut config =
            ServerConfig { origins, hosts: loopback.then_some(hosts), ..ServerConfig::default() };
        if let Some(rate) = self.number("api.requests_per_second", 0..=1_000_000)? {
            config.requests_per_second = NonZeroU32::new(rate as u32);
        }
        if let Some(requests) = self.number("api.requests_at_once", 1..=1_000_000)? {
            config.requests_at_once = requests as usize;
        }
        if let Some(streams) = self.number("api.streams_at_once", 1..=1_000_000)? {
            config.streams_at_once = streams as usize;
        }
        if let Some(mebibytes) = self.number("limits.import_mib", 1..=512)? {
            config.import_max = mebibytes << 20;
        }
        config.tls = self.tls()?;
        Ok(config)
    }

    /// Certificate and key, which come together or not at all.
    fn tls(&self) -> Result<Option<Tls>, SettingsError> {
        match (self.get("tls.cert"), self.get("tls.key")) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => {
                Ok(Some(Tls { certificate: certificate.text.clone().into(), key: key.text.clone().into() }))
            }
            (Some(certificate), None) => {
                parse("tls.cert", certificate, |_| Err("its key is missing; give --tls-key as well"))
            }
            (None, Some(key)) => {
                parse("tls.key", key, |_| Err("its certificate is missing; give --tls-cert as well"))
            }
        }
    }

    /// Where the server listens.
    pub(crate) fn listen(&self) -> &str {
        self.get("listen").map_or("127.0.0.1:8000", |value| &value.text)
    }

    /// Whether that is an address and a port. Whether this machine has the address is found out by listening.
    pub(super) fn check_listen(&self) -> Result<(), SettingsError> {
        let Some(value) = self.get("listen") else { return Ok(()) };
        parse("listen", value, |text| {
            let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
            port.and_then(|(_, port)| port.parse::<u16>().ok())
                .map(drop)
                .ok_or("give an address and a port, such as 127.0.0.1:8000")
        })
    }

    /// What is logged.
    pub(crate) fn log_filter(&self, default: &str) -> Result<EnvFilter, SettingsError> {
        match self.get("log") {
            None => Ok(EnvFilter::new(default)),
            Some(value) => parse("log", value, EnvFilter::from_str),
        }
    }

    /// How log lines look.
    pub(crate) fn log_format(&self) -> Result<LogFormat, SettingsError> {
        let Some(value) = self.get("log_format") else { return Ok(LogFormat::Text) };
        parse("log_format", value, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("it is neither 'text' nor 'json'"),
        })
    }

    /// The data folder: the one that was set, or the usual one.
    pub(crate) fn data_dir(&self) -> Result<PathBuf, SettingsError> {
        if let Some(path) = self.path("data_dir") {
            return Ok(path);
        }
        let home = || std::env::home_dir().filter(|home| home.is_absolute());
        self.variable("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|base| base.is_absolute())
            .or_else(|| home().map(|home| home.join(".local").join("share")))
            .map(|base| base.join("dynamic-orchestrator"))
            .ok_or(SettingsError::NoHome { variable: "ORCHESTRATOR_DATA_DIR" })
    }

    /// Keys from the environment, everything else from wherever it was set.
    fn model(&self) -> Result<ModelConfig, CliError> {
        let given = |setting: &Setting| {
            let value = self.get(setting.key)?;
            Some(Given { text: value.text.clone(), from: model_origin(setting.key, &value.source) })
        };
        let key = |name: &str| Some(Given { text: self.variable(name)?, from: name.to_owned() });
        let lookup = |name: &str| {
            let setting = super::every_setting().find(|setting| setting.variables.contains(&name));
            setting.map_or_else(|| key(name), given)
        };
        Ok(ModelConfig::from_settings(lookup)?)
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.get(key).map(|value| PathBuf::from(&value.text))
    }

    fn number(
        &self,
        key: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, SettingsError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let wanted = format!("give a whole number from {} to {}", range.start(), range.end());
        let in_range = |text: &str| text.trim().parse().ok().filter(|number| range.contains(number));
        parse(key, value, |text| in_range(text).ok_or(wanted)).map(Some)
    }

    fn list<T, E: Display>(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, SettingsError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let items = value.text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| parse(key, &Value { text: item.to_owned(), ..value.clone() }, &read)).collect()
    }
}

/// Where a setting of the model was given, as a complaint about it says.
pub(super) fn model_origin(key: &str, source: &Source) -> String {
    match source {
        // Nobody gave it: the variable is what there is to set.
        Source::Default => {
            let setting = super::every_setting().find(|setting| setting.key == key);
            setting.and_then(|setting| setting.variables.first()).map_or(key, |variable| variable).to_owned()
        }
        Source::File(path) => format!("{key} in {}", path.display()),
        source @ (Source::Flag(_) | Source::Variable(_)) => source.to_string(),
    }
}

fn parse<T, E: Display>(
    key: &'static str,
    value: &Value,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, SettingsError> {
    read(&value.text).map_err(|problem| {
        let Value { text, source } = value.clone();
        SettingsError::Unusable { key, value: text, from: source, problem: problem.to_string() }
    })
}
