//! What a component wants, compared with what its world offers, before the engine's linker is asked.
//!
//! The linker would refuse as well, but with a sentence about instances; an author needs to hear which interface is
//! too much, which version the host has, and what to do.

use crate::error::{LoadError, PluginKind};
use orchestrator_contract as contract;

/// Interfaces of the contract that each world offers.
fn offered(kind: PluginKind) -> &'static [&'static str] {
    match kind {
        PluginKind::Agent => &[
            "types",
            "execution-context",
            "settings",
            "model",
            "edits",
            "workspace",
            "command",
            "events",
            "log",
            "cancellation",
        ],
        PluginKind::Condition => &["types", "execution-context", "settings", "log"],
    }
}

/// Packages of WASI 0.2 that every plugin may import. Sockets are linked because the standard libraries of Python and
/// JavaScript import them whether or not they are used; every address is denied.
const WASI: [&str; 6] =
    ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:io", "wasi:random", "wasi:sockets"];

/// Finds out by its exports which world a component implements.
pub(crate) fn kind<'a>(exports: impl Iterator<Item = &'a str> + Clone) -> Result<PluginKind, LoadError> {
    let has = |wanted: &str| exports.clone().any(|name| name == wanted);
    match (has(contract::AGENT_EXPORT), has(contract::CONDITION_EXPORT)) {
        (true, false) => Ok(PluginKind::Agent),
        (false, true) => Ok(PluginKind::Condition),
        (true, true) => Err(LoadError::WrongWorld("it exports both worlds; make it two components".into())),
        (false, false) => Err(LoadError::WrongWorld(wrong_world(exports))),
    }
}

fn wrong_world<'a>(exports: impl Iterator<Item = &'a str>) -> String {
    let exports: Vec<_> = exports.collect();
    let other_version = exports.iter().find(|name| {
        name.starts_with("orchestrator:plugin/agent-plugin@")
            || name.starts_with("orchestrator:plugin/condition-plugin@")
    });
    match other_version {
        Some(name) => format!(
            "it exports {name}; this host knows contract version {}, build it against that",
            contract::VERSION
        ),
        None => format!(
            "it exports neither {} nor {} but [{}]; build it for the world `agent` or `condition` of {}",
            contract::AGENT_EXPORT,
            contract::CONDITION_EXPORT,
            exports.join(", "),
            contract::PACKAGE
        ),
    }
}

/// Refuses imports that the world does not offer.
pub(crate) fn check<'a>(kind: PluginKind, imports: impl Iterator<Item = &'a str>) -> Result<(), LoadError> {
    let excess: Vec<String> = imports.filter(|name| !is_offered(kind, name)).map(str::to_owned).collect();
    match excess.is_empty() {
        true => Ok(()),
        false => Err(LoadError::OverAsking { kind, imports: excess }),
    }
}

fn is_offered(kind: PluginKind, import: &str) -> bool {
    let Some((package, rest)) = import.split_once('/') else { return false };
    if WASI.contains(&package) {
        return true;
    }
    let interface = rest.split_once('@').map_or(rest, |(interface, _)| interface);
    package == contract::PACKAGE && offered(kind).contains(&interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_wants_a_model_asks_too_much() {
        let imports =
            ["wasi:cli/environment@0.2.6", "orchestrator:plugin/model@0.1.0", "wasi:http/types@0.2.3"];
        let refused = check(PluginKind::Condition, imports.into_iter()).unwrap_err().to_string();
        assert!(refused.contains("orchestrator:plugin/model@0.1.0, wasi:http/types@0.2.3"), "{refused}");
        assert!(check(PluginKind::Agent, imports.into_iter().take(2)).is_ok());
    }

    #[test]
    fn another_contract_version_is_named() {
        let refused = kind(["orchestrator:plugin/agent-plugin@9.0.0"].into_iter()).unwrap_err().to_string();
        assert!(refused.contains("contract version 0.1.0"), "{refused}");
    }
}
