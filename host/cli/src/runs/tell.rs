//! What `orchestrator runs` prints for people.

use crate::{clean::clean, error::CliError, output, units};
use orchestrator::{RunDetail, RunSummary, event::VerdictKind};

/// One line for each run, of all or of those that were asked for.
pub(super) fn list(runs: &[RunSummary], are_all: bool) -> Result<(), CliError> {
    let none = match are_all {
        true => "There is no run yet; `orchestrator run \"Build …\"` starts one",
        false => "No run is like that; `orchestrator runs` lists all",
    };
    let head = ["RUN", "STATUS", "PROJECT", "REQUEST"].map(str::to_owned);
    let row = |run: &RunSummary| {
        let request = clean(&run.user_request);
        [run.run_id.to_string(), run.status.as_str().to_owned(), run.project_id.to_string(), request]
    };
    output::table_or(none, std::iter::once(head).chain(runs.iter().map(row)).collect(), &[2, 3])
}

/// Everything worth knowing of one run.
pub(super) fn detail(run: &RunDetail) -> Result<(), CliError> {
    let RunSummary { run_id, project_id, workflow_name, user_request, status, progress, .. } = &run.summary;
    let by = run.actor.as_ref().map_or_else(String::new, |actor| format!(" by {}", actor.as_str()));
    let mut pairs = vec![
        ("Run", run_id.to_string()),
        ("Project", project_id.to_string()),
        ("Workflow", workflow_name.to_string()),
        ("Request", clean(user_request)),
        ("Status", format!("{}, {progress} %", status.as_str())),
        ("Asked for", format!("{}{by}", units::moment(run.summary.created_at))),
        ("Took", units::time(took(&run.summary))),
        ("Provider", clean(&run.provider)),
    ];
    if let (Some(step), Some(agent)) = (&run.step, &run.agent) {
        pairs.push(("At work", format!("{}, {agent}", clean(step))));
    }
    pairs.push(("Files", format!("{} created or changed", run.files.len())));
    pairs.push(("Tokens", tokens(run)));
    if let Some(verdict) = &run.verdict {
        let kind = match verdict.kind {
            VerdictKind::Tested => "tested",
            VerdictKind::Built => "built",
            VerdictKind::Untested => "untested",
            VerdictKind::Failed => "failed",
        };
        pairs.push(("Verdict", format!("{kind}: {}", clean(&verdict.why))));
    }
    if let Some(error) = &run.error {
        pairs.push(("Error", clean(&error.message)));
    }
    output::pairs(&pairs)
}

/// What became of asking for a run's end.
pub(super) fn cancelled(before: &RunDetail, after: &RunDetail) -> String {
    let (run, status) = (after.summary.run_id, after.summary.status.as_str());
    match before.summary.status.is_terminal() {
        true => format!("Run {run} was over already: {status}"),
        false => format!("Run {run} is over: {status}; what it wrote is kept"),
    }
}

fn tokens(run: &RunDetail) -> String {
    let usage = &run.usage;
    format!("{} in, {} out", units::number(usage.input_tokens), units::number(usage.output_tokens))
}

fn took(run: &RunSummary) -> u64 {
    let span = run.updated_at.duration_since(run.created_at);
    u64::try_from(span.as_millis()).unwrap_or_default()
}
