-- Where a run stands: the projection of its events, written with them. Small, because it is rewritten with each batch;
-- what is large about a run is in tables of its own.
ALTER TABLE runs ADD COLUMN status TEXT NOT NULL DEFAULT 'queued';
ALTER TABLE runs ADD COLUMN progress INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN step INTEGER;
ALTER TABLE runs ADD COLUMN input_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN cached_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN output_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN updated TEXT;
-- Number of the last event; 0 before the first.
ALTER TABLE runs ADD COLUMN last_seq INTEGER NOT NULL DEFAULT 0;

CREATE INDEX runs_by_status ON runs (status, run_id);
CREATE INDEX runs_by_project_and_status ON runs (project_id, status, run_id);
CREATE INDEX runs_by_workflow_and_status ON runs (workflow, status, run_id);

CREATE TABLE requests (
    run  INTEGER PRIMARY KEY REFERENCES runs (number),
    json TEXT NOT NULL
) STRICT;
INSERT INTO requests (run, json) SELECT number, request FROM runs;
ALTER TABLE runs DROP COLUMN request;

-- The fold of a run's events up to one of them, for whoever needs more than the columns above.
CREATE TABLE states (
    run    INTEGER PRIMARY KEY REFERENCES runs (number),
    seq    INTEGER NOT NULL,
    format INTEGER NOT NULL,
    json   TEXT NOT NULL
) STRICT;

-- The views of runs and commands in the audit once more, for a journal in which the text of such an event is damaged.
-- The LIMIT keeps SQLite from looking at a text before it is known to be JSON.
CREATE VIEW readable_events AS SELECT run, seq, json FROM events WHERE json_valid(json) LIMIT -1;
CREATE VIEW audit_starts_readable AS
    SELECT CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER) AS at,
           run AS source, seq,
           coalesce(json_extract(json, '$.data.actor'), 'unknown') AS actor,
           'run.start' AS action,
           project_id AS subject,
           run_id,
           json_object('workflow', workflow, 'provider', json_extract(json, '$.data.provider')) AS detail
    FROM readable_events AS events JOIN runs ON runs.number = events.run
    WHERE seq = 1;
CREATE VIEW audit_commands_readable AS
    SELECT CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER) AS at,
           run AS source, seq,
           coalesce((SELECT json_extract(first.json, '$.data.actor') FROM readable_events AS first
                     WHERE first.run = events.run AND first.seq = 1), 'unknown') AS actor,
           'command.start' AS action,
           json_extract(json, '$.data.command') AS subject,
           run_id,
           json_object('argv', json_extract(json, '$.data.argv'), 'agent', json_extract(json, '$.agent'),
                       'step', json_extract(json, '$.step_name'), 'project', project_id) AS detail
    FROM readable_events AS events JOIN runs ON runs.number = events.run
    WHERE substr(json, 1, 25) = '{"type":"command_execute"'
      AND json_extract(json, '$.data.status') = 'started';
