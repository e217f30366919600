//! Following a project: all of its runs as one stream, those that come later included.
//!
//! It is made of subscriptions to runs, one for each that is not read to its end, and is a cursor as they are: each is asked
//! the same two things, what there is and when to look again. Of runs that come along it hears by [`crate::news`] and reads
//! which they are in the journal. At most [`OPEN_MAX`] runs are read at the same time, the oldest first; the others wait for
//! one of these to end, so that a reader who comes back after a thousand runs costs no more than another.
//!
//! The order of a run's events is theirs. Of two runs that both have something to read, the older one is read first: runs of
//! a project work one after the other, so that is the order in which things happened, but for what those in line said.

use crate::{
    JournalError, OPEN_MAX, ProjectCursor, StoredEvent, Subscription,
    project_runs::{self, Found},
    shared::Shared,
    subscription::Ready,
    writer::Command,
};
use futures::future::select_all;
use orchestrator_core::ProjectId;
use rusqlite::Connection;
use std::{future::pending, sync::Arc};
use tokio::sync::watch;

/// Where to begin with a project's events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProjectStart {
    /// With the first event of each run that is under way.
    #[default]
    UnderWay,
    /// With what comes next.
    Now,
    /// After what was read before.
    After(ProjectCursor),
}

/// An event of one of a project's runs, and where its reader stands with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The text of the [`ProjectCursor`] that goes on after this event.
    pub cursor: String,
    /// The event.
    pub event: StoredEvent,
}

/// Follows all runs of a project. Never ends.
#[derive(Debug)]
pub struct ProjectSubscription {
    project: ProjectId,
    shared: Arc<Shared>,
    news: watch::Receiver<()>,
    /// Whether there may be runs that are not known here.
    is_behind: bool,
    settled: i64,
    /// Those that are read now, oldest first.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    number: i64,
    events: Subscription,
}

/// What a follower begins with.
struct Beginning {
    settled: i64,
    runs: Vec<(Found, u64)>,
}

impl ProjectSubscription {
    /// # Errors
    /// [`JournalError::UnknownCursor`] when the place is none of this project's, or when the journal cannot be read.
    pub(crate) async fn new(
        shared: Arc<Shared>,
        project: ProjectId,
        start: ProjectStart,
    ) -> Result<Self, JournalError> {
        // Before the look into the journal: what is committed after that look is heard of.
        let news = shared.news.follow(&project);
        let whose = project.clone();
        let look = move |connection: &Connection| begin(connection, &whose, start);
        let beginning = shared.readers.read("looking for a project's runs", look).await?;
        let Beginning { settled, runs } =
            beginning.ok_or_else(|| JournalError::UnknownCursor { project: project.clone() })?;
        let mut new = Self { project, shared, news, is_behind: true, settled, open: Vec::new() };
        for (run, after) in runs {
            new.open(run, after).await?;
        }
        Ok(new)
    }

    /// The project that is followed.
    #[must_use]
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Waits for events, and returns one or more of one run, in order, as [`Subscription::next_batch`] does. Dropping the
    /// future loses nothing.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next_batch(&mut self) -> Result<Vec<Placed>, JournalError> {
        loop {
            if let Some(batch) = self.next_committed().await? {
                return Ok(batch);
            }
            tokio::select! {
                changed = changed(&mut self.open) => changed?,
                // The sender is kept as long as somebody listens.
                news = self.news.changed() => {
                    news.map_err(|_| JournalError::Closed)?;
                    self.is_behind = true;
                }
            }
        }
    }

    /// Returns the next batch of what there is already, of the oldest run that has something to read; none once all of
    /// that was handed out. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next_committed(&mut self) -> Result<Option<Vec<Placed>>, JournalError> {
        loop {
            if self.news.has_changed().map_err(|_| JournalError::Closed)? {
                self.is_behind = true;
                self.news.mark_unchanged();
            }
            if self.is_behind && self.open.len() < OPEN_MAX {
                self.catch_up().await?;
            }
            let mut at = 0;
            while let Some(run) = self.open.get_mut(at) {
                let (number, ready) = (run.number, run.events.ready().await?);
                let is_over = matches!(ready, Ready::Over) || run.events.is_done();
                if is_over {
                    self.open.remove(at);
                    self.is_behind = true;
                }
                if let Ready::Batch(batch) = ready {
                    self.settled = self.settled.max(number);
                    return Ok(Some(self.place(number, batch)));
                }
                at += usize::from(!is_over);
            }
            // Where there was no room for all, there may be some now.
            if !self.is_behind || self.open.len() >= OPEN_MAX {
                return Ok(None);
            }
        }
    }

    /// Takes up the runs that have come along, and drops those that were taken back before they began.
    async fn catch_up(&mut self) -> Result<(), JournalError> {
        let unread = self.open.iter().filter(|run| run.events.cursor() == 0);
        let unread: Vec<_> = unread.map(|run| run.events.run_id()).collect();
        let (project, settled) = (self.project.clone(), self.settled);
        let look = move |connection: &Connection| {
            // All that are read may be beyond as well, and there may be one more.
            let beyond = project_runs::beyond(connection, &project, settled, 2 * OPEN_MAX + 1)?;
            Ok((beyond, project_runs::gone(connection, unread)?))
        };
        let (beyond, gone) = self.shared.readers.read("looking for a project's runs", look).await?;
        self.open.retain(|run| !gone.contains(&run.events.run_id()));
        let known: Vec<_> = self.open.iter().map(|run| run.events.run_id()).collect();
        let mut new = beyond.into_iter().filter(|run| !known.contains(&run.id));
        while self.open.len() < OPEN_MAX {
            match new.next() {
                Some(run) => self.open(run, 0).await?,
                None => break,
            }
        }
        self.is_behind = new.next().is_some();
        Ok(())
    }

    async fn open(&mut self, run: Found, after: u64) -> Result<(), JournalError> {
        let opened = self.shared.ask(|reply| Command::Open(run.id, reply)).await;
        let opened = match opened {
            // It was taken back meanwhile.
            Err(JournalError::UnknownRun(_)) => return Ok(()),
            opened => opened?,
        };
        let events =
            Subscription::new(opened, Arc::clone(&self.shared), after).map_err(|error| match error {
                JournalError::UnknownEvent { .. } => {
                    JournalError::UnknownCursor { project: self.project.clone() }
                }
                error => error,
            })?;
        if !events.is_done() {
            self.open.push(Open { number: run.number, events });
        }
        Ok(())
    }

    /// Writes beside each event of run `number` where the reader stands with it.
    fn place(&self, number: i64, batch: Vec<StoredEvent>) -> Vec<Placed> {
        let others = self.open.iter().filter(|run| run.number <= self.settled);
        let mut cursor = ProjectCursor {
            settled: self.settled,
            open: others.map(|run| (run.number, run.events.cursor())).collect(),
        };
        let place = |event: StoredEvent| {
            match event.terminal {
                true => cursor.open.remove(&number),
                false => cursor.open.insert(number, event.seq),
            };
            Placed { cursor: cursor.text(&self.project), event }
        };
        batch.into_iter().map(place).collect()
    }
}

/// Waits until something has come of one of these runs. Dropping the future loses nothing.
async fn changed(open: &mut [Open]) -> Result<(), JournalError> {
    match open {
        [] => pending().await,
        open => select_all(open.iter_mut().map(|run| Box::pin(run.events.changed()))).await.0,
    }
}

/// What to begin with; none when the place is not known.
fn begin(
    connection: &Connection,
    project: &ProjectId,
    start: ProjectStart,
) -> rusqlite::Result<Option<Beginning>> {
    let is_now = start == ProjectStart::Now;
    if let ProjectStart::After(cursor) = start {
        let named = project_runs::named(connection, project, &cursor)?;
        return Ok(named.map(|runs| Beginning { settled: cursor.settled, runs }));
    }
    // First: a run that is committed between the two is beyond it, and found later.
    let newest = project_runs::newest_begun(connection)?;
    let runs = project_runs::under_way(connection, project, OPEN_MAX)?;
    let settled = match runs.last() {
        Some(last) if runs.len() == OPEN_MAX => newest.min(last.number),
        _ => newest,
    };
    let after = |run: Found| if is_now { run.last } else { 0 };
    Ok(Some(Beginning { settled, runs: runs.into_iter().map(|run| (run, after(run))).collect() }))
}
