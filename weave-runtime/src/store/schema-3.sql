-- Version 3: what agents do.

ALTER TABLE bodies ADD COLUMN agent TEXT; -- the facts of a span of an agent; NULL: it is none

-- What lists show of spans of agents, so that they read no body, and of any call the tokens that few tell of.
CREATE TABLE agent_spans (
    call                  INTEGER PRIMARY KEY, -- calls.seq
    trace_id              BLOB    NOT NULL, -- as in `calls`
    active_at             INTEGER NOT NULL, -- when it ended, or began where it has not
    conversation_id       TEXT,
    conversation_name     TEXT,
    agent                 TEXT,
    agent_version         TEXT,
    model                 TEXT, -- that was asked for
    response_model        TEXT, -- that answered
    invoker_trace         BLOB, -- of the call of another trace that a turn was started in
    invoker_id            INTEGER,
    cache_read_tokens     INTEGER,
    cache_creation_tokens INTEGER,
    reasoning_tokens      INTEGER,
    asked                 TEXT, -- of a turn or a sub-agent, the beginning of what it was asked
    answered              TEXT  -- and of what it answered
) STRICT;

CREATE INDEX agent_spans_by_conversation ON agent_spans (conversation_id, active_at, trace_id)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX agent_spans_by_agent ON agent_spans (agent, conversation_id) WHERE agent IS NOT NULL;
CREATE INDEX agent_spans_by_model ON agent_spans (model) WHERE model IS NOT NULL;
CREATE INDEX agent_spans_by_response_model ON agent_spans (response_model) WHERE response_model IS NOT NULL;
CREATE INDEX agent_spans_by_invoker ON agent_spans (invoker_trace) WHERE invoker_trace IS NOT NULL;
