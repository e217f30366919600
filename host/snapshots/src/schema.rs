//! The file's tables and how a connection is set up.
//!
//! As in the journal: WAL mode, commits survive a crash of the process, a power cut may take back the last ones. An
//! object that a power cut took back is written again by the next snapshot that has it.

use crate::SnapshotError;
use rusqlite::{Connection, TransactionBehavior};
use std::{path::Path, time::Duration};

/// The format that this program writes.
const FORMAT: u32 = 1;

/// Each entry takes the file from one format to the next; a released entry never changes.
const MIGRATIONS: [&str; FORMAT as usize] = ["
    CREATE TABLE objects (
        digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
        packed INTEGER NOT NULL,
        body   BLOB NOT NULL
    ) STRICT;

    CREATE TABLE snapshots (
        number  INTEGER PRIMARY KEY AUTOINCREMENT,
        project TEXT NOT NULL,
        root    BLOB NOT NULL,
        time    TEXT NOT NULL,
        cause   TEXT NOT NULL,
        files   INTEGER NOT NULL,
        bytes   INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX snapshots_by_project ON snapshots (project, number);

    CREATE TABLE surveys (
        project TEXT PRIMARY KEY,
        root    BLOB NOT NULL,
        body    BLOB NOT NULL
    ) STRICT;
"];

/// How long a connection waits for another program's lock.
const BUSY: Duration = Duration::from_secs(5);
/// Pages after which the log is copied back into the file (16 MiB), which waits for the disk.
const CHECKPOINT_PAGES: i64 = 4096;
/// To what size the log is cut after it was copied back.
const LOG_BYTES: i64 = 64 * 1024 * 1024;

pub(crate) fn open(path: &Path) -> Result<Connection, SnapshotError> {
    let failed =
        |source| SnapshotError::Database { doing: "opening the snapshots", path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(failed)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES).map_err(failed)?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), SnapshotError> {
    let failed =
        |source| SnapshotError::Database { doing: "upgrading the snapshots", path: path.to_owned(), source };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found: u32 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    if found > FORMAT {
        return Err(SnapshotError::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    for step in MIGRATIONS.iter().skip(found as usize) {
        transaction.execute_batch(step).map_err(failed)?;
    }
    transaction.pragma_update(None, "user_version", FORMAT).map_err(failed)?;
    transaction.commit().map_err(failed)
}
