-- What kind of event each is, in a column of its own: which events are commands is asked of it, and not of how their text
-- begins. A text that is no JSON has no kind, and is no command, rather than failing the index.
ALTER TABLE events ADD COLUMN kind TEXT NOT NULL DEFAULT '';
DROP INDEX commands_by_time;
UPDATE events SET kind = coalesce(CASE WHEN json_valid(json) THEN json_extract(json, '$.type') END, '');
CREATE INDEX commands_by_time
    ON events (CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER))
    WHERE kind = 'command_execute'
      AND CASE WHEN json_valid(json) THEN json_extract(json, '$.data.status') END = 'started';

DROP VIEW audit_commands_readable;
DROP VIEW audit_starts_readable;
DROP VIEW audit_commands;
DROP VIEW readable_events;
CREATE VIEW audit_commands AS
    SELECT CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER) AS at,
           run AS source, seq,
           coalesce((SELECT json_extract(first.json, '$.data.actor') FROM events AS first
                     WHERE first.run = events.run AND first.seq = 1), 'unknown') AS actor,
           'command.start' AS action,
           json_extract(json, '$.data.command') AS subject,
           run_id,
           json_object('argv', json_extract(json, '$.data.argv'), 'agent', json_extract(json, '$.agent'),
                       'step', json_extract(json, '$.step_name'), 'project', project_id) AS detail
    FROM events JOIN runs ON runs.number = events.run
    WHERE kind = 'command_execute'
      AND CASE WHEN json_valid(json) THEN json_extract(json, '$.data.status') END = 'started';
-- The LIMIT keeps SQLite from looking at a text before it is known to be JSON.
CREATE VIEW readable_events AS SELECT run, seq, kind, json FROM events WHERE json_valid(json) LIMIT -1;
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
    WHERE kind = 'command_execute'
      AND CASE WHEN json_valid(json) THEN json_extract(json, '$.data.status') END = 'started';
