//! The table of attacks: what each tries, what has to come of it, which tests make it, and what shows that it would
//! succeed without the guard.

mod commands;
mod files;
mod network;
mod wasm;
mod web;

use std::fmt::Write;

/// One attack.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// A letter for what is attacked, and a number.
    pub id: &'static str,
    /// What is tried.
    pub attempt: &'static str,
    /// What has to come of it.
    pub outcome: &'static str,
    /// How that is shown.
    pub shown: Shown,
}

/// How the outcome of an attack is shown.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    /// By tests of this package, with a control.
    By(&'static [&'static str], Control),
    /// By tests of another package, by their paths, on a server of their own.
    Elsewhere(&'static [&'static str], Control),
    /// Not here; this is why.
    LeftOut(&'static str),
}

/// What shows that an attack succeeds without the guard.
#[derive(Debug, Clone, Copy)]
pub enum Control {
    /// Another test of this package.
    Test(&'static str),
    /// The same test does it as well: this is what it takes away.
    Within(&'static str),
    /// A test of another package, by its path.
    Elsewhere(&'static str),
}

const fn by(
    id: &'static str,
    attempt: &'static str,
    outcome: &'static str,
    tests: &'static [&'static str],
    control: Control,
) -> Entry {
    Entry { id, attempt, outcome, shown: Shown::By(tests, control) }
}

const fn elsewhere(
    id: &'static str,
    attempt: &'static str,
    outcome: &'static str,
    tests: &'static [&'static str],
    control: Control,
) -> Entry {
    Entry { id, attempt, outcome, shown: Shown::Elsewhere(tests, control) }
}

const fn left_out(
    id: &'static str,
    attempt: &'static str,
    outcome: &'static str,
    why: &'static str,
) -> Entry {
    Entry { id, attempt, outcome, shown: Shown::LeftOut(why) }
}

/// The parts of the table: a letter, how many numbers it has, what it is about, and the attacks.
pub const PARTS: [(char, usize, &str, &[Entry]); 5] = [
    ('F', 17, "Files", files::ENTRIES),
    ('C', 32, "Commands and processes", commands::ENTRIES),
    ('N', 14, "Network", network::ENTRIES),
    ('H', 9, "The API and browsers", web::ENTRIES),
    ('W', 22, "WebAssembly components", wasm::ENTRIES),
];

/// Every attack of the table.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    PARTS.iter().flat_map(|(_, _, _, entries)| entries.iter())
}

/// The table as a page for people.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for (_, _, title, entries) in PARTS {
        let _ = write!(
            page,
            "\n## {title}\n\n| | What is tried | What comes of it | Shown by | Control |\n|---|---|---|---|---|\n"
        );
        for Entry { id, attempt, outcome, shown } in entries {
            let (tests, control) = match shown {
                Shown::By(tests, control) | Shown::Elsewhere(tests, control) => {
                    (code(tests), control.to_string())
                }
                Shown::LeftOut(why) => (format!("left out: {why}"), String::new()),
            };
            let _ = writeln!(page, "| {id} | {attempt} | {outcome} | {tests} | {control} |");
        }
    }
    page
}

const INTRODUCTION: &str = "# Attacks

Each line is an attack. Those whose tests have names alone are made by the package `tests/attacks` on the built program over
HTTP, those with a path by that test on a server of its own. While one of the former goes on, the server has to answer;
afterwards a listener on the machine must not have been reached, a file outside of the projects and a key in the server's
environment must not have been seen anywhere, no process may be left, and memory and disk must be within bounds. The control
is what shows that the attack succeeds where the guard is away, so that a test which tests nothing is found out.

The page is printed from `tests/attacks/src/index`; a test compares the two.
";

fn code(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl std::fmt::Display for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Test(name) => write!(f, "`{name}`"),
            Self::Within(what) => write!(f, "in the same test: {what}"),
            Self::Elsewhere(path) => write!(f, "`{path}`"),
        }
    }
}
