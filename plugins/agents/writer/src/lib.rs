//! Writes the files of a plan.
//!
//! The completion goes to the host, which finds the files in it and writes them while they arrive. What this agent adds
//! is the request (the plan, and the files that are there already) and the judgement of the report.

use agent_parts::{OPTIONS_SCHEMA, history, view::View, writing};
use orchestrator_sdk::{
    CommandPurpose, Plan, command,
    model::Request,
    prelude::*,
    prompt::{self, Prompt},
};
use serde_json::json;
use std::fmt::Write;

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Writer;

impl Agent for Writer {
    fn describe() -> AgentDescription {
        AgentDescription::new("writer", env!("CARGO_PKG_VERSION"))
            .purpose("Writes the files of a plan, tests included.")
            .capabilities(["code_generation", "file_creation"])
            .prompt(PROMPT)
            .model("sonnet")
            .temperature(0.3)
            .max_tokens(8192)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES | Permissions::WRITE_FILES)
            .options_schema(OPTIONS_SCHEMA)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let view = View::look()?;
        let planned: Vec<&str> =
            context.plan.iter().flat_map(|plan| &plan.files).map(|file| file.path.as_str()).collect();
        let request = request(&context, &view, &planned)?;
        events::status(&match planned.len() {
            0 => "Writing code...".to_owned(),
            1 => "Writing 1 file...".to_owned(),
            count => format!("Writing {count} files..."),
        })?;
        let written = writing::write_files(&request, &planned, |path| view.has(path))?;
        if !written.missing.is_empty() {
            let missing = written.missing.join(", ");
            events::status(&format!("Planned, and not written: {missing}"))?;
        }
        let paths: Vec<_> = written.files.iter().map(|file| file.path.as_str()).collect();
        let count = paths.len();
        let summary = format!("Wrote {count} {}", if count == 1 { "file" } else { "files" });
        Outcome::new(summary).with_data(&json!({ "files": paths, "missing": written.missing }))
    }
}

export_agent!(Writer);

fn request(context: &Context, view: &View, planned: &[&str]) -> Result<Request, Error> {
    let chosen = view.choose(context, planned)?;
    let is_new = view.entries.is_empty();
    let message = Prompt::new(&context.run_id)
        .say(match context.plan {
            Some(_) => "Write the files of this plan, in its order.",
            None => "Write the files that answer this request.",
        })
        .data("request", &context.user_request)
        .maybe(context.plan.as_ref(), |prompt, plan| prompt.data("plan", &plan_text(plan)))
        .maybe((!is_new).then(|| view.tree()), |prompt, tree| {
            prompt.say("These files are there already:").data("files of the project", &tree)
        })
        .files(chosen.iter())
        .maybe(chosen.note(), |prompt, note| prompt.say(&note))
        .maybe(history::attempts(context, "writer"), |prompt, attempts| {
            prompt.data("what was tried before", &attempts)
        })
        .finish();
    let contract = format!("{}\n\n{}", CONTRACT.trim(), edits::artifact_format());
    Ok(Request::new(prompt::system(&context.settings().prompt, &contract)).user(message))
}

/// The plan as a model reads it best: as text, in the plan's order.
fn plan_text(plan: &Plan) -> String {
    let mut text = format!("{}\n\nStack: {}\n\nFiles, in writing order:\n", plan.summary, plan.stack);
    for (index, file) in plan.files.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}. {}: {}", index + 1, file.path, file.purpose);
    }
    if !plan.commands.is_empty() {
        text.push_str("\nCommands:\n");
    }
    for planned in &plan.commands {
        let purpose = match planned.purpose {
            CommandPurpose::Install => "install",
            CommandPurpose::Test => "test",
            CommandPurpose::Start => "start",
        };
        let _ = writeln!(text, "- {purpose}: {}", command::line(&planned.argv));
    }
    text.push_str("\nThe request is met when:\n");
    for criterion in &plan.acceptance_criteria {
        let _ = writeln!(text, "- {criterion}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{ErrorCode, PlannedFile, testing::Host};

    fn plan() -> Plan {
        Plan {
            summary: "A counter.".into(),
            stack: "JavaScript".into(),
            files: vec![PlannedFile { path: "counter.js".into(), purpose: "counts".into() }],
            commands: Vec::new(),
            acceptance_criteria: vec!["it counts".into()],
        }
    }

    #[test]
    fn the_files_of_the_plan_are_written() {
        let host = Host::new()
            .with_run(|run| run.plan = Some(plan()))
            .answer("<file-test path=\"counter.js\">\nlet n;\n</file-test>");
        let outcome = host.run_agent::<Writer>("Build a counter").unwrap();
        assert_eq!(outcome.summary, "Wrote 1 file");
        assert_eq!(host.file("counter.js").unwrap(), "let n;\n");
        let request = &host.requests()[0];
        assert!(request.messages[0].content.contains("1. counter.js: counts"));
        assert!(request.system.contains("<file-test"), "the host's format is part of the contract");
        assert!(request.system.starts_with(PROMPT.trim()));
    }

    #[test]
    fn an_answer_in_markdown_twice_is_an_error_that_is_tried_again() {
        let host = Host::new().answer("```js\nlet n;\n```").answer("```js\nlet n;\n```");
        let error = host.run_agent::<Writer>("Build a counter").unwrap_err();
        assert_eq!(error.code, ErrorCode::MalformedAnswer);
    }
}
