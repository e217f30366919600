//! Writes the README, and in it only what is true.
//!
//! Models like to document the project that they would have written. So this one is given the files, the plan, and the
//! commands that really passed in this run; a command that nobody has seen pass is shown as such.

use agent_parts::{
    OPTIONS_SCHEMA,
    running::{Ran, Verdict},
    view::View,
    writing,
};
use orchestrator_sdk::{
    CommandPurpose, command,
    model::Request,
    prelude::*,
    prompt::{self, Prompt, choose},
};
use serde::Deserialize;
use serde_json::json;

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");
const README: &str = "README.md";

struct Documenter;

impl Agent for Documenter {
    fn describe() -> AgentDescription {
        AgentDescription::new("documenter", env!("CARGO_PKG_VERSION"))
            .purpose("Writes the project's README from what is there and what has been seen to work.")
            .capabilities(["documentation", "README"])
            .prompt(PROMPT)
            .model("haiku")
            .temperature(0.3)
            .max_tokens(4096)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES | Permissions::WRITE_FILES)
            .options_schema(OPTIONS_SCHEMA)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let view = View::look()?;
        if view.entries.is_empty() {
            events::status("There is nothing to document")?;
            return Ok(Outcome::new("There is nothing to document"));
        }
        events::status("Writing README.md...")?;
        let request = request(&context, &view)?;
        let written = writing::write_files(&request, &[README], |_| false)?;
        let others: Vec<_> =
            written.files.iter().map(|file| file.path.as_str()).filter(|path| *path != README).collect();
        if !others.is_empty() {
            // The host writes what the model sends; that it went beyond its task should not pass unseen.
            events::status(&format!("The documentation step also wrote {}", others.join(", ")))?;
        }
        if written.missing.iter().any(|path| path == README) {
            return Err(Error::malformed("the model answered twice without a README.md"));
        }
        Outcome::new("Wrote README.md").with_data(&json!({ "also_wrote": others }))
    }
}

export_agent!(Documenter);

fn request(context: &Context, view: &View) -> Result<Request, Error> {
    let anchors =
        ["package.json", "pyproject.toml", "Cargo.toml", "go.mod", "Makefile", "index.html", README];
    let changed = context.files.iter().map(|file| file.path.as_str());
    let near = choose::nearest(&view.entries, &anchors.into_iter().chain(changed).collect::<Vec<_>>());
    let chosen = view.choose_of(context, &near)?;
    let message = Prompt::new(&context.run_id)
        .say("Write the README.md of this project.")
        .data("request", &context.user_request)
        .maybe(context.plan.as_ref(), |prompt, plan| {
            prompt.data("plan", &format!("{}\n\nStack: {}", plan.summary, plan.stack))
        })
        .data("files of the project", &view.tree())
        .data("commands", &commands(context))
        .files(chosen.iter())
        .maybe(chosen.note(), |prompt, note| prompt.say(&note))
        .finish();
    let contract = format!("{}\n\n{}", CONTRACT.trim(), edits::artifact_format());
    Ok(Request::new(prompt::system(&context.settings().prompt, &contract)).user(message))
}

/// What runner and tester leave, as far as it matters here.
#[derive(Deserialize)]
struct RunData {
    tests: Verdict,
    commands: Vec<Ran>,
}

/// The commands of this run: those that passed, those that failed, and those that were only planned.
fn commands(context: &Context) -> String {
    let runs: Vec<RunData> = ["runner", "tester"]
        .iter()
        .filter_map(|agent| context.last_output(agent))
        .filter_map(orchestrator_sdk::StepOutput::data_as)
        .collect();
    let mut lines = Vec::new();
    for ran in runs.iter().flat_map(|run| &run.commands) {
        let word = if ran.succeeded() { "passed" } else { "failed" };
        lines.push(format!("{word}: {}", ran.line()));
    }
    if runs.iter().any(|run| run.tests == Verdict::None) {
        lines.push("this project has no tests".into());
    }
    let ran: Vec<_> = runs.iter().flat_map(|run| &run.commands).map(|ran| ran.argv.as_slice()).collect();
    for planned in context.plan.iter().flat_map(|plan| &plan.commands) {
        if !ran.contains(&planned.argv.as_slice()) {
            let purpose = match planned.purpose {
                CommandPurpose::Install => "to install",
                CommandPurpose::Test => "to test",
                CommandPurpose::Start => "to start",
            };
            lines.push(format!("planned {purpose}, not run: {}", command::line(&planned.argv)));
        }
    }
    if lines.is_empty() { "(no command was run)".into() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{Plan, PlannedCommand, StepOutput, testing::Host};

    const ANSWER: &str = "<file-test path=\"README.md\">\n# A counter\n</file-test>";

    fn project() -> Host {
        let runner = json!({
            "tests": "passed",
            "commands": [{ "argv": ["npm", "test"], "purpose": "test", "exit_code": 0, "timed_out": false, "duration_ms": 1 }],
        });
        let planned =
            |purpose, argv: [&str; 2]| PlannedCommand { purpose, argv: argv.map(String::from).to_vec() };
        Host::new().with_file("package.json", "{}").with_run(|run| {
            run.outputs = vec![StepOutput {
                step: "Execute & Test".into(),
                agent: "runner".into(),
                summary: "fine".into(),
                data: runner.to_string(),
            }];
            run.plan = Some(Plan {
                summary: "A counter.".into(),
                stack: "JavaScript".into(),
                files: Vec::new(),
                commands: vec![
                    planned(CommandPurpose::Test, ["npm", "test"]),
                    planned(CommandPurpose::Start, ["npm", "start"]),
                ],
                acceptance_criteria: Vec::new(),
            });
        })
    }

    #[test]
    fn commands_that_passed_are_told_from_those_that_nobody_ran() {
        let host = project().answer(ANSWER);
        assert_eq!(host.run_agent::<Documenter>("Build a counter").unwrap().summary, "Wrote README.md");
        let message = &host.requests()[0].messages[0].content;
        assert!(message.contains("passed: npm test\nplanned to start, not run: npm start\n"), "{message}");
    }

    #[test]
    fn an_old_readme_is_replaced_and_not_taken_for_the_new_one() {
        let host =
            project().with_file("README.md", "# Old").answer("Here is what I would write.").answer(ANSWER);
        host.run_agent::<Documenter>("Build a counter").unwrap();
        assert_eq!(host.file("README.md").unwrap(), "# A counter\n");
    }

    #[test]
    fn files_beyond_the_readme_do_not_pass_unseen() {
        let host = project().answer(&format!("{ANSWER}\n<file-test path=\"src/a.js\">\nx\n</file-test>"));
        host.run_agent::<Documenter>("Build a counter").unwrap();
        assert!(host.statuses().contains(&"The documentation step also wrote src/a.js".to_owned()));
    }

    #[test]
    fn an_empty_project_is_not_documented() {
        assert_eq!(Host::new().run_agent::<Documenter>("x").unwrap().summary, "There is nothing to document");
    }
}
