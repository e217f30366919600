//! Improves code that works: one goal, one reason, one diff.
//!
//! The goal is what the user asked for. What the change may not do is the same as in a repair: weaken the tests.

use agent_parts::{OPTIONS_SCHEMA, history, patching, view::View};
use orchestrator_sdk::{
    model::Request,
    prelude::*,
    prompt::{
        self, Prompt,
        locations::{self, Location},
    },
};
use serde_json::json;

const PROMPT: &str = include_str!("../prompt.md");
const CONTRACT: &str = include_str!("../contract.md");

struct Enhancer;

impl Agent for Enhancer {
    fn describe() -> AgentDescription {
        AgentDescription::new("enhancer", env!("CARGO_PKG_VERSION"))
            .purpose("Improves existing code towards a goal, with its behaviour kept.")
            .capabilities(["refactoring", "optimization"])
            .prompt(PROMPT)
            .model("sonnet")
            .temperature(0.3)
            .max_tokens(8192)
            .asks_for(Permissions::MODEL | Permissions::READ_FILES | Permissions::WRITE_FILES)
            .options_schema(OPTIONS_SCHEMA)
    }

    fn run(context: Context) -> Result<Outcome, Error> {
        let view = View::look()?;
        if view.entries.is_empty() {
            events::status("There is no code to improve")?;
            return Ok(Outcome::new("There is no code to improve"));
        }
        events::status("Looking for what to improve...")?;
        let named = locations::locations(&context.user_request, view.paths());
        let request = request(&context, &view, &named)?;
        let target = patching::sole(named.iter().map(|place| place.path.as_str()));
        let patched = patching::patch(request, &view, target)?;
        let paths: Vec<_> = patched.files.iter().map(|file| file.path.as_str()).collect();
        let summary = match patched.reason.is_empty() {
            true => format!("Improved {}", paths.join(", ")),
            false => format!("{} Changed {}", patched.reason, paths.join(", ")),
        };
        Outcome::new(summary).with_data(&json!({
            "reason": patched.reason,
            "files": paths,
            "refused_patches": patched.refused,
        }))
    }
}

export_agent!(Enhancer);

fn request(context: &Context, view: &View, named: &[Location]) -> Result<Request, Error> {
    // What the goal names comes first, then what this run wrote.
    let changed = context.files.iter().map(|file| file.path.as_str()).filter(|path| view.has(path));
    let anchors: Vec<&str> = named.iter().map(|place| place.path.as_str()).chain(changed).collect();
    let chosen = view.choose(context, &anchors)?;
    let last = context.last_command.as_ref();
    let message = Prompt::new(&context.run_id)
        .say("The block named \"request\" is the goal. Improve the project towards it.")
        .data("request", &context.user_request)
        .data("files of the project", &view.tree())
        .files(chosen.iter())
        .maybe(chosen.note(), |prompt, note| prompt.say(&note))
        .maybe(last, |prompt, last| {
            prompt.data("the last command", &format!("{}: {}", last.command_line(), last.ending()))
        })
        .maybe(history::attempts(context, "enhancer"), |prompt, attempts| {
            prompt
                .say("This was done or tried before; do something else:")
                .data("earlier attempts", &attempts)
        })
        .say("Answer with the sentence and the diff.")
        .finish();
    Ok(Request::new(prompt::system(&context.settings().prompt, CONTRACT)).user(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;

    #[test]
    fn a_change_comes_with_its_reason() {
        let answer =
            "Reading the file once is enough.\n\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-a\n+b\n";
        let host = Host::new().with_file("src/a.js", "a\n").with_file("z.js", "z\n").answer(answer);
        let outcome = host.run_agent::<Enhancer>("Make z.js faster").unwrap();
        assert_eq!(outcome.summary, "Reading the file once is enough. Changed src/a.js");
        let message = &host.requests()[0].messages[0].content;
        assert!(
            message.find("file=\"z.js\"") < message.find("file=\"src/a.js\""),
            "what the goal names comes first"
        );
    }

    #[test]
    fn without_code_there_is_nothing_to_improve_and_nobody_to_ask() {
        let host = Host::new();
        assert_eq!(host.run_agent::<Enhancer>("x").unwrap().summary, "There is no code to improve");
        assert!(host.requests().is_empty());
    }
}
