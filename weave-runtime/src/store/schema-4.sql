-- Version 4: what could not be delivered to other machines yet.

-- What one writer keeps for one address, in order. The writer is who may deliver it: when that is gone, another takes it over.
CREATE TABLE spills (
    id        INTEGER PRIMARY KEY,
    address   TEXT    NOT NULL,
    writer_id INTEGER NOT NULL -- writers.id
) STRICT;

CREATE INDEX spills_by_address ON spills (address);

CREATE TABLE spilled (
    id       INTEGER PRIMARY KEY, -- grows: the order
    spill    INTEGER NOT NULL, -- spills.id
    bytes    INTEGER NOT NULL, -- how much of the bound it takes
    made_at  INTEGER NOT NULL,
    route    TEXT    NOT NULL,
    trace_id BLOB, -- as in `calls`
    call_id  INTEGER, -- as calls.id; NULL for what only belongs to calls
    body     BLOB    NOT NULL
) STRICT;

CREATE INDEX spilled_in_order ON spilled (spill, id, bytes);
