//! From text to a [`Document`].
//!
//! The file is walked by hand and not by a derived deserializer, for the sake of what it says about mistakes: every
//! problem at once, each with its line, and for a key that does not exist the nearest one that does. A key that nobody
//! reads is an error: a grant that was misspelt is annoying, a restriction that was misspelt is a hole.

mod reader;
mod values;

use crate::{
    document::{Document, Rules},
    error::PolicyError,
    limits::{self, Unit},
    pattern::Pattern,
};
use reader::Reader;
use toml::de::DeTable;

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

/// Reads a policy file, which messages call `file`.
pub(crate) fn parse(text: &str, file: &str) -> Result<Document, PolicyError> {
    let mut reader = Reader::new(text, file);
    let document = reader.read();
    if reader.problems.is_empty() {
        return Ok(document);
    }
    reader.problems.sort_by_key(|problem| problem.line);
    Err(PolicyError { file: file.to_owned(), problems: reader.problems })
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
}

#[cfg(test)]
mod tests;
