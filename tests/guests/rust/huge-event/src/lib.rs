//! Says 64 MiB at once, in each way that there is to say something.

use orchestrator_sdk::prelude::*;
use orchestrator_sdk::{Plan, PlannedFile};

const BYTES: usize = 64 << 20;

struct HugeEvent;

impl Agent for HugeEvent {
    fn describe() -> AgentDescription {
        AgentDescription::new("huge-event", env!("CARGO_PKG_VERSION")).asks_for(Permissions::empty())
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let huge = "x".repeat(BYTES);
        let mut said = Vec::new();
        let mut note = |what: &str, result: Result<(), Error>| {
            said.push(match result {
                Ok(()) => format!("{what}: taken"),
                Err(error) => format!("{what}: {:?}", error.code),
            });
        };
        note("status", events::status(&huge));
        note("detail", events::status_with("small", &huge));
        note("thinking", events::thinking_step(&huge));
        note("plan", events::plan_created(&plan(huge.clone())));
        log::info(&huge);
        Ok(Outcome::new(said.join(", ")))
    }
}

export_agent!(HugeEvent);

fn plan(summary: String) -> Plan {
    Plan {
        summary,
        stack: String::new(),
        files: vec![PlannedFile { path: "a".into(), purpose: "b".into() }],
        commands: Vec::new(),
        acceptance_criteria: Vec::new(),
    }
}
