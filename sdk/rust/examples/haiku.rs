//! A first agent: asks the model for a haiku about the request and writes it into the project.

use orchestrator_sdk::prelude::*;

struct Haiku;

impl Agent for Haiku {
    fn describe() -> AgentDescription {
        AgentDescription::new("haiku", env!("CARGO_PKG_VERSION"))
            .asks_for(Permissions::MODEL | Permissions::WRITE_FILES)
    }
    fn run(context: Context) -> Result<Outcome, Error> {
        let poem = model::ask("Answer with one haiku about:", &context.user_request)?;
        workspace::write_file("HAIKU.md", &poem)?;
        Ok(Outcome::new("Wrote HAIKU.md"))
    }
}

export_agent!(Haiku);

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;

    #[test]
    fn the_poem_is_written_to_a_file() {
        let host = Host::new().answer("An old silent pond");
        let outcome = host.run_agent::<Haiku>("ponds").unwrap();
        assert_eq!(outcome.summary, "Wrote HAIKU.md");
        assert_eq!(host.file("HAIKU.md").unwrap(), "An old silent pond");
        assert_eq!(host.requests()[0].messages[0].content, "ponds");
    }
}
