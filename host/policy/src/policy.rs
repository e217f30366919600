//! The policy in force: the operator's file on top of the program's own.
//!
//! For one plugin, each key is taken from the first of these that has it: `[plugin.X]` of the operator's file,
//! `[plugin.X]` of the program's own (only for the plugins that the program carries), `[defaults]` of the operator's
//! file, `[defaults]` of the program's own. A list replaces the one below it whole; nothing is merged, so a line can
//! be understood without the others.
//!
//! The program's own lines are for the components that it carries. A file in the plugins folder that takes the name of
//! one of them is a stranger's code: it gets the defaults, and what else it needs waits for a grant. A line of the
//! operator's file names a plugin by its name, and goes on to count when the file behind that name is replaced: that
//! is what the operator wrote. A grant over the API was given to what was loaded at the time, so it is bound to its
//! digest. And where the operator's file has permissions for a plugin, it alone decides: a file under version control
//! that says "no" should not be undone by a request.

use crate::{
    decision::{Decision, Subject},
    document::{Document, Located, PolicyLine, Rules},
    error::PolicyError,
    limits::{CallLimits, KEYS},
    network::Network,
    parse::{self, QUARANTINE},
    pattern::Pattern,
    programs::Programs,
    quarantine::QuarantineRules,
};
use orchestrator_core::{Digest, Permission, Permissions};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

const BUILT_IN: &str = include_str!("builtin.toml");
const BUILT_IN_NAME: &str = "built-in policy";

/// The policy in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    own: Document,
    file: Document,
    digest: String,
}

/// One line of what is in force, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `defaults`, or the plugin.
    pub of: String,
    /// The key.
    pub key: String,
    /// The value, as a policy writes it.
    pub value: String,
    /// Where it was written.
    pub from: String,
}

impl Policy {
    /// The program's own policy, without an operator's file.
    ///
    /// # Errors
    /// When the program was built with a policy that cannot be read.
    pub fn built_in() -> Result<Self, PolicyError> {
        Ok(Self {
            own: parse::parse(BUILT_IN, BUILT_IN_NAME)?,
            file: Document::default(),
            digest: digest(""),
        })
    }

    /// The program's own policy below the operator's file, which messages call `file`.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        let document = parse::parse(text, file)?;
        Ok(Self { file: document, digest: digest(text), ..Self::built_in()? })
    }

    /// SHA-256 of what it was read from, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Decides about a plugin.
    #[must_use]
    pub fn decide(&self, subject: &Subject<'_>) -> Decision {
        let layers = self.layers(subject.name, subject.built_in);
        let from_file = self.file.plugins.get(subject.name).and_then(|rules| rules.permissions.as_ref());
        let permissions = layers.iter().find_map(|rules| rules.permissions.as_ref());
        let mut from =
            permissions.map_or_else(|| "nothing is granted".into(), |found| found.place.to_string());
        let mut granted = permissions.map(|found| found.value).unwrap_or_default();
        if from_file.is_none() && subject.granted != Permissions::default() {
            granted = granted.union(subject.granted);
            from.push_str(" and a grant over the API");
        }
        Decision {
            plugin: subject.name.to_owned(),
            asked: subject.asked,
            permissions: subject.asked.intersection(granted),
            from,
            settled_by_file: from_file.is_some(),
            programs: self.programs(subject, &layers, from_file.is_some()),
            network: network(&layers),
            limits: limits(&layers),
        }
    }

    fn programs(&self, subject: &Subject<'_>, layers: &[&Rules], settled: bool) -> Programs {
        let found = layers.iter().find_map(|rules| rules.programs.as_ref());
        let mut patterns: Vec<Pattern> = found.map(|found| found.value.clone()).unwrap_or_default();
        let mut from = found.map(|found| found.place.to_string()).unwrap_or_default();
        if !settled && !subject.programs.is_empty() {
            patterns.extend_from_slice(subject.programs);
            from = if from.is_empty() {
                "a grant over the API".into()
            } else {
                format!("{from} and a grant over the API")
            };
        }
        Programs { plugin: subject.name.to_owned(), patterns, from }
    }

    /// Where the operator's file has permissions for this plugin, when it has.
    #[must_use]
    pub fn settles(&self, plugin: &str) -> Option<&PolicyLine> {
        self.file.plugins.get(plugin)?.permissions.as_ref().map(|found| &found.place)
    }

    /// When plugins are quarantined.
    #[must_use]
    pub fn quarantine(&self) -> QuarantineRules {
        let value = |key: &str| self.file.quarantine.get(key).map(|found| found.value);
        let time = |key, default| value(key).map_or(default, Duration::from_millis);
        let default = QuarantineRules::default();
        QuarantineRules {
            strikes: value("strikes")
                .and_then(|number| u32::try_from(number).ok())
                .unwrap_or(default.strikes),
            within: time("within", default.within),
            first: time("first", default.first),
            longest: time("longest", default.longest),
        }
    }

    /// What is in force and where each value comes from: the defaults, then every plugin that a policy names.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = rows("defaults", &[&self.file.defaults, &self.own.defaults]);
        let names = self.file.plugins.keys().chain(self.own.plugins.keys());
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            rows.extend(self::rows(name, &self.layers(name, true)));
        }
        for (key, ..) in QUARANTINE {
            if let Some(found) = self.file.quarantine.get(key) {
                let value = if key == "strikes" {
                    found.value.to_string()
                } else {
                    crate::show_duration(Duration::from_millis(found.value))
                };
                rows.push(Row {
                    of: "quarantine".into(),
                    key: key.into(),
                    value,
                    from: found.place.to_string(),
                });
            }
        }
        rows
    }

    fn layers(&self, name: &str, built_in: bool) -> Vec<&Rules> {
        let own = if built_in { self.own.plugins.get(name) } else { None };
        let named = self.file.plugins.get(name).into_iter().chain(own);
        named.chain([&self.file.defaults, &self.own.defaults]).collect()
    }
}

fn network(layers: &[&Rules]) -> Located<Network> {
    let nobody =
        || Located { value: Network::None, place: PolicyLine { file: Arc::from(BUILT_IN_NAME), line: 1 } };
    layers.iter().find_map(|rules| rules.network.clone()).unwrap_or_else(nobody)
}

fn limits(layers: &[&Rules]) -> CallLimits {
    let first = |get: fn(&CallLimits) -> Option<u64>| layers.iter().find_map(|rules| get(&rules.limits));
    let time = |get: fn(&CallLimits) -> Option<Duration>| layers.iter().find_map(|rules| get(&rules.limits));
    CallLimits {
        memory: first(|limits| limits.memory),
        cpu: time(|limits| limits.cpu),
        wall: time(|limits| limits.wall),
        output: first(|limits| limits.output),
        payload: first(|limits| limits.payload),
        handles: first(|limits| limits.handles),
        events_per_second: first(|limits| limits.events_per_second),
        commands: first(|limits| limits.commands),
        command_wall: time(|limits| limits.command_wall),
        command_memory: first(|limits| limits.command_memory),
        command_processes: first(|limits| limits.command_processes),
        command_file: first(|limits| limits.command_file),
    }
}

fn rows(of: &str, layers: &[&Rules]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |key: String, value: String, place: &PolicyLine| {
        rows.push(Row { of: of.to_owned(), key, value, from: place.to_string() });
    };
    if let Some(found) = layers.iter().find_map(|rules| rules.permissions.as_ref()) {
        row("permissions".into(), list(found.value.list().into_iter().map(Permission::as_str)), &found.place);
    }
    if let Some(found) = layers.iter().find_map(|rules| rules.programs.as_ref()) {
        row("programs".into(), list(found.value.iter().map(ToString::to_string)), &found.place);
    }
    if let Some(found) = layers.iter().find_map(|rules| rules.network.as_ref()) {
        let value = match &found.value {
            Network::None => "\"none\"".to_owned(),
            allowed @ Network::Allow(_) => list(allowed.names()),
        };
        row("network".into(), value, &found.place);
    }
    for (key, ..) in KEYS {
        let found =
            layers.iter().find_map(|rules| Some((rules.limits.shown(key)?, rules.limit_places.get(key)?)));
        if let Some((value, place)) = found {
            row(format!("limits.{key}"), value, place);
        }
    }
    rows
}

fn list(items: impl IntoIterator<Item = impl Into<serde_json::Value>>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.into().to_string()).collect();
    format!("[{}]", items.join(", "))
}

fn digest(text: &str) -> String {
    Digest::of_parts(&[BUILT_IN.as_bytes(), &[0], text.as_bytes()]).to_string()
}

#[cfg(test)]
mod tests;
