//! A small stand-in for the host's parser of files: enough to tell whether an agent asked for the right thing.

use super::fake::{State, change};
use crate::{
    Operation,
    edits::{PatchOutcome, PatchReport, WriteReport},
    model::Answer,
};

pub(crate) const FORMAT: &str = "Write each file as <file-test path=\"…\"> … </file-test>.";
pub(crate) const REPLACEMENT_FORMAT: &str =
    "Write each change as the file's path and then a block <<<<<<< SEARCH … ======= … >>>>>>> REPLACE.";
const SEARCH: &str = "<<<<<<< SEARCH";
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

/// Answers what the test told; otherwise takes the diff as applied to the files that it names.
pub(crate) fn apply_diff(host: &mut State, diff: &str, target: Option<&str>) -> PatchReport {
    host.diffs.push(diff.to_owned());
    let named: Vec<&str> = diff.lines().filter_map(|line| line.strip_prefix("+++ b/")).collect();
    told_or_applied(host, if named.is_empty() { target.into_iter().collect() } else { named })
}

/// As [`apply_diff`]; a block's file is named on the line before it.
pub(crate) fn apply_replacements(host: &mut State, text: &str) -> PatchReport {
    host.replacements.push(text.to_owned());
    let lines: Vec<&str> = text.lines().collect();
    let named = lines.windows(2).filter(|pair| pair[1] == SEARCH).map(|pair| pair[0].trim());
    told_or_applied(host, named.collect())
}

fn told_or_applied(host: &mut State, paths: Vec<&str>) -> PatchReport {
    host.patch_reports.pop_front().unwrap_or_else(|| PatchReport {
        outcome: PatchOutcome::Applied,
        files: paths.into_iter().map(|path| change(path, Operation::Modify, 1)).collect(),
        hunks: Vec::new(),
        refused: Vec::new(),
        text: String::new(),
    })
}
