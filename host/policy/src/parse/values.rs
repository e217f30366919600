//! The values of the file's keys: permissions, programs, the network, numbers with a unit.

use super::reader::{Entry, Reader, nearest};
use crate::{
    destination::Destination,
    document::Located,
    limits::Unit,
    network::Network,
    pattern::Pattern,
    units::{parse_bytes, parse_duration, show_bytes, show_duration},
};
use orchestrator_core::{Permission, Permissions};
use std::{collections::BTreeMap, time::Duration};
use toml::de::{DeTable, DeValue};

impl Reader<'_> {
    pub(super) fn permissions(&mut self, value: &Entry<'_>) -> Permissions {
        let mut permissions = Permissions::default();
        for (name, span) in self.texts(value, "permissions") {
            match name.parse::<Permission>() {
                Ok(permission) => permissions = permissions.union(permission.into()),
                Err(_) => {
                    let nearest = nearest(&name, Permission::ALL.map(Permission::as_str));
                    let known = Permission::known();
                    self.problem(
                        span,
                        format!("there is no permission '{name}'{nearest}; there are {known}"),
                    );
                }
            }
        }
        permissions
    }

    /// Patterns, and names of `[program.X]` with an `@` in front.
    pub(super) fn patterns(&mut self, value: &Entry<'_>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for (text, span) in self.texts(value, "programs") {
            let Some(name) = text.strip_prefix('@') else {
                match Pattern::parse(&text) {
                    Ok(pattern) => patterns.push(pattern),
                    Err(error) => self.problem(span, error.to_string()),
                }
                continue;
            };
            match self.programs.get(name) {
                Some(pattern) => patterns.push(pattern.clone()),
                None => {
                    let nearest = nearest(name, self.programs.keys().map(String::as_str));
                    self.problem(span, format!("'@{name}' names no [program.{name}] of this file{nearest}"));
                }
            }
        }
        patterns
    }

    pub(super) fn network(&mut self, value: &Entry<'_>) -> Option<Network> {
        match value.get_ref() {
            DeValue::String(text) if text == "none" => Some(Network::None),
            DeValue::Array(items) if !items.is_empty() => {
                let mut destinations = Vec::new();
                for (text, span) in self.texts(value, "network") {
                    match text.parse::<Destination>() {
                        Ok(destination) => destinations.push(destination),
                        Err(error) => self.problem(span, error.to_string()),
                    }
                }
                (!destinations.is_empty()).then_some(Network::Allow(destinations))
            }
            _ => {
                let message = "network must be \"none\" or a list with something in it, such as [\"npm\"]; an empty \
                               list could be read as everything or as nothing";
                self.problem(value.span(), message.into());
                None
            }
        }
    }

    pub(super) fn numbers(
        &mut self,
        table: &DeTable<'_>,
        keys: &'static [(&'static str, Unit, u64, u64)],
        what: &str,
    ) -> BTreeMap<&'static str, Located<u64>> {
        let names: Vec<_> = keys.iter().map(|(name, ..)| *name).collect();
        self.check_keys(table, &names, what);
        let mut numbers = BTreeMap::new();
        for (key, unit, least, most) in keys {
            let Some(value) = table.get(*key) else { continue };
            match number(value.get_ref(), *unit) {
                Ok(number) if (*least..=*most).contains(&number) => {
                    numbers.insert(*key, self.located(number, value.span()));
                }
                Ok(_) => {
                    let (least, most) = (show(*unit, *least), show(*unit, *most));
                    self.problem(value.span(), format!("{key} must lie between {least} and {most}"));
                }
                Err(problem) => self.problem(value.span(), format!("{key}: {problem}")),
            }
        }
        numbers
    }
}

fn number(value: &DeValue<'_>, unit: Unit) -> Result<u64, String> {
    match unit {
        Unit::Count => value
            .as_integer()
            .and_then(|number| number.as_str().replace('_', "").parse().ok())
            .ok_or_else(|| "give a whole number".to_owned()),
        Unit::Bytes => {
            value.as_str().ok_or("give a size in quotes, such as \"512MiB\"".into()).and_then(parse_bytes)
        }
        Unit::Time => value
            .as_str()
            .ok_or("give a time in quotes, such as \"30s\"".into())
            .and_then(parse_duration)
            .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
    }
}

fn show(unit: Unit, value: u64) -> String {
    match unit {
        Unit::Bytes => show_bytes(value),
        Unit::Time => show_duration(Duration::from_millis(value)),
        Unit::Count => value.to_string(),
    }
}
