-- What the views of runs and commands in the audit show of the run ?1, written into the audit. The
-- events that cannot be read are left out before anything looks into them; ?2 stands for a time that cannot be read.
INSERT INTO audit (at, actor, action, subject, run_id, detail)
WITH readable AS MATERIALIZED (
    SELECT seq, json FROM events
    WHERE run = ?1 AND (seq = 1 OR kind = 'command_execute') AND json_valid(json)
),
asked AS MATERIALIZED (
    SELECT coalesce((SELECT json_extract(json, '$.data.actor') FROM readable WHERE seq = 1), 'unknown') AS actor
)
SELECT coalesce(CAST(round(unixepoch(json_extract(json, '$.time'), 'subsec') * 1000) AS INTEGER), ?2),
       asked.actor,
       CASE seq WHEN 1 THEN 'run.start' ELSE 'command.start' END,
       coalesce(CASE seq WHEN 1 THEN CAST(project_id AS TEXT) ELSE json_extract(json, '$.data.command') END, ''),
       run_id,
       CASE seq
           WHEN 1 THEN json_object('workflow', CAST(workflow AS TEXT), 'provider', json_extract(json, '$.data.provider'))
           ELSE json_object('argv', json_extract(json, '$.data.argv'), 'agent', json_extract(json, '$.agent'),
                            'step', json_extract(json, '$.step_name'), 'project', CAST(project_id AS TEXT))
       END
FROM readable JOIN asked JOIN runs ON runs.number = ?1
WHERE seq = 1 OR json_extract(json, '$.data.status') = 'started'
ORDER BY seq
