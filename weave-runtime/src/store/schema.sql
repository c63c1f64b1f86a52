-- Version 1.
--
-- `calls` is narrow: filters, sorting and lists never touch long JSON, which is in `bodies` under the same `seq`. What is
-- short stays in the row of the call, which is one write less. A call has its JSON in one of the two places.
-- `seq` grows, so that rows and most indexes are appended to; ids are random and have one small index of their own.
-- Ids are unsigned numbers kept as signed ones of the same bits, times are nanoseconds since the Unix epoch.
-- Status: 0 running, 1 success, 2 error, 3 cancelled, 4 interrupted.

CREATE TABLE writers (
    id        INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL UNIQUE, -- writers/<name>.lock is locked for as long as the writer lives
    opened_at INTEGER NOT NULL,
    closed    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX writers_open ON writers (id) WHERE closed = 0;

CREATE TABLE ops (
    id     INTEGER PRIMARY KEY,
    name   TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    module TEXT    NOT NULL,
    file   TEXT    NOT NULL,
    line   INTEGER NOT NULL,
    label  TEXT
) STRICT;

CREATE INDEX ops_by_name ON ops (name);

CREATE TABLE calls (
    seq             INTEGER PRIMARY KEY,
    id              INTEGER NOT NULL UNIQUE,
    trace_id        BLOB    NOT NULL, -- 16 bytes, big-endian
    parent_id       INTEGER,
    op_parent_id    INTEGER,
    agent_parent_id INTEGER,
    op_id           INTEGER NOT NULL, -- ops.id
    status          INTEGER NOT NULL,
    partial         INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    writer_id       INTEGER NOT NULL, -- writers.id
    has_usage       INTEGER NOT NULL, -- usage was reported, even if without any count
    input_tokens    INTEGER,
    output_tokens   INTEGER,
    total_tokens    INTEGER,
    display_name    TEXT,
    error_type      TEXT,
    error_message   TEXT,
    inputs          TEXT, -- as in `bodies`, these two
    output          TEXT
) STRICT;

CREATE INDEX calls_by_time   ON calls (started_at);
CREATE INDEX calls_by_trace  ON calls (trace_id, started_at);
CREATE INDEX calls_by_op     ON calls (op_id, started_at);
CREATE INDEX calls_by_parent ON calls (parent_id, started_at) WHERE parent_id IS NOT NULL;
CREATE INDEX calls_roots     ON calls (started_at) WHERE parent_id IS NULL;
-- Nearly all calls succeed: only the others are worth an entry.
CREATE INDEX calls_by_status ON calls (status, started_at) WHERE status <> 1;

CREATE TABLE bodies (
    call            INTEGER PRIMARY KEY, -- calls.seq
    inputs          TEXT, -- NULL: an empty object
    output          TEXT, -- NULL: none was recorded; 'null': it was null
    attributes      TEXT, -- NULL: an empty object, as the next two
    span_attributes TEXT,
    summary         TEXT,
    events          TEXT  -- NULL: none; else [{"name", "at", "attributes"}]
) STRICT;
