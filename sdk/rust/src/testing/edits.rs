//! A small stand-in for the host's parser of files: enough to tell whether an agent asked for the right thing.

use super::fake::{State, change};
use crate::{
    Operation,
    edits::{DiffOutcome, WriteReport},
    model::Answer,
};

pub(crate) const FORMAT: &str = "Write each file as <file-test path=\"…\"> … </file-test>.";
const OPEN: &str = "<file-test path=\"";
const CLOSE: &str = "</file-test>";

/// Writes the files in an answer. One whose end is missing is reported as incomplete.
pub(crate) fn write(host: &mut State, answer: Answer) -> WriteReport {
    let mut report = WriteReport {
        files: Vec::new(),
        incomplete: Vec::new(),
        refused: Vec::new(),
        prose: String::new(),
        end: answer.end,
    };
    let mut rest = answer.text.as_str();
    while let Some((prose, after)) = rest.split_once(OPEN) {
        report.prose.push_str(prose);
        let Some((path, body)) = after.split_once("\">\n") else { break };
        let Some((content, after)) = body.split_once(CLOSE) else {
            report.incomplete.push(path.to_owned());
            return report;
        };
        report.files.push(host.put(path, content));
        rest = after;
    }
    report.prose.push_str(rest);
    report
}

/// Answers what the test told; otherwise takes the diff as applied.
pub(crate) fn apply(host: &mut State, diff: &str) -> DiffOutcome {
    host.diffs.push(diff.to_owned());
    host.diff_outcomes.pop_front().unwrap_or_else(|| {
        let paths = diff.lines().filter_map(|line| line.strip_prefix("+++ b/"));
        DiffOutcome::Applied(paths.map(|path| change(path, Operation::Modify, 1)).collect())
    })
}
