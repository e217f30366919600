//! What all handles of a journal share: the way into the writer's line, and what is read without it.

use crate::{
    JournalError, LINE_MAX,
    news::News,
    pace::Pace,
    readers::Readers,
    tail::TailLimits,
    trouble::Notebook,
    writer::{Announce, Command, Reply, Writer},
};
use rusqlite::Connection;
use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};
use tokio::sync::{mpsc, oneshot};

#[derive(Debug)]
pub(crate) struct Shared {
    /// None only while dropping.
    commands: Option<mpsc::Sender<Command>>,
    /// None only while dropping.
    writer: Option<JoinHandle<()>>,
    pub(crate) readers: Arc<Readers>,
    pace: Arc<Pace>,
    pub(crate) trouble: Arc<Notebook>,
    /// Of runs, for those who follow their projects.
    pub(crate) news: Arc<News>,
    path: PathBuf,
}

impl Shared {
    /// Starts the thread that writes. `lock` is what keeps other processes from the runs, where they are written.
    pub(crate) fn start(
        connection: Connection,
        path: PathBuf,
        limits: TailLimits,
        lock: Option<File>,
    ) -> Result<Arc<Self>, JournalError> {
        let (commands, line) = mpsc::channel(LINE_MAX);
        let pace = Arc::<Pace>::default();
        let trouble = Arc::<Notebook>::default();
        let readers = Readers::new(path.clone());
        let writer = Writer::new(
            connection,
            Arc::clone(&readers),
            path.clone(),
            limits,
            Arc::clone(&pace),
            Arc::clone(&trouble),
            lock,
        );
        let writer =
            std::thread::Builder::new().name("journal".into()).spawn(move || writer.run(line)).map_err(
                |error| JournalError::Storage { doing: "starting the writer", detail: error.to_string() },
            )?;
        let (commands, writer, news) = (Some(commands), Some(writer), Arc::default());
        Ok(Arc::new(Self { commands, writer, readers, pace, trouble, news, path }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Has the writer do something in its next transaction, whole or not at all, and waits for the commit.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.ask(|reply| self.changing(work, reply)).await
    }

    pub(crate) fn changing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
        reply: Reply<T>,
    ) -> Command {
        let path = self.path.clone();
        let whole = move |connection: &Connection| {
            let failed = |error| JournalError::sqlite(&path, "writing to the journal", &error);
            connection.execute_batch("SAVEPOINT change").map_err(failed)?;
            // A panic costs its own caller the answer and not everybody the thread.
            let result =
                catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(defect()));
            // A full disk ends the whole transaction, and the savepoint with it.
            if result.is_err() && !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK TO change").map_err(failed)?;
            }
            if !connection.is_autocommit() {
                connection.execute_batch("RELEASE change").map_err(failed)?;
            }
            result
        };
        Command::Change(Box::new(move |transaction| {
            let result = transaction.map_err(Clone::clone).and_then(whole);
            let error = result.as_ref().err().cloned();
            let announce: Announce = Box::new(move |lost| {
                let result = lost.map_or(Ok(()), |error| Err(error.clone())).and(result);
                drop(reply.send(result));
            });
            (announce, error)
        }))
    }

    /// Puts commands into the line, next to each other, and has the writer go on at once.
    pub(crate) async fn send<const N: usize>(&self, commands: [Command; N]) -> Result<(), JournalError> {
        let places = self.commands()?.reserve_many(N).await.map_err(|_| JournalError::Closed)?;
        for (place, command) in places.zip(commands) {
            place.send(command);
        }
        self.pace.hurry();
        Ok(())
    }

    pub(crate) fn commands(&self) -> Result<&mpsc::Sender<Command>, JournalError> {
        self.commands.as_ref().ok_or(JournalError::Closed)
    }

    /// To be called after an append: the writer may wait for more events, but not with a run's end, nor until the line
    /// is full.
    pub(crate) fn appended(&self, terminal: bool) {
        let full = self.commands.as_ref().is_some_and(|line| line.capacity() < LINE_MAX / 2);
        if terminal || full {
            self.pace.hurry();
        }
    }

    /// Sends the writer a command and waits for its answer.
    pub(crate) async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, JournalError> {
        let (reply, answer) = oneshot::channel();
        self.send([command(reply)]).await?;
        answer.await.map_err(|_| JournalError::Closed)?
    }
}

fn defect() -> JournalError {
    JournalError::Storage { doing: "writing to the journal", detail: "the program has a defect here".into() }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(Err(_)) = self.writer.take().map(JoinHandle::join) {
            tracing::error!("the journal's writer ended by a panic; what was in line is lost");
        }
    }
}
