//! What a request shows of the project: the list of files always, whole files as far as a budget allows.

use orchestrator_sdk::{
    Context, Error, events,
    prompt::{
        choose::{self, Chosen},
        tree,
    },
    workspace::{self, Entry},
};
use serde_json::json;

/// The project's files at one moment.
#[derive(Debug)]
pub struct View {
    /// All files, sorted by path.
    pub entries: Vec<Entry>,
}

impl View {
    /// Looks at the project.
    ///
    /// # Errors
    /// As [`workspace::list_files`].
    pub fn look() -> Result<Self, Error> {
        Ok(Self { entries: workspace::list_files()? })
    }

    /// The list of files, as a model reads it.
    #[must_use]
    pub fn tree(&self) -> String {
        tree::tree(&self.entries, tree::LINES)
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.path.as_str())
    }

    /// Whether there is a file of this path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).is_ok()
    }

    /// Chooses whole files under the budget, the nearest to the anchors first, and tells what came of it as an event.
    ///
    /// # Errors
    /// As [`workspace::read_file`], where it is not about one file alone.
    pub fn choose(&self, context: &Context, anchors: &[&str]) -> Result<Chosen, Error> {
        self.choose_of(context, &choose::nearest(&self.entries, anchors))
    }

    /// Chooses among these files only, in their order.
    ///
    /// # Errors
    /// As [`View::choose`].
    pub fn choose_of(&self, context: &Context, wanted: &[&str]) -> Result<Chosen, Error> {
        let budget = context.option("context_tokens")?.unwrap_or(choose::BUDGET);
        let chosen = choose::choose(wanted.iter().copied(), budget, workspace::read_file)?;
        if !wanted.is_empty() {
            report(&chosen)?;
        }
        Ok(chosen)
    }
}

fn report(chosen: &Chosen) -> Result<(), Error> {
    let message = format!(
        "Reading {} {}, about {} of {} tokens",
        chosen.files.len(),
        if chosen.files.len() == 1 { "file" } else { "files" },
        chosen.tokens,
        chosen.budget
    );
    let files: Vec<_> = chosen.iter().map(|(path, _)| path).collect();
    let detail = json!({
        "context": {
            "files": files,
            "left_out": chosen.left_out,
            "tokens": chosen.tokens,
            "budget": chosen.budget,
        }
    });
    events::status_with(&message, &detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;

    #[test]
    fn the_budget_is_an_option_and_its_use_an_event() {
        let host = Host::new()
            .option("context_tokens", json!(10))
            .with_file("a.js", "let a;")
            .with_file("long.js", &"x".repeat(600));
        let context = host.context("anything");
        let chosen = host.run(|| View::look()?.choose(&context, &["long.js"])).unwrap();
        assert_eq!(chosen.left_out, ["long.js"]);
        assert_eq!(host.statuses(), ["Reading 1 file, about 2 of 10 tokens"]);
        assert!(host.details()[0].contains(r#""left_out":["long.js"]"#));
    }
}
