-- What kind of event each is, in a column of its own: which events are commands is asked of it, and not of how their text
-- begins. A text that is no JSON has no kind, and is no command, rather than failing the index.
ALTER TABLE events ADD COLUMN kind TEXT NOT NULL DEFAULT '';
DROP INDEX commands_by_time;
UPDATE events SET kind = coalesce(CASE WHEN json_valid(json) THEN json_extract(json, '$.type') END, '');
CREATE INDEX commands_by_time
    ON events (CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER))
    WHERE kind = 'command_execute'
      AND CASE WHEN json_valid(json) THEN json_extract(json, '$.data.status') END = 'started';
