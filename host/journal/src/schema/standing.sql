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
