//! What the tests' own tools report: how many passed, failed and were left out, and which failed.
//!
//! Where a tool has a report for machines it is asked for (`go test -json`, pytest's JUnit file). The others print
//! summaries whose form has been stable for years: TAP and node's own reporter, `cargo test`, unittest, jest, vitest and
//! mocha. They are read line by line while the tests run, because of the output itself only head and tail are kept. Output
//! that nobody here knows gives no counts rather than wrong ones.

mod junit;
mod lines;

use agent_parts::running::agenda::{Purpose, Task};
use lines::Lines;
use orchestrator_sdk::{
    CommandOutcome,
    command::{OutputChunk, OutputStream},
    project::Ecosystem,
};
use serde_json::{Value, json};

/// Most names of failed tests that are kept.
const FAILURES_MAX: usize = 50;

/// Counts of one tool, or of several together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// None while no tool has said anything.
    counts: Option<Counts>,
    failures: Vec<String>,
}

/// How many tests there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// Both together. Tools may print any number, so this is the only way to add: it stops at the largest.
    fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed.saturating_add(other.passed),
            failed: self.failed.saturating_add(other.failed),
            skipped: self.skipped.saturating_add(other.skipped),
        }
    }
}

impl Report {
    pub(crate) fn add(&mut self, other: Self) {
        if let Some(counts) = other.counts {
            self.counts = Some(self.counts.unwrap_or_default().plus(counts));
        }
        let room = FAILURES_MAX.saturating_sub(self.failures.len());
        self.failures.extend(other.failures.into_iter().take(room));
    }

    /// Whether the tools say that there was no test.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts == Some(Counts::default())
    }

    /// Passed and failed, where the tools said so.
    pub(crate) fn counts(&self) -> Option<(u64, u64)> {
        self.counts.map(|counts| (counts.passed, counts.failed))
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "passed": self.counts.map(|counts| counts.passed),
            "failed": self.counts.map(|counts| counts.failed),
            "skipped": self.counts.map(|counts| counts.skipped),
            "failures": self.failures,
        })
    }
}

/// Has a tool write a report for machines, where it can. The label keeps one run's report from being read for another's.
pub(crate) fn ask_for_report(task: &mut Task, label: &str) {
    if task.purpose != Purpose::Test {
        return;
    }
    let is_pytest = task.argv.iter().skip(1).any(|word| word == "pytest");
    match task.ecosystem {
        Some(Ecosystem::Go) => task.argv.insert(2, "-json".into()),
        Some(Ecosystem::Python) if is_pytest => {
            task.argv.push(format!("{JUNIT_OPTION}{JUNIT_FOLDER}{label}.xml"))
        }
        _ => {}
    }
}

const JUNIT_OPTION: &str = "--junit-xml=";
/// pytest's own folder for what it leaves behind; listings pass over it, and so does version control.
const JUNIT_FOLDER: &str = ".pytest_cache/report-";

/// Bytes of output from which on the host may have stopped handing it out; it does after 1 MiB.
const CUT_FROM: usize = 1_000_000;

/// Reads the output of one task.
#[derive(Debug)]
pub(crate) struct Reader {
    lines: Lines,
    bytes: usize,
    /// The beginning of a line whose end has not come, for each stream.
    unfinished: [String; 2],
    junit: Option<String>,
}

impl Reader {
    pub(crate) fn new(task: &Task) -> Self {
        let file = task.argv.iter().find_map(|word| word.strip_prefix(JUNIT_OPTION));
        let junit = file.map(|file| match &task.directory {
            Some(directory) => format!("{directory}/{file}"),
            None => file.to_owned(),
        });
        Self { lines: Lines::default(), bytes: 0, unfinished: Default::default(), junit }
    }

    pub(crate) fn push(&mut self, chunk: &OutputChunk) {
        let unfinished = match chunk.stream {
            OutputStream::Stdout => &mut self.unfinished[0],
            OutputStream::Stderr => &mut self.unfinished[1],
        };
        self.bytes += chunk.text.len();
        for piece in chunk.text.split_inclusive('\n') {
            unfinished.push_str(piece);
            if piece.ends_with('\n') {
                self.lines.line(unfinished.trim_end());
                unfinished.clear();
            }
        }
    }

    /// What the task's output said. Of output that was too long to be read whole, the outcome's tail has the summary.
    pub(crate) fn finish(mut self, outcome: &CommandOutcome) -> Report {
        for unfinished in &self.unfinished {
            self.lines.line(unfinished.trim_end());
        }
        // The file was written by a tool into a folder that listings leave out, so it is read as any file.
        let file = self.junit.and_then(|path| std::fs::read_to_string(format!("/project/{path}")).ok());
        file.and_then(|xml| junit::read(&xml)).unwrap_or_else(|| match self.bytes < CUT_FROM {
            true => self.lines.finish(),
            false => Lines::of_excerpt(&outcome.output).finish(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::outcome;

    fn task(argv: &[&str], ecosystem: Ecosystem) -> Task {
        Task {
            argv: argv.iter().map(ToString::to_string).collect(),
            directory: None,
            purpose: Purpose::Test,
            ecosystem: Some(ecosystem),
        }
    }

    #[test]
    fn reports_for_machines_are_asked_for_where_there_are_some() {
        let mut go = task(&["go", "test", "./..."], Ecosystem::Go);
        ask_for_report(&mut go, "x");
        assert_eq!(go.argv, ["go", "test", "-json", "./..."]);
        let mut pytest = task(&["python3", "-m", "pytest"], Ecosystem::Python);
        ask_for_report(&mut pytest, "x");
        assert_eq!(pytest.argv[3], "--junit-xml=.pytest_cache/report-x.xml");
        let mut npm = task(&["npm", "test"], Ecosystem::Node);
        ask_for_report(&mut npm, "x");
        assert_eq!(npm.argv, ["npm", "test"]);
    }

    #[test]
    fn lines_that_come_in_pieces_and_on_two_streams_are_put_together() {
        let mut reader = Reader::new(&task(&["npm", "test"], Ecosystem::Node));
        for (stream, text) in [
            (OutputStream::Stdout, "# pa"),
            (OutputStream::Stderr, "warning: "),
            (OutputStream::Stdout, "ss 3\n# fa"),
            (OutputStream::Stderr, "old\n"),
            (OutputStream::Stdout, "il 0"),
        ] {
            reader.push(&OutputChunk { stream, text: text.into() });
        }
        assert_eq!(reader.finish(&outcome("npm test", 0, "")).counts(), Some((3, 0)));
    }

    #[test]
    fn of_output_that_was_cut_the_tail_has_the_summary() {
        let mut reader = Reader::new(&task(&["npm", "test"], Ecosystem::Node));
        reader.push(&OutputChunk { stream: OutputStream::Stdout, text: "noise\n".repeat(200_000) });
        assert_eq!(
            reader.finish(&outcome("npm test", 0, "noise\n# pass 7\n# fail 0\n")).counts(),
            Some((7, 0))
        );
        // Tools whose counts add up would be counted short.
        let mut reader = Reader::new(&task(&["cargo", "test"], Ecosystem::Rust));
        reader.push(&OutputChunk { stream: OutputStream::Stdout, text: "noise\n".repeat(200_000) });
        let tail = outcome("cargo test", 0, "test result: ok. 1 passed; 0 failed; 0 ignored\n");
        assert_eq!(reader.finish(&tail).counts(), None);
    }
}
