//! From text to a [`Document`].
//!
//! The file is walked by hand and not by a derived deserializer, for the sake of what it says about mistakes: every
//! problem at once, each with its line, and for a key that does not exist the nearest one that does. A key that nobody
//! reads is an error: a grant that was misspelt is annoying, a restriction that was misspelt is a hole.

use crate::{
    destination::Destination,
    document::{Document, Located, Place, Rules},
    error::{PolicyError, Problem},
    limits::{self, Unit},
    network::Network,
    pattern::Pattern,
    units::{parse_bytes, parse_duration, show_bytes, show_duration},
};
use orchestrator_core::{Permission, Permissions};
use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The version of the format that is read.
pub(crate) const VERSION: i64 = 1;
/// Keys of the file.
pub(crate) const TOP: [&str; 5] = ["version", "defaults", "plugin", "program", "quarantine"];
/// Keys of `[defaults]` and `[plugin.X]`.
pub(crate) const RULES: [&str; 4] = ["permissions", "programs", "network", "limits"];
/// Keys of `[program.X]`.
pub(crate) const PROGRAM: [&str; 2] = ["exe", "args"];
/// Keys of `[quarantine]`, with their least and greatest value (a number, or milliseconds).
pub(crate) const QUARANTINE: [(&str, Unit, u64, u64); 4] = [
    ("strikes", Unit::Count, 1, 1000),
    ("within", Unit::Time, 1000, 86_400_000),
    ("first", Unit::Time, 1000, 86_400_000),
    ("longest", Unit::Time, 1000, 86_400_000),
];
/// Longest file, in bytes.
const SIZE_MAX: usize = 1 << 20;

type Entry<'a> = Spanned<DeValue<'a>>;

/// Reads a policy file, which messages call `file`.
pub(crate) fn parse(text: &str, file: &str) -> Result<Document, PolicyError> {
    let mut reader = Reader { text, file: Arc::from(file), problems: Vec::new(), programs: BTreeMap::new() };
    let document = reader.read();
    if reader.problems.is_empty() {
        return Ok(document);
    }
    reader.problems.sort_by_key(|problem| problem.line);
    Err(PolicyError { file: file.to_owned(), problems: reader.problems })
}

struct Reader<'t> {
    text: &'t str,
    file: Arc<str>,
    problems: Vec<Problem>,
    /// The patterns that `[program.X]` gives names to.
    programs: BTreeMap<String, Pattern>,
}

impl Reader<'_> {
    fn read(&mut self) -> Document {
        let mut document = Document::default();
        if self.text.len() > SIZE_MAX {
            self.problem(0..0, format!("it is {} bytes long; at most {SIZE_MAX} are read", self.text.len()));
            return document;
        }
        let text = self.text;
        let root = match DeTable::parse(text) {
            Ok(root) => root.into_inner(),
            Err(error) => {
                let message = format!("it is not TOML: {}", error.message().trim());
                self.problem(error.span().unwrap_or(0..0), message);
                return document;
            }
        };
        self.check_keys(&root, &TOP, "a policy");
        self.check_version(&root);
        if let Some(programs) = self.table(&root, "program") {
            self.read_programs(programs);
        }
        if let Some(defaults) = self.table(&root, "defaults") {
            document.defaults = self.rules(defaults, "[defaults]");
        }
        for (name, value) in self.table(&root, "plugin").into_iter().flatten() {
            let what = format!("[plugin.{}]", name.get_ref());
            if let Some(table) = self.as_table(value, &what) {
                let rules = self.rules(table, &what);
                document.plugins.insert(name.get_ref().to_string(), rules);
            }
        }
        if let Some(table) = self.table(&root, "quarantine") {
            document.quarantine = self.numbers(table, &QUARANTINE, "[quarantine]");
        }
        document
    }

    fn check_version(&mut self, root: &DeTable<'_>) {
        match root.get("version") {
            None => self.problem(0..0, format!("it has no version; begin it with: version = {VERSION}")),
            Some(value) => {
                let number =
                    value.get_ref().as_integer().and_then(|number| number.as_str().parse::<i64>().ok());
                if number != Some(VERSION) {
                    self.problem(
                        value.span(),
                        format!("version must be {VERSION}, which is what this program reads"),
                    );
                }
            }
        }
    }

    fn read_programs(&mut self, programs: &DeTable<'_>) {
        for (name, value) in programs {
            let what = format!("[program.{}]", name.get_ref());
            let Some(table) = self.as_table(value, &what) else { continue };
            self.check_keys(table, &PROGRAM, &what);
            let Some(exe) = table.get("exe") else {
                self.problem(
                    value.span(),
                    format!("{what} has no exe; name the program, such as exe = \"npm\""),
                );
                continue;
            };
            let mut words = self.texts_of(std::slice::from_ref(exe), "exe");
            if let Some(args) = table.get("args") {
                words.extend(self.texts(args, "args").into_iter().map(|(word, _)| (word, args.span())));
            }
            match Pattern::of_words(words.iter().map(|(word, _)| word.as_str())) {
                Ok(pattern) => drop(self.programs.insert(name.get_ref().to_string(), pattern)),
                Err(error) => self.problem(value.span(), format!("{what}: {error}")),
            }
        }
    }

    fn rules(&mut self, table: &DeTable<'_>, what: &str) -> Rules {
        self.check_keys(table, &RULES, what);
        let mut rules = Rules::default();
        if let Some(value) = table.get("permissions") {
            let permissions = self.permissions(value);
            rules.permissions = Some(self.located(permissions, value.span()));
        }
        if let Some(value) = table.get("programs") {
            let programs = self.patterns(value);
            rules.programs = Some(self.located(programs, value.span()));
        }
        if let Some(value) = table.get("network") {
            rules.network = self.network(value).map(|network| self.located(network, value.span()));
        }
        if let Some(table) = self.table(table, "limits") {
            for (key, limit) in self.numbers(table, &limits::KEYS, &format!("{what} limits")) {
                rules.limits.set(key, limit.value);
                rules.limit_places.insert(key, limit.place);
            }
        }
        rules
    }

    fn permissions(&mut self, value: &Entry<'_>) -> Permissions {
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
    fn patterns(&mut self, value: &Entry<'_>) -> Vec<Pattern> {
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

    fn network(&mut self, value: &Entry<'_>) -> Option<Network> {
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

    fn numbers(
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

    fn texts(&mut self, value: &Entry<'_>, what: &str) -> Vec<(String, Range<usize>)> {
        match value.get_ref().as_array() {
            Some(items) => {
                let items: Vec<_> = items.iter().cloned().collect();
                self.texts_of(&items, what)
            }
            None => {
                self.problem(value.span(), format!("{what} must be a list of texts, such as [\"…\"]"));
                Vec::new()
            }
        }
    }

    fn texts_of(&mut self, items: &[Entry<'_>], what: &str) -> Vec<(String, Range<usize>)> {
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), item.span())),
                None => self.problem(item.span(), format!("{what} takes texts in quotes")),
            }
        }
        texts
    }

    fn table<'a, 'i>(&mut self, table: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
        self.as_table(table.get(key)?, &format!("'{key}'"))
    }

    fn as_table<'a, 'i>(&mut self, value: &'a Entry<'i>, what: &str) -> Option<&'a DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.problem(value.span(), format!("{what} must be a table"));
        }
        table
    }

    fn check_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let nearest = nearest(name, known.iter().copied());
            let known = known.join(", ");
            self.problem(key.span(), format!("{what} has no key '{name}'{nearest}; it has {known}"));
        }
    }

    fn located<T>(&self, value: T, span: Range<usize>) -> Located<T> {
        Located { value, place: Place { file: Arc::clone(&self.file), line: self.line(span) } }
    }

    fn line(&self, span: Range<usize>) -> usize {
        self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
    }

    fn problem(&mut self, span: Range<usize>, message: String) {
        let line = self.line(span);
        self.problems.push(Problem { line, message });
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

/// `; did you mean 'x'?`, when something known is near enough.
fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = known.into_iter().map(|name| (strsim::osa_distance(given, name), name)).min();
    match near {
        Some((distance, name)) if distance <= 1 + name.len() / 3 => format!(" (did you mean '{name}'?)"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
