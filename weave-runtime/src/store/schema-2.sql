-- Version 2: versions of ops, threads of conversation, what is known of a trace, contents beside calls.

ALTER TABLE ops ADD COLUMN identity TEXT NOT NULL DEFAULT ''; -- whose versions those with one identity are
ALTER TABLE ops ADD COLUMN digest TEXT; -- of the source; NULL for ops that have none
ALTER TABLE ops ADD COLUMN source TEXT;

UPDATE ops SET identity = name;

CREATE INDEX ops_by_identity ON ops (identity, digest);

ALTER TABLE calls ADD COLUMN thread_id TEXT;
ALTER TABLE calls ADD COLUMN turn_id INTEGER; -- calls.id of the call that began the turn, which may be this one
ALTER TABLE calls ADD COLUMN success_below INTEGER; -- descendants by status; NULL: none
ALTER TABLE calls ADD COLUMN error_below INTEGER;

CREATE INDEX calls_by_thread ON calls (thread_id, started_at) WHERE thread_id IS NOT NULL;

-- What a call said of its trace. Merged in the order in which the calls ended, it is what is known of that.
CREATE TABLE trace_updates (
    call     INTEGER PRIMARY KEY, -- calls.seq
    trace_id BLOB NOT NULL, -- as in `calls`
    name     TEXT,
    tags     TEXT, -- NULL: none; else a list of texts
    metadata TEXT  -- NULL: an empty object
) STRICT;

CREATE INDEX trace_updates_by_trace ON trace_updates (trace_id);

-- Bytes by their hash, once, however many calls have them.
CREATE TABLE contents (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE, -- SHA-256, 32 bytes
    data   BLOB NOT NULL
) STRICT;

CREATE TABLE content_uses (
    content INTEGER NOT NULL, -- contents.id
    call    INTEGER NOT NULL, -- calls.seq
    PRIMARY KEY (call, content)
) STRICT, WITHOUT ROWID;

CREATE INDEX content_uses_by_content ON content_uses (content);
