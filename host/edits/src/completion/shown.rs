//! Code blocks that were no files, told when the answer is over.
//!
//! What stands in an answer and changes nothing has to be told: whoever asked would otherwise believe that it was done.

use orchestrator_core::{EventKind, EventSink, Failure, NewEvent, event::Status};

/// Most blocks that are told one by one.
const TOLD_MAX: usize = 12;

/// The code blocks of an answer that are no files, each as words that say what it is.
#[derive(Debug, Default)]
pub(super) struct ShownBlocks {
    blocks: Vec<String>,
    /// How many there are beyond those.
    others: usize,
}

impl ShownBlocks {
    pub(super) fn add(&mut self, block: String) {
        match self.blocks.len() < TOLD_MAX {
            true => self.blocks.push(block),
            false => self.others += 1,
        }
    }

    /// Tells of them, if there are any.
    pub(super) async fn tell(&self, events: &dyn EventSink) -> Result<(), Failure> {
        if self.blocks.is_empty() {
            return Ok(());
        }
        let count = self.blocks.len() + self.others;
        let (blocks, are) = if count == 1 { ("code block", "is") } else { ("code blocks", "are") };
        let others = if self.others == 0 { String::new() } else { format!("; and {} more", self.others) };
        let list = self.blocks.join("; ");
        let message = format!("{count} {blocks} of the answer {are} not written as a file: {list}{others}");
        let detail = serde_json::json!({ "code_blocks_not_written": count });
        events.emit(NewEvent::new(EventKind::Status(Status::Agent { detail }), message)).await
    }
}
