//! Runs a program that takes longer than anybody will wait.

use orchestrator_sdk::prelude::*;

struct Sleeper;

impl Agent for Sleeper {
    fn describe() -> AgentDescription {
        AgentDescription::new("sleeper", env!("CARGO_PKG_VERSION")).asks_for(Permissions::COMMAND)
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let outcome = command::run(["sleep", "1000"])?;
        Ok(Outcome::new(outcome.ending()))
    }
}

export_agent!(Sleeper);
