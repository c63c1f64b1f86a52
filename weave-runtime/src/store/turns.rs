//! The turns of conversations.

use rusqlite::{Connection, Row};

use super::conversations::traces;
use super::near::{missing, near};
use super::reader::Reader;
use super::spans::{self, Figures, Span, add_once};
use crate::error::Error;
use crate::id::TraceId;
use crate::query::TurnSummary;
use crate::record::{Kind, Timestamp};

impl Reader {
    /// The turns of a conversation, in order.
    pub(crate) fn turns(&mut self, conversation: &str) -> Result<Vec<TurnSummary>, Error> {
        let found = self.read(|connection, _| {
            let turns = in_order(traces(connection, conversation)?.into_iter().map(|trace| {
                let spans = spans::of_trace(connection, trace)?;
                Ok(turns(trace, &spans, conversation).into_iter().map(Turn::summary).collect())
            }))?;
            if turns.is_empty() { Ok(Err(near(connection, conversation)?)) } else { Ok(Ok(turns)) }
        })?;
        found.map_err(|near| missing(conversation, self.dir(), &near))
    }
}

fn in_order(traces: impl Iterator<Item = rusqlite::Result<Vec<TurnSummary>>>) -> rusqlite::Result<Vec<TurnSummary>> {
    let mut turns: Vec<TurnSummary> = traces.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect();
    turns.sort_by_key(|turn| turn.started_at);
    Ok(turns)
}

/// A trace, and those of the turns that were started in one of these.
pub(super) fn started_in(connection: &Connection, trace: TraceId) -> rusqlite::Result<Vec<TraceId>> {
    let mut statement = connection.prepare_cached("SELECT trace_id FROM agent_spans WHERE invoker_trace = ?1")?;
    let (mut traces, mut next) = (vec![trace], 0);
    while let Some(trace) = traces.get(next) {
        let linked = statement.query_map([trace.to_int().to_be_bytes()], trace_column)?;
        for trace in linked.collect::<rusqlite::Result<Vec<_>>>()? {
            if !traces.contains(&trace) {
                traces.push(trace);
            }
        }
        next += 1;
    }
    Ok(traces)
}

/// The first column of a row as the id of a trace.
pub(super) fn trace_column(row: &Row<'_>) -> rusqlite::Result<TraceId> {
    row.get(0).map(|bytes| TraceId::from_int(u128::from_be_bytes(bytes)))
}

/// A turn with the calls that are its own.
pub(super) struct Turn<'a> {
    trace_id: TraceId,
    pub(super) top: &'a Span,
    pub(super) figures: Figures,
    pub(super) agents: Vec<String>,
    /// Of the conversation, as it was given last.
    pub(super) name: Option<&'a str>,
    pub(super) last: Timestamp,
}

impl Turn<'_> {
    fn summary(self) -> TurnSummary {
        let Self { trace_id, top, figures, .. } = self;
        TurnSummary {
            trace_id,
            id: top.id,
            agent: top.agent.clone(),
            status: top.status,
            started_at: top.started_at.to_system_time(),
            duration: top.duration(),
            asked: top.asked.clone(),
            answered: top.answered.clone(),
            models: figures.models,
            calls: figures.calls,
            llm_calls: figures.llm_calls,
            tool_calls: figures.tool_calls,
            errors: figures.errors,
            usage: figures.usage,
        }
    }
}

/// The turns of a conversation in one trace. What is in no turn counts to the first, what is of another conversation to
/// none.
pub(super) fn turns<'a>(trace_id: TraceId, spans: &'a [Span], conversation: &str) -> Vec<Turn<'a>> {
    let is_ours = |span: &Span| span.conversation.as_deref() == Some(conversation);
    let above = spans::turns_of(spans);
    let is_top = |at: &usize| above.get(*at) == Some(&Some(*at)) && spans.get(*at).is_some_and(is_ours);
    let mut tops: Vec<usize> = (0..spans.len()).filter(is_top).collect();
    if tops.is_empty() {
        tops.extend(spans.iter().position(is_ours));
    }
    let mut turns: Vec<Turn<'a>> = tops.iter().filter_map(|at| Some(Turn::of(trace_id, spans.get(*at)?))).collect();
    for (span, above) in spans.iter().zip(&above) {
        let own = above.and_then(|above| tops.iter().position(|top| *top == above));
        let of_another = match above {
            Some(turn) => own.is_none() && !spans.get(*turn).is_some_and(is_ours),
            None => span.conversation.is_some() && !is_ours(span),
        };
        if let Some(turn) = turns.get_mut(own.unwrap_or(0)).filter(|_| !of_another) {
            turn.add(span);
        }
    }
    turns
}

impl<'a> Turn<'a> {
    fn of(trace_id: TraceId, top: &'a Span) -> Self {
        let last = top.active_at();
        Self { trace_id, top, figures: Figures::default(), agents: Vec::new(), name: None, last }
    }

    fn add(&mut self, span: &'a Span) {
        self.figures.add(span);
        self.last = self.last.max(span.active_at());
        self.name = span.conversation_name.as_deref().or(self.name);
        if let Some(agent) = span.agent.as_ref().filter(|_| matches!(span.kind, Kind::Turn | Kind::SubAgent)) {
            add_once(&mut self.agents, agent);
        }
    }
}
