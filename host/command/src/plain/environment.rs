//! The environment of a program: built from nothing, plus an allow-list.
//!
//! The server's own environment holds its model keys, so nothing is taken over unless it is named here. What is named
//! lets package clients and toolchains work as they do for the user: where their registries, proxies, certificates
//! and toolchains are. Two filters are applied on top, because these names have relatives that are credentials:
//! a name with a word such as `TOKEN` or `AUTH` in it is left behind, and so is a value with a password in a URL.
//!
//! `HOME` is a fresh folder for each program, so files such as `~/.npmrc` are out of sight. An operator who wants
//! one to be seen names it in a variable (`NPM_CONFIG_USERCONFIG`, `PIP_CONFIG_FILE`, `CARGO_HOME`).

use crate::CommandLine;
use std::path::Path;

/// Variables that are taken over from the server's environment.
const PASSED: &[&str] = &[
    // Certificates.
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NIX_SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    // Proxies.
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    // Toolchains.
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "PYENV_ROOT",
    "NVM_DIR",
    "VOLTA_HOME",
    "JAVA_HOME",
    "GOROOT",
    "GOPROXY",
    "GOSUMDB",
    "TZ",
];

/// Beginnings of further names: the package clients' settings.
const PASSED_PREFIXES: &[&str] = &[
    "PIP_",
    "UV_",
    "NPM_CONFIG_",
    "YARN_",
    "CARGO_REGISTRIES_",
    "CARGO_SOURCE_",
    "CARGO_HTTP_",
    "CARGO_NET_",
];

/// Words in a name that make it a secret.
const SECRET_WORDS: &[&str] = &["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL", "COOKIE", "SESSION"];

/// Toolchain folders that are found through the user's home when no variable says where they are.
const IN_HOME: &[(&str, &str)] = &[("RUSTUP_HOME", ".rustup"), ("PYENV_ROOT", ".pyenv")];

/// The name of the variable by which a program's descendants are found.
pub(super) const MARK: &str = "ORCHESTRATOR_COMMAND";

/// Chooses from the server's environment.
pub(super) fn choose(inherited: Vec<(String, String)>) -> Vec<(String, String)> {
    let home = inherited.iter().find(|(name, _)| name == "HOME").map(|(_, home)| home.clone());
    let mut chosen = Vec::new();
    for (name, value) in inherited {
        if !is_passed(&name) {
            continue;
        }
        if has_password(&value) {
            tracing::warn!(variable = name, "kept from commands: there is a password in its value");
            continue;
        }
        chosen.push((name, value));
    }
    for (name, folder) in IN_HOME {
        let path = home.as_deref().map(|home| Path::new(home).join(folder));
        if let Some(path) = path.filter(|path| path.is_dir())
            && let Some(path) = path.to_str()
            && !chosen.iter().any(|(chosen, _)| chosen == name)
        {
            chosen.push(((*name).to_owned(), path.to_owned()));
        }
    }
    chosen
}

/// The whole environment of one program: later entries win.
pub(super) fn of_command(
    chosen: &[(String, String)],
    path: &str,
    home: &str,
    mark: &str,
    command: &CommandLine,
) -> Vec<(String, String)> {
    let fixed = [
        ("PATH", path),
        ("HOME", home),
        ("TMPDIR", home),
        ("LANG", "C.UTF-8"),
        ("CI", "1"),
        ("TERM", "dumb"),
        ("NO_COLOR", "1"),
    ];
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut environment = chosen.to_vec();
    environment.extend(fixed.iter().map(own));
    environment.extend(command.environment.iter().cloned());
    environment.push((MARK.to_owned(), mark.to_owned()));
    environment
}

fn is_passed(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let named =
        PASSED.contains(&name.as_str()) || PASSED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    named && !SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Whether one of the URLs in the value names a user: `https://user:password@host/`.
fn has_password(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        authority.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str, value: &str) -> bool {
        choose(vec![(name.into(), value.into())]).iter().any(|(chosen, _)| chosen == name)
    }

    #[test]
    fn package_clients_keep_their_registries() {
        for name in ["PIP_INDEX_URL", "PIP_CERT", "npm_config_registry", "NPM_CONFIG_REGISTRY", "https_proxy"]
        {
            assert!(chosen(name, "https://packages.example/simple"), "{name}");
        }
    }

    #[test]
    fn secrets_stay_behind() {
        let names = [
            "ANTHROPIC_API_KEY",
            "NPM_TOKEN",
            "npm_config__auth",
            "npm_config_//packages.example/:_authToken",
            "CARGO_REGISTRIES_MINE_TOKEN",
            "PIP_PASSWORD",
            "UV_INDEX_MINE_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "DATABASE_URL",
            "GH_TOKEN",
            "LD_PRELOAD",
            "NODE_OPTIONS",
            "SSH_AUTH_SOCK",
        ];
        for name in names {
            assert!(!chosen(name, "x"), "{name}");
        }
        assert!(!chosen("PIP_INDEX_URL", "https://me:pass@packages.example/simple"));
        assert!(!chosen("PIP_FIND_LINKS", "https://a.example/ https://token@b.example/"));
        assert!(chosen("PIP_INDEX_URL", "https://packages.example/@scope/simple"));
    }

    #[test]
    fn a_guest_adds_but_the_mark_has_the_last_word() {
        let command = CommandLine {
            environment: vec![("CI".into(), "0".into()), (MARK.into(), "forged".into())],
            ..CommandLine::default()
        };
        let environment = of_command(&[], "/bin", "/tmp/x", "real", &command);
        let last =
            |name: &str| environment.iter().rev().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
        assert_eq!((last("CI"), last(MARK), last("PATH")), (Some("0"), Some("real"), Some("/bin")));
    }
}
