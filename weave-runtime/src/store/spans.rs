//! The calls of traces as figures are made of them: without their bodies.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Connection, Row};

use super::rows::{self, to_id, unknown};
use crate::amount;
use crate::id::{CallId, TraceId};
use crate::record::{Kind, Status, Timestamp, Usage};

/// What [`span`] reads, of `calls c`, `ops o` and `agent_spans a`.
pub(super) const SPAN_COLUMNS: &str = "c.id, c.parent_id, c.agent_parent_id, c.op_parent_id, o.kind, c.status, \
    c.started_at, c.ended_at, c.has_usage, c.input_tokens, c.output_tokens, c.total_tokens, a.cache_read_tokens, \
    a.cache_creation_tokens, a.reasoning_tokens, a.conversation_id, a.conversation_name, a.agent, a.agent_version, \
    coalesce(a.response_model, a.model), a.asked, a.answered";

/// One call.
pub(super) struct Span {
    pub(super) id: CallId,
    /// The nearest first.
    above: [Option<CallId>; 3],
    pub(super) kind: Kind,
    pub(super) status: Status,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) usage: Option<Usage>,
    pub(super) conversation: Option<String>,
    pub(super) conversation_name: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) agent_version: Option<String>,
    pub(super) model: Option<String>,
    pub(super) asked: Option<String>,
    pub(super) answered: Option<String>,
}

/// The calls of a trace in the order in which they began.
pub(super) fn of_trace(connection: &Connection, trace: TraceId) -> rusqlite::Result<Vec<Span>> {
    connection.prepare_cached(&select_of_trace())?.query_map([trace.to_int().to_be_bytes()], span)?.collect()
}

pub(super) fn select_of_trace() -> String {
    format!(
        "SELECT {SPAN_COLUMNS} FROM calls c JOIN ops o ON o.id = c.op_id LEFT JOIN agent_spans a ON a.call = c.seq \
         WHERE c.trace_id = ?1 ORDER BY c.started_at, c.ended_at DESC NULLS FIRST, c.seq"
    )
}

/// The call of a row of [`SPAN_COLUMNS`].
pub(super) fn span(row: &Row<'_>) -> rusqlite::Result<Span> {
    let id = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(to_id));
    let kind = row.get_ref(4)?.as_str()?;
    let mut usage = rows::usage(row.get(8)?, [row.get(9)?, row.get(10)?, row.get(11)?]);
    if let Some(usage) = &mut usage {
        super::agent_spans::add_tokens(usage, [row.get(12)?, row.get(13)?, row.get(14)?]);
    }
    Ok(Span {
        id: to_id(row.get(0)?),
        above: [id(1)?, id(2)?, id(3)?],
        kind: Kind::from_name(kind).ok_or_else(|| unknown(4, kind, "kind of an op"))?,
        status: rows::status_of(row.get(5)?)?,
        started_at: Timestamp(row.get(6)?),
        ended_at: row.get::<_, Option<i64>>(7)?.map(Timestamp),
        usage,
        conversation: row.get(15)?,
        conversation_name: row.get(16)?,
        agent: row.get(17)?,
        agent_version: row.get(18)?,
        model: row.get(19)?,
        asked: row.get(20)?,
        answered: row.get(21)?,
    })
}

impl Span {
    pub(super) fn duration(&self) -> Option<Duration> {
        let nanos = self.ended_at?.0.saturating_sub(self.started_at.0);
        Some(Duration::from_nanos(nanos.try_into().unwrap_or(0)))
    }

    /// When something is known to have happened last.
    pub(super) fn active_at(&self) -> Timestamp {
        self.ended_at.unwrap_or(self.started_at)
    }
}

/// For each call of a trace the place of the turn that it is or is in; `None` outside of all.
pub(super) fn turns_of(spans: &[Span]) -> Vec<Option<usize>> {
    let places: HashMap<CallId, usize> = spans.iter().enumerate().map(|(at, span)| (span.id, at)).collect();
    let above = |span: &Span| span.above.iter().flatten().find_map(|id| places.get(id).copied());
    let turn_of = |start: usize| {
        let mut at = Some(start);
        // No way up is longer, unless it is a circle.
        for _ in spans {
            let span = spans.get(at?)?;
            if span.kind == Kind::Turn {
                return at;
            }
            at = above(span);
        }
        None
    };
    (0..spans.len()).map(turn_of).collect()
}

/// What calls come to.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) calls: u64,
    pub(super) llm_calls: u64,
    pub(super) tool_calls: u64,
    pub(super) errors: u64,
    pub(super) usage: Usage,
    pub(super) models: Vec<String>,
}

impl Figures {
    pub(super) fn add(&mut self, span: &Span) {
        self.calls += 1;
        self.llm_calls += u64::from(span.kind == Kind::Llm);
        self.tool_calls += u64::from(span.kind == Kind::Tool);
        self.errors += u64::from(span.status == Status::Error);
        if let Some(model) = span.model.as_ref().filter(|_| span.kind == Kind::Llm) {
            add_once(&mut self.models, model);
        }
        amount::add(&mut self.usage, span.usage.unwrap_or_default());
    }

    /// Adds what others come to.
    pub(super) fn include(&mut self, other: &Self) {
        self.calls += other.calls;
        self.llm_calls += other.llm_calls;
        self.tool_calls += other.tool_calls;
        self.errors += other.errors;
        other.models.iter().for_each(|model| add_once(&mut self.models, model));
        amount::add(&mut self.usage, other.usage);
    }
}

/// Adds a text to those that are there, each once in the order in which they appear.
pub(super) fn add_once(texts: &mut Vec<String>, text: &str) {
    if !texts.iter().any(|known| known == text) {
        texts.push(text.to_owned());
    }
}
