//! The file's tables, how they came to be, and how a connection is set up.
//!
//! `synchronous = NORMAL` in WAL mode: a commit survives a crash of the process; a power cut may take back the last
//! commits but cannot damage the file. Waiting for the disk at each commit would protect against the latter and cost
//! milliseconds per batch.
//!
//! Events have no rowid, so a run's events lie next to each other in the order they are read. `runs.number` stands
//! for the 36 bytes of a run id in each of them. The index on terminal events lets the database itself refuse a
//! second end of a run.
//!
//! Where a run stands is in columns of `runs`, with an index for each way in which lists are asked for; what is large
//! about a run (its request, the kept state) is in tables of its own, so that the row that each batch rewrites is small.

mod views;

use crate::{JournalError, private, reach::standing};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

/// Each entry takes the tables and indexes of the file from one format to the next; a released entry never changes. Views are
/// made beside them ([`views`]).
pub(crate) const MIGRATIONS: [&str; 6] = [
    "
    CREATE TABLE runs (
        number     INTEGER PRIMARY KEY,
        run_id     TEXT NOT NULL UNIQUE,
        project_id TEXT NOT NULL,
        workflow   TEXT NOT NULL,
        created    TEXT NOT NULL,
        request    TEXT NOT NULL
    ) STRICT;
    CREATE INDEX runs_by_project ON runs (project_id, run_id);
    CREATE INDEX runs_by_workflow ON runs (workflow, run_id);

    CREATE TABLE events (
        run      INTEGER NOT NULL REFERENCES runs (number),
        seq      INTEGER NOT NULL CHECK (seq > 0),
        terminal INTEGER NOT NULL,
        json     TEXT NOT NULL,
        PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX one_end_per_run ON events (run) WHERE terminal = 1;

    CREATE TABLE settings (
        key     TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        value   TEXT,
        time    TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    include_str!("schema/ledger.sql"),
    include_str!("schema/standing.sql"),
    include_str!("schema/narrow.sql"),
    include_str!("schema/keys.sql"),
    include_str!("schema/kinds.sql"),
];

/// The format from which on where runs stand is kept in columns.
pub(crate) const STANDINGS: i64 = 3;

/// The file, within the data folder.
pub(crate) const FILE: &str = "journal.sqlite";

/// How long a connection waits for another one's lock. Only a backup tool or a shell can hold one that long.
const BUSY: Duration = Duration::from_secs(5);
/// Pages after which the log is copied back into the file (16 MiB); the copy is the only time the writer waits for
/// the disk, so it should not come every few batches.
const CHECKPOINT_PAGES: i64 = 4096;
/// Pages that the connection that writes keeps in memory, in KiB as SQLite has it for a negative number. It writes at the
/// ends of its tables, so that a few pages are all it comes back to; what it would keep by default, 2 MiB, is taken by
/// the first few hundred runs.
const CACHE_KIB: i64 = -256;
/// To what size the log is cut after it was copied back.
const LOG_BYTES: i64 = 64 * 1024 * 1024;

/// Opens the connection that writes, creating or upgrading the file.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::sqlite(path, "opening the journal", &error);
    let unusable =
        |error: std::io::Error| JournalError::Folder { path: path.to_owned(), detail: error.to_string() };
    if !is_there(path)? {
        make(path)?;
    }
    private::make_file(path).and_then(|()| private::narrow_logs(path)).map_err(unusable)?;
    let mut connection = Connection::open(path).map_err(failed)?;
    (|| {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)
    })()
    .map_err(failed)?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// Whether there is a journal. One that is empty, or gone from beside its log, was lost: this program puts a journal into
/// its place whole. SQLite would take an empty file for a new database and delete the log.
fn is_there(path: &Path) -> Result<bool, JournalError> {
    let size = |path: &Path| match std::fs::metadata(path) {
        Ok(file) => Ok(Some(file.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(JournalError::Folder { path: path.to_owned(), detail: error.to_string() }),
    };
    let log = size(&beside(path, "-wal"))?.unwrap_or(0);
    match size(path)? {
        Some(0) => Err(JournalError::Lost { path: path.to_owned() }),
        None if log > 0 => Err(JournalError::Lost { path: path.to_owned() }),
        found => Ok(found.is_some()),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes an empty journal under another name and moves it into place.
fn make(path: &Path) -> Result<(), JournalError> {
    let draft = beside(path, ".new");
    let failed =
        |error: std::io::Error| JournalError::Folder { path: draft.clone(), detail: error.to_string() };
    for left in [draft.clone(), beside(&draft, "-wal"), beside(&draft, "-shm")] {
        match std::fs::remove_file(left) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    private::make_file(&draft).map_err(failed)?;
    let sqlite = |error: rusqlite::Error| JournalError::sqlite(&draft, "making the journal", &error);
    let mut connection = Connection::open(&draft).map_err(sqlite)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(sqlite)?;
    migrate(&mut connection, &draft)?;
    // Closing writes the log into the file, so the file alone is the journal.
    connection.close().map_err(|(_, error)| sqlite(error))?;
    std::fs::rename(&draft, path).map_err(failed)
}

/// Opens a connection that writes beside the one of a program at work, which settled the file's format.
pub(crate) fn open_beside(path: &Path) -> Result<Connection, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::sqlite(path, "opening the journal", &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    match found == known {
        true => Ok(connection),
        false => Err(JournalError::OtherVersion { path: path.to_owned(), found, known }),
    }
}

/// Opens a connection that only reads. It may write to the shared index of the log, as reading in WAL mode requires.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Writes a page as it is.
pub(crate) fn touch(connection: &Connection) -> rusqlite::Result<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)
}

/// Takes the file to the present format, whole or not at all.
///
/// `rusqlite_migration` does as much, and cannot be had beside this SQLite: its newest version, 2.6, is made for rusqlite
/// 0.40, and a program links one. It would also look at the format before its transaction begins, and does not tell its
/// hooks from which format a file comes, which decides whether the columns of runs are to be made.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    let failed = |error: rusqlite::Error| JournalError::sqlite(path, "upgrading the journal", &error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found: i64 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(JournalError::Newer { path: path.to_owned(), found, known });
    }
    let done = usize::try_from(found).map_err(|_| JournalError::Corrupt {
        path: path.to_owned(),
        detail: format!("its format number is {found}"),
    })?;
    if found < known {
        views::drop_all(&transaction).map_err(failed)?;
        for step in MIGRATIONS.iter().skip(done) {
            transaction.execute_batch(step).map_err(failed)?;
        }
        views::make(&transaction).map_err(failed)?;
    }
    if (1..STANDINGS).contains(&found) {
        standing::rebuild(&transaction).map_err(failed)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(failed)?;
    transaction.commit().map_err(failed)
}
