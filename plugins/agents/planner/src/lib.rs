//! Turns a request into a plan.
//!
//! The plan is what every later step works from, so it is checked before anybody sees it: a schema gives the shape,
//! `check` the sense (paths that stay in the project, commands that are argument lists, something to measure the result
//! by). A plan that fails goes back to the model once with the exact complaint.
//!
//! The planner may not look at the machine (that takes the permission to run commands), so it is told to prefer what
//! needs no installation and to say which programs it counts on.

mod check;

use agent_parts::{OPTIONS_SCHEMA, view::View};
use orchestrator_sdk::{
    json,
    model::Request,
    prelude::*,
    prompt::{self, Prompt},
};

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Planner;

impl Agent for Planner {
    fn describe() -> AgentDescription {
        AgentDescription::new("planner", env!("CARGO_PKG_VERSION"))
            .purpose("Analyzes a request and plans the project that answers it.")
            .capabilities(["planning", "task_breakdown"])
            .prompt(PROMPT)
            .model("sonnet")
            .temperature(0.7)
            .max_tokens(4096)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES)
            .options_schema(OPTIONS_SCHEMA)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        events::thinking_step("Analyzing requirements")?;
        let request = request(&context)?;
        events::status("Creating execution plan...")?;
        events::progress(0.2);
        let plan = model::complete_checked(request, "The plan", |answer| check::plan(json::find(answer)?))?;
        events::plan_created(&plan)?;
        let count = plan.files.len();
        let files = if count == 1 { "file" } else { "files" };
        Ok(Outcome::new(format!("Planned {count} {files}: {}", plan.summary)))
    }
}

export_agent!(Planner);

fn request(context: &Context) -> Result<Request, Error> {
    let view = View::look()?;
    let chosen =
        view.choose(context, &["package.json", "pyproject.toml", "Cargo.toml", "go.mod", "README.md"])?;
    let is_new = view.entries.is_empty();
    let message = Prompt::new(&context.run_id)
        .say(match is_new {
            true => "Plan the project that answers this request. The project's folder is empty.",
            false => {
                "Plan the change that answers this request. The project exists: its files are listed, and some are shown. \
                 Plan only the files to write or rewrite."
            }
        })
        .data("request", &context.user_request)
        .maybe((!is_new).then(|| view.tree()), |prompt, tree| prompt.data("files of the project", &tree))
        .files(chosen.iter())
        .maybe(chosen.note(), |prompt, note| prompt.say(&note))
        .maybe(context.plan.as_ref(), |prompt, plan| {
            prompt.data("plan of an earlier step, to be replaced", &plan.summary)
        })
        .say("Answer with the JSON object of the plan alone.")
        .finish();
    Ok(Request::new(prompt::system(&context.settings().prompt, CONTRACT)).user(message))
}

#[cfg(test)]
mod tests;
