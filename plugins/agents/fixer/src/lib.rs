//! Mends what failed: a command of this run, or what an analyzer found.
//!
//! What it shows the model is chosen from the failure backwards: the output cut to the part that matters, the files that
//! the output names, with line numbers, then their neighbours, and one line for each earlier attempt so that the same
//! idea is not tried twice.

mod failure;

use agent_parts::{OPTIONS_SCHEMA, history, patching, view::View};
use failure::Failure;
use orchestrator_sdk::{
    model::Request,
    prelude::*,
    prompt::{self, Prompt, locations::Location},
};
use serde_json::json;

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Fixer;

impl Agent for Fixer {
    fn describe() -> AgentDescription {
        AgentDescription::new("fixer", env!("CARGO_PKG_VERSION"))
            .purpose("Finds the cause of a failure and mends it with a patch.")
            .capabilities(["patching", "debugging"])
            .prompt(PROMPT)
            .model("sonnet")
            .temperature(0.2)
            .max_tokens(8192)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES | Permissions::WRITE_FILES)
            .options_schema(OPTIONS_SCHEMA)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let Some(failure) = Failure::of(&context) else {
            events::status("No errors found")?;
            return Outcome::new("No errors found").with_data(&json!({ "fixed": false }));
        };
        events::status(&failure.status())?;
        let view = View::look()?;
        let places = failure.places(&view);
        let request = request(&context, &view, &failure, &places)?;
        let target = patching::sole(places.iter().map(|place| place.path.as_str()));
        let patched = patching::patch(request, &view, target)?;
        let paths: Vec<_> = patched.files.iter().map(|file| file.path.as_str()).collect();
        let summary = match patched.reason.is_empty() {
            true => format!("Changed {}", paths.join(", ")),
            false => format!("{} Changed {}", patched.reason, paths.join(", ")),
        };
        Outcome::new(summary).with_data(&json!({
            "fixed": true,
            "diagnosis": patched.reason,
            "files": paths,
            "refused_patches": patched.refused,
        }))
    }
}

export_agent!(Fixer);

fn request(context: &Context, view: &View, failure: &Failure, places: &[Location]) -> Result<Request, Error> {
    let anchors: Vec<&str> = places.iter().map(|place| place.path.as_str()).collect();
    let chosen = view.choose(context, &anchors)?;
    let numbered: Vec<_> = chosen.iter().map(|(path, content)| (path, prompt::numbered(content))).collect();
    let message = Prompt::new(&context.run_id)
        .data("request", &context.user_request)
        .maybe(context.plan.as_ref(), |prompt, plan| {
            prompt.data("the request is met when", &plan.acceptance_criteria.join("\n"))
        })
        .data("files of the project", &view.tree())
        .say("What failed:")
        .data("failure", &failure.text(places))
        .say("The files that it names, nearest first, with line numbers. The number and the bar are not part of a file.")
        .files(numbered.iter().map(|(path, content)| (*path, content.as_str())))
        .maybe(chosen.note(), |prompt, note| prompt.say(&note))
        .maybe(history::attempts(context, "fixer"), |prompt, attempts| {
            prompt.say("This was tried before and did not cure it:").data("earlier attempts", &attempts)
        })
        .say("Find the cause and answer with the sentence and the diff.")
        .finish();
    Ok(Request::new(prompt::system(&context.settings().prompt, CONTRACT)).user(message))
}

#[cfg(test)]
mod tests;
