//! Taking a snapshot.
//!
//! The survey says what is there; what is stored already is not read again. The last survey of each project is kept with
//! its stamps, in memory and in the store, so that a program that was just started does not read every file of every
//! project.

use crate::{
    Cause, Snapshot, SnapshotError,
    store::{Inner, Snapshots, is_damage},
};
use orchestrator_core::Timestamp;
use orchestrator_core::{Digest, FileChange, ProjectId, RelativePath};
use orchestrator_workspace::{FILE_MAX, Survey, Workspace};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::sync::Arc;

/// How often the files may change under a snapshot before it is given up.
const TRIES: usize = 5;

/// A snapshot that was taken.
#[derive(Debug)]
pub struct Taken {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// What the project was found to be.
    pub survey: Arc<Survey>,
    /// What changed since the survey that was given and was not announced.
    pub unannounced: Vec<FileChange>,
}

impl Snapshots {
    /// Records the files of `workspace` as they are. `since` is the survey of the last snapshot in the same run; without
    /// one, nothing counts as unannounced.
    ///
    /// # Errors
    /// [`SnapshotError::Workspace`] when the files cannot be read, [`SnapshotError::Database`] when they cannot be
    /// stored.
    pub fn take(
        &self,
        project: &ProjectId,
        workspace: &Workspace,
        cause: Cause,
        since: Option<&Survey>,
    ) -> Result<Taken, SnapshotError> {
        // Looking at the files, which can take long the first time, keeps no other project waiting.
        let last = self.last(&mut *self.lock()?, project)?;
        let known = last.as_ref().map(|(survey, _)| Arc::clone(survey)).unwrap_or_default();
        let (survey, unannounced) = match since {
            Some(since) => workspace.survey_since(since)?,
            None => (workspace.survey(&known)?, Vec::new()),
        };
        let mut seen = Seen { survey, unannounced };
        let mut inner = self.lock()?;
        let failed = self.failed("storing a snapshot");
        // One transaction for contents, folders, survey and entry.
        let transaction =
            inner.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let root = match last {
            Some((last, root)) if last.has_same_files(&seen.survey) => {
                if seen.survey.is_settled() && !last.is_settled() {
                    self.remember(&transaction, project, root, &seen.survey)?;
                }
                root
            }
            _ => self.store(&transaction, project, workspace, &known, &mut seen)?,
        };
        let survey = Arc::new(seen.survey);
        let unannounced = if since.is_some() { seen.unannounced } else { Vec::new() };
        let snapshot = Snapshot {
            id: root.to_string(),
            time: Timestamp::now(),
            cause,
            files: survey.files().len() as u64,
            bytes: survey.files().map(|(_, file)| file.size()).sum(),
        };
        if !self.is_told(&transaction, project, root, &snapshot.cause)? {
            self.enter(&transaction, project, root, &snapshot)?;
        }
        transaction.commit().map_err(failed)?;
        inner.last.insert(project.clone(), (Arc::clone(&survey), root));
        Ok(Taken { snapshot, survey, unannounced })
    }

    /// What the project's files are, read only where they differ from the last snapshot. Nothing is recorded.
    ///
    /// # Errors
    /// As [`Snapshots::take`].
    pub fn survey(&self, project: &ProjectId, workspace: &Workspace) -> Result<Survey, SnapshotError> {
        // What is stored spares reading files; a store that cannot be read costs reading them all.
        let last = self.lock().and_then(|mut inner| self.last(&mut inner, project));
        let known = last.ok().flatten().map(|(survey, _)| survey).unwrap_or_default();
        Ok(workspace.survey(&known)?)
    }

    /// The last survey of the project whose files are all stored, and its root.
    fn last(
        &self,
        inner: &mut Inner,
        project: &ProjectId,
    ) -> Result<Option<(Arc<Survey>, Digest)>, SnapshotError> {
        if let Some(last) = inner.last.get(project) {
            return Ok(Some(last.clone()));
        }
        let row: rusqlite::Result<Option<([u8; 32], Vec<u8>)>> = inner
            .connection
            .prepare_cached("SELECT root, body FROM surveys WHERE project = ?1")
            .and_then(|mut select| {
                select.query_row([project.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            });
        // One that cannot be read costs reading the files once.
        let name = format!("the last look at the files of project '{project}'");
        let (root, body) = match row {
            Ok(Some((root, body))) => (Digest(root), body),
            Ok(None) => return Ok(None),
            Err(error) if is_damage(&error) => {
                self.leave_aside(&name, &error);
                return Ok(None);
            }
            Err(error) => return Err(self.failed("reading a survey")(error)),
        };
        // A root that is not there would become that of the next snapshot.
        if !self.is_stored(&inner.connection, root)? {
            self.leave_aside(&name, &"what it came to is not stored");
            return Ok(None);
        }
        // Not named where an earlier version of the program wrote it in another form, which looks the same.
        Ok(postcard::from_bytes(&body).ok().map(|survey| (Arc::new(survey), root)))
    }

    /// Stores the contents that are new, and the folders.
    fn store(
        &self,
        connection: &Connection,
        project: &ProjectId,
        workspace: &Workspace,
        stored: &Survey,
        seen: &mut Seen,
    ) -> Result<Digest, SnapshotError> {
        let mut tries = 0;
        while self.store_contents(connection, workspace, stored, &seen.survey)? == Contents::Moved {
            tries += 1;
            if tries == TRIES {
                return Err(SnapshotError::Restless(project.clone()));
            }
            let (survey, more) = workspace.survey_since(&seen.survey)?;
            seen.survey = survey;
            seen.unannounced.extend(more);
        }
        let root = self.put_tree(connection, &seen.survey)?;
        self.remember(connection, project, root, &seen.survey)?;
        Ok(root)
    }

    /// Keeps a survey whose files are all stored.
    fn remember(
        &self,
        connection: &Connection,
        project: &ProjectId,
        root: Digest,
        survey: &Survey,
    ) -> Result<(), SnapshotError> {
        let failed = self.failed("keeping a survey");
        let body = postcard::to_allocvec(survey)
            .map_err(|error| failed(rusqlite::Error::ToSqlConversionFailure(error.into())))?;
        connection
            .prepare_cached(
                "INSERT INTO surveys (project, root, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (project) DO UPDATE SET root = excluded.root, body = excluded.body",
            )
            .and_then(|mut upsert| upsert.execute(params![project.as_str(), root.0, body]))
            .map(drop)
            .map_err(failed)
    }

    fn store_contents(
        &self,
        connection: &Connection,
        workspace: &Workspace,
        stored: &Survey,
        survey: &Survey,
    ) -> Result<Contents, SnapshotError> {
        for (path, file) in survey.files() {
            let is_stored = stored.file(path.as_str()).is_some_and(|known| known.digest == file.digest);
            if is_stored || file.size() > FILE_MAX || self.has(connection, file.digest)? {
                continue;
            }
            match self.read(workspace, path, file.digest)? {
                Some(content) => self.put(connection, file.digest, &content)?,
                None => return Ok(Contents::Moved),
            }
        }
        Ok(Contents::Stored)
    }

    /// The file's content, if it still is what the survey found.
    fn read(
        &self,
        workspace: &Workspace,
        path: &RelativePath,
        digest: Digest,
    ) -> Result<Option<Vec<u8>>, SnapshotError> {
        match workspace.read(path) {
            Ok(content) => Ok(Some(content).filter(|content| Digest::of(content) == digest)),
            Err(error) if error.is_internal() => Err(error.into()),
            Err(_) => Ok(None),
        }
    }
}

/// What a look at the project found.
struct Seen {
    survey: Survey,
    unannounced: Vec<FileChange>,
}

/// What became of contents that a survey found.
#[derive(PartialEq, Eq)]
enum Contents {
    Stored,
    /// A file was changed since.
    Moved,
}
