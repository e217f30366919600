//! Installs what a project needs and runs its tests.
//!
//! A test that fails is what this agent is there to find out, so it is an outcome: the step succeeds, and the failed
//! command is the run's last one, which conditions and the fixer look at. Only what keeps the agent from finding out is
//! an error.

use agent_parts::running::{Session, Verdict, agenda::Purpose, find_agenda};
use orchestrator_sdk::prelude::*;
use serde_json::json;

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Runner;

impl Agent for Runner {
    fn describe() -> AgentDescription {
        AgentDescription::new("runner", env!("CARGO_PKG_VERSION"))
            .purpose("Installs what a project needs and runs its tests.")
            .capabilities(["command_execution", "testing"])
            .prompt(PROMPT)
            .model("haiku")
            .temperature(0.0)
            .max_tokens(1024)
            .asks_for(Permissions::MODEL | Permissions::COMMAND | Permissions::READ_FILES)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        events::status("Looking for how this project is run...")?;
        let agenda = find_agenda(&context, CONTRACT)?;
        if !agenda.has_tests() {
            events::status("This project has no tests")?;
        }
        let session = Session::run(&agenda, |task| task.command().run())?;
        let verdict = session.verdict(&agenda);
        let summary = summary(&session, verdict);
        events::status(&summary)?;
        Outcome::new(summary).with_data(&json!({
            "tests": verdict,
            "source": agenda.source,
            "commands": session.ran,
            "left_out": session.left_out,
        }))
    }
}

export_agent!(Runner);

fn summary(session: &Session, verdict: Verdict) -> String {
    if let Some(failure) = session.failure_line() {
        return failure;
    }
    let tests =
        session.ran.iter().filter(|ran| ran.purpose == Purpose::Test).map(agent_parts::running::Ran::line);
    let tests = tests.collect::<Vec<_>>().join(" and ");
    match verdict {
        Verdict::Passed => format!("The tests pass ({tests})"),
        Verdict::NotRun => format!("The tests could not be run: {}", session.left_out.join("; ")),
        Verdict::None if session.ran.is_empty() => "Nothing to run: this project has no tests".into(),
        Verdict::None => "Installed what the project needs; it has no tests".into(),
        Verdict::Failed => "The tests fail".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;
    use serde_json::Value;

    const PACKAGE: &str = r#"{"scripts":{"test":"node --test"},"dependencies":{"react":"19"}}"#;

    fn project() -> Host {
        Host::new().with_file("package.json", PACKAGE).with_program("npm")
    }

    fn data(outcome: &Outcome) -> Value {
        serde_json::from_str(outcome.data.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn what_is_missing_is_installed_and_then_the_tests_run() {
        let host =
            project().command("npm install --no-audit --no-fund", 0, "").command("npm test", 0, "ok 1");
        let outcome = host.run_agent::<Runner>("x").unwrap();
        assert_eq!(outcome.summary, "The tests pass (npm test)");
        assert_eq!(data(&outcome)["tests"], "passed");
        assert_eq!(data(&outcome)["commands"].as_array().unwrap().len(), 2);
        assert!(host.requests().is_empty(), "the manifest knows");
    }

    #[test]
    fn a_failing_test_is_an_outcome_and_no_error() {
        let host =
            project().command("npm install --no-audit --no-fund", 0, "").command("npm test", 1, "not ok 1");
        let outcome = host.run_agent::<Runner>("x").unwrap();
        assert_eq!(outcome.summary, "npm test failed with exit code 1");
        assert_eq!(data(&outcome)["tests"], "failed");
    }

    #[test]
    fn after_a_failed_installation_the_tests_are_not_run() {
        let host = project().command("npm install --no-audit --no-fund", 1, "ENOTFOUND");
        let outcome = host.run_agent::<Runner>("x").unwrap();
        assert_eq!(outcome.summary, "npm install --no-audit --no-fund failed with exit code 1");
        assert_eq!(data(&outcome)["tests"], "not_run");
        assert_eq!(host.commands().len(), 1);
    }

    #[test]
    fn a_project_without_tests_is_reported_as_such() {
        let host = Host::new().with_file("index.html", "").answer(r#"{"install": [], "test": []}"#);
        let outcome = host.run_agent::<Runner>("x").unwrap();
        assert_eq!(outcome.summary, "Nothing to run: this project has no tests");
        assert_eq!(data(&outcome)["tests"], "none");
        assert_eq!(data(&outcome)["source"], "nobody");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let host = Host::new().with_file("Cargo.toml", "");
        let outcome = host.run_agent::<Runner>("x").unwrap();
        assert!(outcome.summary.contains("the program cargo is not on this machine"), "{}", outcome.summary);
        assert_eq!(data(&outcome)["tests"], "not_run");
    }
}
