//! Runs a project's tests and counts.
//!
//! What the runner learns from an exit code the tester learns from the tests' own reports: how many there were, and which
//! of them failed. A test run that ends well without having run a single test is reported as a project without tests, not
//! as one that passes.

mod report;

use agent_parts::running::{Session, Verdict, agenda::Task, find_agenda};
use orchestrator_sdk::{CommandOutcome, prelude::*};
use report::Report;
use serde_json::json;

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Tester;

impl Agent for Tester {
    fn describe() -> AgentDescription {
        AgentDescription::new("tester", env!("CARGO_PKG_VERSION"))
            .purpose("Runs a project's tests and counts what passed and what failed.")
            .capabilities(["testing", "validation"])
            .prompt(PROMPT)
            .model("haiku")
            .temperature(0.0)
            .max_tokens(1024)
            .asks_for(Permissions::MODEL | Permissions::COMMAND | Permissions::READ_FILES)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        events::status("Looking for tests...")?;
        let mut agenda = find_agenda(&context, CONTRACT)?;
        let label = format!("{}-{}-{}", context.run_id, context.round, context.attempt);
        for task in &mut agenda.tasks {
            report::ask_for_report(task, &label);
        }
        let mut report = Report::default();
        let session = Session::run(&agenda, |task| run(task, &mut report))?;
        let verdict = match session.verdict(&agenda) {
            Verdict::Passed if report.is_empty() => Verdict::None,
            verdict => verdict,
        };
        let summary = summary(&session, verdict, &report);
        events::status_with(&summary, &report.to_json())?;
        Outcome::new(summary).with_data(&json!({
            "tests": verdict,
            "report": report.to_json(),
            "source": agenda.source,
            "commands": session.ran,
            "left_out": session.left_out,
        }))
    }
}

export_agent!(Tester);

/// Runs a task and reads its whole output for the report: the outcome keeps only head and tail of it.
fn run(task: &Task, report: &mut Report) -> Result<CommandOutcome, Error> {
    let process = task.command().start()?;
    let mut reader = report::Reader::new(task);
    while let Some(chunk) = process.read_output()? {
        reader.push(&chunk);
    }
    let outcome = process.wait()?;
    report.add(reader.finish(&outcome));
    Ok(outcome)
}

fn summary(session: &Session, verdict: Verdict, report: &Report) -> String {
    let failure = session.failure_line().unwrap_or_else(|| session.left_out.join("; "));
    match (verdict, report.counts()) {
        (Verdict::None, _) => "This project has no tests".into(),
        (Verdict::NotRun, _) => format!("The tests could not be run: {failure}"),
        (Verdict::Passed, Some((passed, _))) => format!("All {passed} tests pass"),
        (Verdict::Passed, None) => "The tests pass; their tool gives no count".into(),
        (Verdict::Failed, Some((passed, failed))) if failed > 0 => {
            format!("{failed} of {} tests fail", passed + failed)
        }
        (Verdict::Failed, _) => format!("The tests fail: {failure}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;
    use serde_json::Value;

    fn project() -> Host {
        Host::new().with_file("package.json", r#"{"scripts":{"test":"node --test"}}"#).with_program("npm")
    }

    fn data(outcome: &Outcome) -> Value {
        serde_json::from_str(outcome.data.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn tests_are_counted_from_their_report() {
        let tap = "ok 1 - adds\nnot ok 2 - removes\n# tests 2\n# pass 1\n# fail 1\n# skipped 0\n";
        let outcome = project().command("npm test", 1, tap).run_agent::<Tester>("x").unwrap();
        assert_eq!(outcome.summary, "1 of 2 tests fail");
        let report = &data(&outcome)["report"];
        assert_eq!((&report["passed"], &report["failed"]), (&json!(1), &json!(1)));
        assert_eq!(report["failures"], json!(["removes"]));
    }

    #[test]
    fn a_run_without_a_single_test_is_not_passing() {
        let tap = "# tests 0\n# pass 0\n# fail 0\n# skipped 0\n";
        let outcome = project().command("npm test", 0, tap).run_agent::<Tester>("x").unwrap();
        assert_eq!(
            (outcome.summary.as_str(), &data(&outcome)["tests"]),
            ("This project has no tests", &json!("none"))
        );
    }

    #[test]
    fn a_tool_without_a_report_is_believed_by_its_exit_code() {
        let outcome = project().command("npm test", 0, "fine").run_agent::<Tester>("x").unwrap();
        assert_eq!(outcome.summary, "The tests pass; their tool gives no count");
        assert_eq!(data(&outcome)["report"]["passed"], Value::Null);
    }

    #[test]
    fn tests_that_crash_before_they_count_are_failing() {
        let outcome = project().command("npm test", 7, "SyntaxError").run_agent::<Tester>("x").unwrap();
        assert_eq!(outcome.summary, "The tests fail: npm test failed with exit code 7");
    }
}
