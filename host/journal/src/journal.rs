//! The journal's handle: opening, runs, and the way to writers and subscribers.

use crate::{
    JournalError, Keyed, Ledger, ProjectStart, ProjectSubscription, RunEntry, RunFilter, RunRecord,
    RunWriter, Subscription, events, keys, lock,
    open_run::OpenRun,
    runs, schema,
    shared::Shared,
    tail::TailLimits,
    writer::{Answer, Command},
};
use orchestrator_core::{Actor, Event, IdempotencyKey, Once, ProjectId, RunId};
use rusqlite::Connection;
use std::{path::Path, sync::Arc};
use tokio::sync::oneshot;

/// The journal of a data folder. Clones share it.
///
/// The last handle (writers and subscriptions included) to be dropped commits what is still in line before it
/// returns; that takes milliseconds and blocks the thread for so long.
#[derive(Debug, Clone)]
pub struct Journal {
    pub(crate) shared: Arc<Shared>,
}

impl Journal {
    /// Whether the data folder has a journal.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(schema::FILE).exists()
    }

    /// Opens the journal of a data folder, creating folder and file where they are missing. Blocks for the disk.
    ///
    /// # Errors
    /// When the folder cannot be written ([`JournalError::Folder`]), another process uses it
    /// ([`JournalError::Locked`]), or the file is damaged or of a newer format.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_with(folder.as_ref(), TailLimits::STANDARD, |_| Ok(()))
    }

    /// Opens with other limits, and with a last word on the connection that writes.
    pub(crate) fn open_with(
        folder: &Path,
        limits: TailLimits,
        adjust: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<Self, JournalError> {
        let lock = lock::hold(folder, lock::GOING)?;
        let path = folder.join(schema::FILE);
        let connection = schema::open_writer(&path)?;
        adjust(&connection).map_err(|error| JournalError::sqlite(&path, "opening the journal", &error))?;
        Ok(Self { shared: Shared::start(connection, path, limits, Some(lock))? })
    }

    /// Tokens and the audit.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::new(Arc::clone(&self.shared))
    }

    /// Adds a run, and waits until it is committed.
    ///
    /// # Errors
    /// [`JournalError::RunExists`], or when the journal cannot be written.
    pub async fn create_run(&self, record: RunRecord) -> Result<(), JournalError> {
        let (command, answer) = self.creation(record, None)?;
        self.shared.send([command]).await?;
        answer.await.map_err(|_| JournalError::Closed)?
    }

    /// Adds a run, waits until it is committed, and gives the handle to append to it. With `once`, the run is found again
    /// by [`Journal::run_of_key`].
    ///
    /// # Errors
    /// Those of [`Journal::create_run`]; [`JournalError::RunExists`] also when the key has a run.
    pub async fn begin_run(
        &self,
        record: RunRecord,
        once: Option<(Actor, Once)>,
    ) -> Result<RunWriter, JournalError> {
        let id = record.run_id;
        let (create, created) = self.creation(record, once)?;
        let (reply, opened) = oneshot::channel();
        // One behind the other, so that both are answered after one commit.
        self.shared.send([create, Command::Open(id, reply)]).await?;
        created.await.map_err(|_| JournalError::Closed)??;
        let run = opened.await.map_err(|_| JournalError::Closed)??;
        Ok(RunWriter::new(run, Arc::clone(&self.shared)))
    }

    fn creation(
        &self,
        record: RunRecord,
        once: Option<(Actor, Once)>,
    ) -> Result<(Command, Answer<()>), JournalError> {
        let request = serde_json::to_string(&record.request).map_err(|error| JournalError::Storage {
            doing: "serializing a request",
            detail: error.to_string(),
        })?;
        let path = self.path().to_owned();
        let (news, project) = (Arc::clone(&self.shared.news), record.request.project_id.clone());
        let (reply, answer) = oneshot::channel();
        let create = move |connection: &Connection| {
            runs::create(connection, &record, &request, once.as_ref()).map_err(|error| {
                match error.sqlite_error_code() {
                    Some(rusqlite::ErrorCode::ConstraintViolation) => JournalError::RunExists(record.run_id),
                    _ => JournalError::sqlite(&path, "adding a run", &error),
                }
            })
        };
        let create = self.shared.changing(create, reply).and_then(move || news.tell(&project));
        Ok((create, answer))
    }

    /// Takes back a run that never began: one without an event. One that has events, or had some, stays. Says whether it
    /// was taken back.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn withdraw(&self, id: RunId) -> Result<bool, JournalError> {
        let path = self.path().to_owned();
        self.change(move |connection| {
            runs::withdraw(connection, id)
                .map_err(|error| JournalError::sqlite(&path, "taking a run back", &error))
        })
        .await
    }

    /// Reads one run; none when there is no such run.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn run(&self, id: RunId) -> Result<Option<RunEntry>, JournalError> {
        self.shared.readers.row("reading a run", move |connection| runs::entry(connection, id)).await
    }

    /// The run that `actor` asked for under `key`; none when there is no such run, or none any more.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn run_of_key(&self, actor: Actor, key: IdempotencyKey) -> Result<Option<Keyed>, JournalError> {
        let find = move |connection: &Connection| keys::find(connection, &actor, &key);
        self.shared.readers.read("reading a key", find).await
    }

    /// Lists runs, newest first, each with where it stands; one that cannot be read is left aside. Costs the runs that it returns, not the events behind them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn runs(&self, filter: RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        self.shared.readers.rows("listing runs", move |connection| runs::list(connection, &filter)).await
    }

    /// The newest run of each of these projects.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn newest_runs(&self, projects: Vec<ProjectId>) -> Result<Vec<Option<RunId>>, JournalError> {
        self.shared.readers.read("reading runs", move |connection| runs::newest(connection, &projects)).await
    }

    /// Lists the runs that have no terminal event, oldest first: those to be ended after a restart. One whose events say
    /// that it is over can be among them, where its row is damaged.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn unfinished_runs(&self) -> Result<Vec<RunId>, JournalError> {
        self.shared.readers.rows("listing unfinished runs", runs::unfinished).await
    }

    /// Reads events of a run, typed, for a fold: those after number `after`, at most `limit` of them. A page may be
    /// shorter than `limit` (pages are also bounded in bytes); the last one is empty. In place of events that cannot be
    /// read stands one of status `damaged` that says so.
    ///
    /// # Errors
    /// [`JournalError::UnknownRun`], or when the journal cannot be read.
    pub async fn events(&self, id: RunId, after: u64, limit: usize) -> Result<Vec<Event>, JournalError> {
        let query = move |connection: &Connection| {
            let Some(number) = runs::number_of(connection, id)? else { return Ok(None) };
            events::typed(connection, number, after, limit).map(Some)
        };
        let found = self.shared.readers.read("reading events", query).await?;
        let found = found.ok_or(JournalError::UnknownRun(id))?;
        found.damaged.into_iter().for_each(|damage| self.shared.readers.damages.note(damage));
        Ok(found.rows)
    }

    /// All events of a run so far, for folds.
    ///
    /// # Errors
    /// Those of [`Journal::events`].
    pub async fn all_events(&self, id: RunId) -> Result<Vec<Event>, JournalError> {
        let mut all: Vec<Event> = Vec::new();
        loop {
            let after = all.last().map_or(0, |event| event.seq);
            let page = self.events(id, after, usize::MAX).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// A handle to append to a run. It goes on where the run's committed events end; all handles of a run share one
    /// numbering.
    ///
    /// # Errors
    /// [`JournalError::UnknownRun`], or when the journal cannot be read.
    pub async fn writer(&self, id: RunId) -> Result<RunWriter, JournalError> {
        Ok(RunWriter::new(self.open_run(id).await?, Arc::clone(&self.shared)))
    }

    /// Follows a run from the event after number `after` (0 for all of it).
    ///
    /// # Errors
    /// [`JournalError::UnknownRun`], [`JournalError::UnknownEvent`] when the run has not come to that number, or when
    /// the journal cannot be read.
    pub async fn subscribe(&self, id: RunId, after: u64) -> Result<Subscription, JournalError> {
        Subscription::new(self.open_run(id).await?, Arc::clone(&self.shared), after)
    }

    /// Follows all runs of a project, those that come later included. A project that has no run yet can be followed as
    /// well.
    ///
    /// # Errors
    /// [`JournalError::UnknownCursor`] when `start` is no place in this project's events, or when the journal cannot be
    /// read.
    pub async fn follow_project(
        &self,
        project: ProjectId,
        start: ProjectStart,
    ) -> Result<ProjectSubscription, JournalError> {
        ProjectSubscription::new(Arc::clone(&self.shared), project, start).await
    }

    async fn open_run(&self, id: RunId) -> Result<Arc<OpenRun>, JournalError> {
        self.shared.ask(|reply| Command::Open(id, reply)).await
    }

    /// The journal's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.shared.path()
    }

    pub(crate) async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.shared.change(work).await
    }
}
