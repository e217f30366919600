//! A run's last events, which are told even when they cannot be written yet.
//!
//! Everywhere else the journal commits first and shows afterwards. The end of a run is the one exception: when the disk
//! is full or failing, those who follow the run would wait for an event that nobody can store, for as long as the disk
//! is full. So the end is numbered and shown at once, and written when there is room; until then it lives in memory, in
//! the hands of whoever made it. What this costs: when the program is killed before there was room, the next start ends
//! the run in its own words, under the number that another end was told with. Nothing can be told after an end, so the
//! two can never be seen in one stream.

use crate::{
    EventParts, JournalError, KeptState, RunWriter, StoredEvent,
    open_run::{OpenRun, Told},
    projection,
    shared::Shared,
    states, writer,
};
use orchestrator_core::{Event, Standing};
use rusqlite::Connection;
use std::sync::Arc;

/// The last events of a run: told, and written once [`Ending::write`] says so.
#[derive(Debug)]
pub struct Ending {
    run: Arc<OpenRun>,
    shared: Arc<Shared>,
    stored: Arc<[StoredEvent]>,
    events: Vec<Event>,
    standing: Option<Standing>,
    state: Option<Arc<KeptState>>,
}

impl RunWriter {
    /// Numbers a run's last events and tells them to those who follow the run. Nothing can be appended any more. What was
    /// appended before must be committed: see [`RunWriter::flush`].
    ///
    /// # Errors
    /// [`JournalError::RunEnded`] when the run has an end, or the reason why an earlier event of the run could not be
    /// stored; then a writer taken out anew can end it.
    pub fn end(&self, parts: Vec<EventParts>) -> Result<Ending, JournalError> {
        let Told { events, stored, standing } = self.run.end(parts)?;
        let (run, shared) = (Arc::clone(&self.run), Arc::clone(&self.shared));
        Ok(Ending { run, shared, stored, events, standing, state: None })
    }
}

impl Ending {
    /// The events, as they are read by those who follow the run.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Has the run's last state kept with the events.
    pub fn keep(&mut self, state: KeptState) {
        self.state = Some(Arc::new(state));
    }

    /// Writes the events, all or none, and waits until they are committed. To be tried again after an error.
    ///
    /// # Errors
    /// Why they could not be written.
    pub async fn write(&self) -> Result<(), JournalError> {
        let (run, stored) = (Arc::clone(&self.run), Arc::clone(&self.stored));
        let (standing, state) = (self.standing, self.state.clone());
        let path = self.shared.path().to_owned();
        let insert = move |connection: &Connection| {
            stored.iter().try_for_each(|event| writer::insert(connection, &run, event))?;
            standing.iter().try_for_each(|standing| projection::write(connection, run.number, standing))?;
            stored.first().map_or(Ok(()), |first| states::forget(connection, run.number, first.seq))?;
            state.iter().try_for_each(|state| states::keep(connection, run.number, state))
        };
        let insert = move |connection: &Connection| {
            insert(connection)
                .map_err(|error| JournalError::sqlite(&path, "writing the end of a run", &error))
        };
        self.shared.change(insert).await?;
        self.run.deliver(self.stored.iter().cloned());
        Ok(())
    }
}
