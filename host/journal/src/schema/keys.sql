-- Under which key its caller asked for a run, and what for: the same request again leads to the same run.
CREATE TABLE keys (
    actor  TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    run    INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_run ON keys (run);
