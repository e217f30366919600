//! Reads code and reports what is wrong with it.
//!
//! A finding is worth what its evidence is worth, so evidence has to be a quotation: `findings` looks it up in the file
//! that it names and drops what is not there. The analyzer cannot write; whoever mends works from what it leaves.

mod findings;

use agent_parts::{OPTIONS_SCHEMA, view::View};
use orchestrator_sdk::{
    json,
    model::Request,
    prelude::*,
    prompt::{self, Prompt, excerpt, locations},
};

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Analyzer;

impl Agent for Analyzer {
    fn describe() -> AgentDescription {
        AgentDescription::new("analyzer", env!("CARGO_PKG_VERSION"))
            .purpose("Reads code and reports what is wrong with it, with evidence.")
            .capabilities(["analysis", "code_review"])
            .prompt(PROMPT)
            .model("sonnet")
            .temperature(0.2)
            .max_tokens(4096)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES)
            .options_schema(OPTIONS_SCHEMA)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let view = View::look()?;
        if view.entries.is_empty() {
            events::status("There is no code to analyze")?;
            return Outcome::new("There is no code to analyze").with_data(&findings::Analysis::default());
        }
        events::status("Analyzing the code...")?;
        let request = request(&context, &view)?;
        events::progress(0.2);
        let draft = model::complete_checked(request, "The analysis", |answer| {
            let draft: findings::Draft = json::find(answer)?;
            draft.check()?;
            Ok(draft)
        })?;
        let (analysis, dropped) = findings::prove(draft, |path| workspace::read_file(path).ok());
        for finding in &analysis.findings {
            events::thinking_step(&finding.line())?;
        }
        if !dropped.is_empty() {
            let message =
                format!("Dropped {} without evidence in the files: {}", dropped.len(), dropped.join("; "));
            events::status(&message)?;
        }
        let summary = analysis.headline();
        events::status_with(&summary, &analysis)?;
        Outcome::new(summary).with_data(&analysis)
    }
}

export_agent!(Analyzer);

/// Bytes of a failed command's output that the request shows.
const OUTPUT: usize = 6_000;

fn request(context: &Context, view: &View) -> Result<Request, Error> {
    let failed = context.last_command.as_ref().filter(|outcome| !outcome.succeeded());
    let output = failed.map(|outcome| outcome.output.as_str()).unwrap_or_default();
    let named = locations::locations(output, view.paths());
    let asked = locations::locations(&context.user_request, view.paths());
    let anchors: Vec<&str> = named.iter().chain(&asked).map(|place| place.path.as_str()).collect();
    let chosen = view.choose(context, &anchors)?;
    let numbered: Vec<_> = chosen.iter().map(|(path, content)| (path, prompt::numbered(content))).collect();
    let message = Prompt::new(&context.run_id)
        .say("Analyze this project with the request in mind.")
        .data("request", &context.user_request)
        .data("files of the project", &view.tree())
        .maybe(failed, |prompt, outcome| {
            let text = excerpt::excerpt(&outcome.output, OUTPUT);
            let failure = format!("$ {}\n{text}\n({})", outcome.command_line(), outcome.ending());
            prompt.say("This command failed:").data("failure", &failure)
        })
        .say("Files, nearest first, with line numbers. The number and the bar are not part of a file.")
        .files(numbered.iter().map(|(path, content)| (*path, content.as_str())))
        .maybe(chosen.note(), |prompt, note| prompt.say(&note))
        .say("Answer with the JSON object of the findings alone.")
        .finish();
    Ok(Request::new(prompt::system(&context.settings().prompt, CONTRACT)).user(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;
    use serde_json::{Value, json};

    fn finding(file: &str, evidence: &str) -> Value {
        json!({ "file": file, "line": 1, "severity": "error", "evidence": evidence, "suggestion": "mend it" })
    }

    #[test]
    fn findings_are_told_and_left_for_the_next_step() {
        let answer = json!({ "summary": "One bug.", "findings": [finding("a.js", "let a = 1"), finding("a.js", "let z")] });
        let host = Host::new().with_file("a.js", "// first\nlet a = 1;\n").answer(&answer.to_string());
        let outcome = host.run_agent::<Analyzer>("Why does it fail?").unwrap();
        assert_eq!(outcome.summary, "Found 1 problem: One bug.");
        let data: Value = serde_json::from_str(outcome.data.as_deref().unwrap()).unwrap();
        assert_eq!(data["findings"][0]["line"], 2, "the line is where the evidence is");
        assert_eq!(data["findings"].as_array().unwrap().len(), 1);
        assert_eq!(host.thoughts(), ["error in a.js:2: let a = 1 (mend it)"]);
        assert!(host.statuses().iter().any(|status| status.starts_with("Dropped 1 without evidence")));
    }

    #[test]
    fn a_finding_of_the_wrong_shape_goes_back_with_the_place() {
        let wrong = json!({ "summary": "x", "findings": [{ "file": "a.js", "severity": "fatal" }] });
        let right = json!({ "summary": "Nothing to say.", "findings": [] });
        let host = Host::new().with_file("a.js", "a\n").answer(&wrong.to_string()).answer(&right.to_string());
        assert_eq!(host.run_agent::<Analyzer>("x").unwrap().summary, "Found no problems: Nothing to say.");
        let complaint = &host.requests()[1].messages[2].content;
        assert!(
            complaint.contains("unknown variant `fatal`") && complaint.contains("findings[0]"),
            "{complaint}"
        );
    }
}
