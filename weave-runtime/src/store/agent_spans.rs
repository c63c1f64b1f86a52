//! What lists show of spans of agents, beside the rows of their calls.

use rusqlite::{Connection, params};

use super::preview;
use super::rows::from_id;
use crate::record::{CallRecord, Usage};

const PUT: &str = "INSERT OR REPLACE INTO agent_spans (call, trace_id, active_at, conversation_id, conversation_name, agent, \
    agent_version, model, response_model, invoker_trace, invoker_id, cache_read_tokens, cache_creation_tokens, \
    reasoning_tokens, asked, answered) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

/// Writes what is known of a call that is new and whose row has this `seq`; most calls have nothing here.
pub(super) fn put(connection: &Connection, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
    let Some(details) = call.details.as_deref() else { return Ok(()) };
    let tokens = details.usage.map(few_tell).unwrap_or_default();
    if details.agent.is_none() && tokens == [None; 3] {
        return Ok(());
    }
    let none = crate::genai::Facts::default();
    let facts = details.agent.as_deref().unwrap_or(&none);
    let [asked, answered] = preview::of(call);
    let [cache_read, cache_creation, reasoning] = tokens.map(|count| count.map(u64::cast_signed));
    connection
        .prepare_cached(PUT)?
        .execute(params![
            seq,
            call.trace_id.to_int().to_be_bytes(),
            call.ended_at.unwrap_or(call.started_at).0,
            facts.conversation_id,
            facts.conversation_name,
            facts.agent.name,
            facts.agent.version,
            facts.model,
            facts.response_model,
            facts.invoker.map(|invoker| invoker.trace_id.to_int().to_be_bytes()),
            facts.invoker.map(|invoker| from_id(invoker.id)),
            cache_read,
            cache_creation,
            reasoning,
            asked,
            answered,
        ])
        .map(drop)
}

/// Writes what is known of a call that had a row before.
pub(super) fn put_again(connection: &Connection, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM agent_spans WHERE call = ?1")?.execute([seq])?;
    put(connection, call, seq)
}

/// The tokens that few calls tell of.
fn few_tell(usage: Usage) -> [Option<u64>; 3] {
    [usage.cache_read_input_tokens, usage.cache_creation_input_tokens, usage.reasoning_tokens]
}

/// The same as they are in a row, put into a usage.
pub(super) fn add_tokens(usage: &mut Usage, columns: [Option<i64>; 3]) {
    let [cache_read, cache_creation, reasoning] = columns.map(|count| count.map(i64::cast_unsigned));
    usage.cache_read_input_tokens = cache_read;
    usage.cache_creation_input_tokens = cache_creation;
    usage.reasoning_tokens = reasoning;
}
