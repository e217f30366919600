-- Who asked for a run: what somebody did, who did little, is found without reading what all others did. A text that is no
-- JSON has no actor here, rather than failing the index and with it the start.
CREATE INDEX starts_by_actor
    ON events (CASE WHEN json_valid(json) THEN coalesce(json_extract(json, '$.data.actor'), 'unknown') END)
    WHERE seq = 1;
CREATE INDEX runs_by_project_and_workflow ON runs (project_id, workflow, run_id);
