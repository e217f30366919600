//! Starts a completion and waits for all of it, piece by piece.

use orchestrator_sdk::model::{Chunk, Request};
use orchestrator_sdk::prelude::*;

struct SlowModel;

impl Agent for SlowModel {
    fn describe() -> AgentDescription {
        AgentDescription::new("slow-model", env!("CARGO_PKG_VERSION")).asks_for(Permissions::MODEL)
    }

    fn run(_context: Context) -> Result<Outcome, Error> {
        let completion = model::start(&Request::new("Answer slowly.").user("Count to a hundred."))?;
        events::status("the completion has started")?;
        let mut pieces = 0;
        let mut bytes = 0;
        while let Some(chunk) = completion.next()? {
            let (Chunk::Text(text) | Chunk::Thinking(text)) = chunk;
            pieces += 1;
            bytes += text.len();
        }
        Ok(Outcome::new(format!("{pieces} pieces, {bytes} bytes")))
    }
}

export_agent!(SlowModel);
