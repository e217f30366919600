//! What the model says in the rows that measure whole runs.
//!
//! A run of four steps asks a model four times and is answered a hundred pieces each time: a plan, two files, an
//! analysis, and a README. The model is the fake provider of the tests, in the measuring process, so that the server
//! under test and the reference pay the same for its answers.

use anyhow::{Context, Result};
use orchestrator_fake_provider::{Answer, FakeProvider, Request};
use serde_json::{Value, json};

/// The workflow that asks four times and starts no program.
pub(crate) const WORKFLOW: &str = "four-calls";
/// Model calls of one run.
pub(crate) const CALLS: usize = 4;
/// Pieces of one answer.
const PIECES: usize = 100;
/// Characters of one piece, as services send them.
const PIECE: usize = 24;

/// The workflow's definition, as `POST /workflows` takes it.
pub(crate) fn workflow() -> Value {
    let step = |agent: &str, name: &str| json!({"agent_type": agent, "name": name, "stream_output": true});
    let steps = [
        step("planner", "Create Plan"),
        step("writer", "Generate Code"),
        step("analyzer", "Analyze Code"),
        step("documenter", "Generate Docs"),
    ];
    json!({"name": WORKFLOW, "steps": steps})
}

/// A model that answers all agents of the workflow.
pub(crate) async fn model() -> Result<FakeProvider> {
    FakeProvider::answering(|request| Answer::chunks(pieces(&answer_to(request))))
        .await
        .context("starting the model")
}

/// What the agents sent in one run, in the order of the calls.
pub(crate) fn bodies(model: &FakeProvider) -> Vec<String> {
    model.requests().iter().rev().take(CALLS).rev().map(|request| request.body.to_string()).collect()
}

fn answer_to(request: &Request) -> String {
    let (system, message) = (request.system(), request.last_message());
    let file = |path: &str, lines: usize| {
        let mark = mark(&system);
        let content = "export const answer = 42;\n".repeat(lines);
        format!("<file-{mark} path=\"{path}\">\n{content}</file-{mark}>\n")
    };
    if message.contains("JSON object of the plan") {
        let files = ["src/a.js", "src/b.js"].map(|path| json!({"path": path, "purpose": "it is needed"}));
        let plan = json!({
            "summary": "A small page.", "stack": "JavaScript", "files": files, "commands": [],
            "acceptance_criteria": ["it counts"],
        });
        plan.to_string()
    } else if message.contains("JSON object of the findings") {
        json!({"summary": "Nothing is wrong.", "findings": []}).to_string()
    } else if message.contains("Write the README.md") {
        file("README.md", 80)
    } else {
        file("src/a.js", 40) + &file("src/b.js", 40)
    }
}

/// The mark that the agent was told to put into its tags.
fn mark(system: &str) -> &str {
    let after = system.split_once("<file-").map_or("", |(_, after)| after);
    after.split([' ', '>']).next().unwrap_or_default()
}

/// The text after as many words as it takes, in [`PIECES`] pieces.
fn pieces(text: &str) -> Vec<String> {
    let missing = (PIECES * PIECE).saturating_sub(text.len());
    let prose = "Let me see. ".repeat(missing.div_ceil(12));
    let all = format!("{}\n{text}", prose.get(..missing.saturating_sub(1)).unwrap_or_default());
    let letters: Vec<char> = all.chars().collect();
    let border = |piece: usize| piece * letters.len() / PIECES;
    (0..PIECES).map(|piece| letters[border(piece)..border(piece + 1)].iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_in_as_many_pieces_as_it_should() {
        for text in ["{}".to_owned(), "x".repeat(PIECES * PIECE)] {
            let pieces = pieces(&text);
            assert_eq!(pieces.len(), PIECES);
            assert!(pieces.concat().ends_with(&text));
        }
    }

    #[test]
    fn the_mark_is_read_from_the_format() {
        assert_eq!(mark("Write <file-k3x9 path=\"a\"> and </file-k3x9>"), "k3x9");
    }
}
