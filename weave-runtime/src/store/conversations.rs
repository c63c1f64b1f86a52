//! The conversations that are in the store.

use std::time::{Duration, SystemTime};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::near::{missing, near};
use super::reader::Reader;
use super::spans::{self, Figures, add_once};
use super::turns::{Turn, trace_column, turns};
use crate::error::Error;
use crate::id::TraceId;
use crate::query::{ConversationFilter, ConversationSummary};
use crate::record::Usage;

impl Reader {
    /// The conversations that match, those in which something happened last first.
    pub(crate) fn conversations(&mut self, filter: &ConversationFilter) -> Result<Vec<ConversationSummary>, Error> {
        self.read(|connection, _| {
            let found = page(connection, filter)?.into_iter().map(|id| summary(connection, &id));
            found.filter_map(Result::transpose).collect()
        })
    }

    /// One conversation.
    pub(crate) fn conversation(&mut self, id: &str) -> Result<ConversationSummary, Error> {
        let found = self.read(|connection, _| match summary(connection, id)? {
            Some(found) => Ok(Ok(found)),
            None => Ok(Err(near(connection, id)?)),
        })?;
        found.map_err(|near| missing(id, self.dir(), &near))
    }
}

/// The ids of the conversations that the filter asks for. Read off the index alone.
fn page(connection: &Connection, filter: &ConversationFilter) -> rusqlite::Result<Vec<String>> {
    let (mut sql, mut values) = (SELECT_CONVERSATIONS.to_owned(), Vec::<Value>::new());
    if !filter.agents.is_empty() {
        let marks = vec!["?"; filter.agents.len()].join(", ");
        sql.push_str(&format!(
            " AND conversation_id IN (SELECT conversation_id FROM agent_spans WHERE agent IN ({marks}))"
        ));
        values.extend(filter.agents.iter().cloned().map(Value::from));
    }
    sql.push_str(" GROUP BY conversation_id HAVING 1");
    for (time, condition) in [(filter.since, " AND last >= ?"), (filter.until, " AND last < ?")] {
        if let Some(time) = time {
            sql.push_str(condition);
            values.push(time.0.into());
        }
    }
    sql.push_str(" ORDER BY last DESC, conversation_id LIMIT ? OFFSET ?");
    let number = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    values.extend([number(filter.limit.unwrap_or(usize::MAX)), number(filter.offset)]);
    connection.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

pub(super) const SELECT_CONVERSATIONS: &str =
    "SELECT conversation_id, max(active_at) AS last FROM agent_spans WHERE conversation_id IS NOT NULL";

pub(super) const SELECT_TRACES: &str = "SELECT trace_id FROM agent_spans WHERE conversation_id = ?1 GROUP BY trace_id";

/// The traces that have a call of a conversation.
pub(super) fn traces(connection: &Connection, conversation: &str) -> rusqlite::Result<Vec<TraceId>> {
    let mut statement = connection.prepare_cached(SELECT_TRACES)?;
    statement.query_map([conversation], trace_column)?.collect()
}

/// What is known of a conversation; `None` when there is none of this id.
fn summary(connection: &Connection, id: &str) -> rusqlite::Result<Option<ConversationSummary>> {
    let mut found: Option<ConversationSummary> = None;
    let mut figures = Figures::default();
    let loaded: Vec<_> = traces(connection, id)?
        .into_iter()
        .map(|trace| Ok((trace, spans::of_trace(connection, trace)?)))
        .collect::<rusqlite::Result<_>>()?;
    let mut all: Vec<Turn<'_>> = loaded.iter().flat_map(|(trace, spans)| turns(*trace, spans, id)).collect();
    all.sort_by_key(|turn| turn.top.started_at);
    for turn in all {
        let first = turn.top.started_at.to_system_time();
        let conversation = found.get_or_insert_with(|| empty(id, first));
        conversation.turns += 1;
        conversation.last = conversation.last.max(turn.last.to_system_time());
        conversation.duration = conversation.duration.saturating_add(turn.top.duration().unwrap_or_default());
        turn.agents.iter().for_each(|agent| add_once(&mut conversation.agents, agent));
        conversation.name = turn.name.map(str::to_owned).or(conversation.name.take());
        figures.include(&turn.figures);
    }
    Ok(found.map(|conversation| ConversationSummary {
        models: figures.models,
        calls: figures.calls,
        llm_calls: figures.llm_calls,
        tool_calls: figures.tool_calls,
        errors: figures.errors,
        usage: figures.usage,
        ..conversation
    }))
}

fn empty(id: &str, first: SystemTime) -> ConversationSummary {
    ConversationSummary {
        id: id.to_owned(),
        name: None,
        agents: Vec::new(),
        models: Vec::new(),
        turns: 0,
        calls: 0,
        llm_calls: 0,
        tool_calls: 0,
        errors: 0,
        usage: Usage::default(),
        first,
        last: first,
        duration: Duration::ZERO,
    }
}
