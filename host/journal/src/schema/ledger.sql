CREATE TABLE tokens (
    name      TEXT PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE,
    role      TEXT NOT NULL,
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    created   TEXT NOT NULL,
    expires   TEXT,
    last_used TEXT
) STRICT, WITHOUT ROWID;

-- Milliseconds since 1970 and not text, because entries are put in order with commands by it.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    run_id  TEXT,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
CREATE INDEX refusals_by_time ON audit (at) WHERE action = 'access.refuse';
-- A year, and a month more for whoever looks back once a year; a month for refusals, of which there is no end.
CREATE TRIGGER audit_keeps_its_time BEFORE DELETE ON audit
    WHEN OLD.at > (unixepoch() - CASE OLD.action WHEN 'access.refuse' THEN 30 ELSE 400 END * 86400) * 1000
    BEGIN SELECT raise(ABORT, 'the audit is append-only, and keeps each entry for its time'); END;

-- Runs that were asked for and commands that they started are facts of their runs already. Views show them in the audit's
-- form (views.rs), and these indexes hold what of the events is a start or a command, in the order of time.
CREATE INDEX starts_by_time
    ON events (CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER))
    WHERE seq = 1;
CREATE INDEX commands_by_time
    ON events (CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER))
    WHERE substr(json, 1, 25) = '{"type":"command_execute"'
      AND json_extract(json, '$.data.status') = 'started';
