//! The views that show runs and commands in the audit's form.
//!
//! A view holds no data, so it belongs to no format: when a file is brought forward, those it has go, and these are made.
//! Each of the two that read events is made twice, the second time for a journal in which the text of such an event is
//! damaged: over `readable_events`, which no index is used for.

use rusqlite::Connection;

const OWN: &str = "
CREATE VIEW audit_own AS
    SELECT at, 0 AS source, seq, actor, action, subject, run_id, detail FROM audit;
-- The LIMIT keeps SQLite from looking at a text before it is known to be JSON.
CREATE VIEW readable_events AS SELECT run, seq, kind, json FROM events WHERE json_valid(json) LIMIT -1;
";

/// What runs and commands have alike: when it was, in the words of the indexes by time.
const AT: &str = "CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER) AS at";

/// Runs that were asked for: the first event of each.
fn starts(view: &str, events: &str) -> String {
    format!(
        "CREATE VIEW {view} AS
    SELECT {AT},
           run AS source, seq,
           coalesce(json_extract(json, '$.data.actor'), 'unknown') AS actor,
           'run.start' AS action,
           project_id AS subject,
           run_id,
           json_object('workflow', workflow, 'provider', json_extract(json, '$.data.provider')) AS detail
    FROM {events} AS events JOIN runs ON runs.number = events.run
    WHERE seq = 1;"
    )
}

/// Commands that were started, by whoever asked for their run.
fn commands(view: &str, events: &str) -> String {
    format!(
        "CREATE VIEW {view} AS
    SELECT {AT},
           run AS source, seq,
           coalesce((SELECT json_extract(first.json, '$.data.actor') FROM {events} AS first
                     WHERE first.run = events.run AND first.seq = 1), 'unknown') AS actor,
           'command.start' AS action,
           json_extract(json, '$.data.command') AS subject,
           run_id,
           json_object('argv', json_extract(json, '$.data.argv'), 'agent', json_extract(json, '$.agent'),
                       'step', json_extract(json, '$.step_name'), 'project', project_id) AS detail
    FROM {events} AS events JOIN runs ON runs.number = events.run
    WHERE kind = 'command_execute'
      AND CASE WHEN json_valid(json) THEN json_extract(json, '$.data.status') END = 'started';"
    )
}

/// Takes away the views that a file has.
pub(super) fn drop_all(connection: &Connection) -> rusqlite::Result<()> {
    let mut named = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'")?;
    let names: Vec<String> = named.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    names.iter().try_for_each(|name| connection.execute_batch(&format!("DROP VIEW \"{name}\"")))
}

/// Makes those of the present format.
pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(OWN)?;
    for (suffix, events) in [("", "events"), ("_readable", "readable_events")] {
        connection.execute_batch(&starts(&format!("audit_starts{suffix}"), events))?;
        connection.execute_batch(&commands(&format!("audit_commands{suffix}"), events))?;
    }
    Ok(())
}
