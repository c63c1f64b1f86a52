//! Records as rows, and rows as records.

use rusqlite::types::{FromSql, Type};
use rusqlite::{Connection, Row, Statement, ToSql};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ops::KnownOps;
use super::{agent_spans, traces};
use crate::id::{CallId, TraceId};
use crate::record::{
    CallError, CallRecord, Details, Event, InThread, Status, StatusCounts, Text, Timestamp, TraceUpdate, Usage,
};

/// The columns of a call, in the order of [`bind_call`].
pub(super) const CALL_COLUMNS: [&str; 24] = [
    "id",
    "trace_id",
    "parent_id",
    "op_parent_id",
    "agent_parent_id",
    "op_id",
    "status",
    "partial",
    "started_at",
    "ended_at",
    "writer_id",
    "has_usage",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "display_name",
    "error_type",
    "error_message",
    "inputs",
    "output",
    "success_below",
    "error_below",
    "thread_id",
    "turn_id",
];

/// Takes the values of [`bind_body`].
pub(super) const PUT_BODY: &str = "INSERT OR REPLACE INTO bodies (call, inputs, output, attributes, span_attributes, \
    summary, events, agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// The most JSON that stays in the row of a call, in bytes: as much as the rest of the row, near enough. With more, what
/// reads every row would read much more.
const SHORT: usize = 128;

/// Selects, by `seq`, what [`record`] reads.
pub(super) const SELECT_RECORD: &str = "SELECT c.op_id, c.id, c.trace_id, c.parent_id, c.op_parent_id, \
    c.agent_parent_id, c.status, c.partial, c.started_at, c.ended_at, coalesce(c.inputs, b.inputs), \
    coalesce(c.output, b.output), c.display_name, c.error_type, \
    c.error_message, b.attributes, b.span_attributes, b.summary, c.has_usage, c.input_tokens, c.output_tokens, \
    c.total_tokens, b.events, c.success_below, c.error_below, c.thread_id, c.turn_id, u.name, u.tags, u.metadata, \
    b.agent, a.cache_read_tokens, a.cache_creation_tokens, a.reasoning_tokens \
    FROM calls c LEFT JOIN bodies b ON b.call = c.seq LEFT JOIN trace_updates u ON u.call = c.seq \
    LEFT JOIN agent_spans a ON a.call = c.seq WHERE c.seq = ?1";

/// Binds the parameters of a statement from left to right.
pub(super) struct Parameters<'a, 'c> {
    statement: &'a mut Statement<'c>,
    next: usize,
}

impl<'a, 'c> Parameters<'a, 'c> {
    pub(super) fn of(statement: &'a mut Statement<'c>) -> Self {
        Self { statement, next: 1 }
    }

    fn bind(&mut self, value: impl ToSql) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }

    /// Runs the statement, and returns how many rows that changed.
    pub(super) fn execute(self) -> rusqlite::Result<usize> {
        self.statement.raw_execute()
    }
}

/// Binds [`CALL_COLUMNS`].
pub(super) fn bind_call(to: &mut Parameters<'_, '_>, call: &CallRecord, op: i64, writer: i64) -> rusqlite::Result<()> {
    to.bind(from_id(call.id))?;
    to.bind(call.trace_id.to_int().to_be_bytes())?;
    to.bind(call.parent_id.map(from_id))?;
    to.bind(call.op_parent_id.map(from_id))?;
    to.bind(call.agent_parent_id.map(from_id))?;
    to.bind(op)?;
    to.bind(status_code(call.status))?;
    to.bind(call.partial)?;
    to.bind(call.started_at.0)?;
    to.bind(call.ended_at.map(|time| time.0))?;
    to.bind(writer)?;
    let usage = call.usage();
    let counts = usage.unwrap_or_default();
    to.bind(usage.is_some())?;
    for count in [counts.input_tokens, counts.output_tokens, counts.total_tokens] {
        to.bind(count.map(u64::cast_signed))?;
    }
    to.bind(call.display_name())?;
    let error = call.error();
    to.bind(error.map(|error| error.kind.as_str()))?;
    to.bind(error.map(|error| error.message.as_str()))?;
    let is_short = !has_body(call);
    to.bind(inputs(call).filter(|_| is_short))?;
    to.bind(call.text.output().filter(|_| is_short))?;
    let below = call.details.as_deref().map(|details| details.below).filter(|below| !below.is_zero());
    to.bind(below.map(|below| below.success.cast_signed()))?;
    to.bind(below.map(|below| below.error.cast_signed()))?;
    to.bind(call.thread_id())?;
    to.bind(call.turn_id().map(from_id))
}

/// True when the JSON of a call does not stay in its row.
pub(super) fn has_body(call: &CallRecord) -> bool {
    let has_more = |details: &Details| {
        !details.events.is_empty()
            || details.agent.is_some()
            || [&details.attributes, &details.span_attributes, &details.summary].iter().any(|map| !map.is_empty())
    };
    call.text.len() > SHORT || call.details.as_deref().is_some_and(has_more)
}

fn inputs(call: &CallRecord) -> Option<&str> {
    Some(call.text.inputs()).filter(|inputs| *inputs != "{}")
}

/// Binds the values of [`PUT_BODY`].
pub(super) fn bind_body(to: &mut Parameters<'_, '_>, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
    to.bind(seq)?;
    to.bind(inputs(call))?;
    to.bind(call.text.output())?;
    to.bind(object_text(call.attributes())?)?;
    to.bind(object_text(call.span_attributes())?)?;
    to.bind(object_text(call.summary_beside_counts())?)?;
    to.bind(events_text(call.events())?)?;
    let facts = call.details.as_deref().and_then(|details| details.agent.as_deref());
    to.bind(facts.map(json_text).transpose()?)
}

/// The record of a row of [`SELECT_RECORD`].
pub(super) fn record(connection: &Connection, ops: &mut KnownOps, row: &Row<'_>) -> rusqlite::Result<CallRecord> {
    let mut next = Columns { row, at: 0 };
    Ok(CallRecord {
        op: ops.op(connection, next.take()?)?,
        id: to_id(next.take()?),
        trace_id: TraceId::from_int(u128::from_be_bytes(next.take()?)),
        parent_id: next.take::<Option<i64>>()?.map(to_id),
        op_parent_id: next.take::<Option<i64>>()?.map(to_id),
        agent_parent_id: next.take::<Option<i64>>()?.map(to_id),
        status: status_of(next.take()?)?,
        partial: next.take()?,
        started_at: Timestamp(next.take()?),
        ended_at: next.take::<Option<i64>>()?.map(Timestamp),
        text: text(&next.take::<Option<String>>()?.unwrap_or_default(), next.take::<Option<String>>()?.as_deref()),
        details: details(&mut next)?,
    })
}

fn text(inputs: &str, output: Option<&str>) -> Text {
    Text::join(inputs, output)
}

fn details(next: &mut Columns<'_>) -> rusqlite::Result<Option<Box<Details>>> {
    let mut details = Details {
        display_name: next.take()?,
        error: error(next.take()?, next.take()?),
        attributes: next.json()?,
        span_attributes: next.json()?,
        summary: next.json()?,
        usage: usage(next.take()?, [next.take()?, next.take()?, next.take()?]),
        events: next.json::<Vec<StoredEvent>>()?.into_iter().map(Event::from).collect(),
        below: below(next.take()?, next.take()?),
        contents: None,
        thread: in_thread(next.take()?, next.take()?),
        trace: trace(next)?,
        agent: next.json()?,
    };
    if let Some(usage) = &mut details.usage {
        agent_spans::add_tokens(usage, [next.take()?, next.take()?, next.take()?]);
    }
    Ok((!details.is_empty()).then(|| Box::new(details)))
}

fn in_thread(id: Option<String>, turn: Option<i64>) -> Option<InThread> {
    Some(InThread { id: id?.into(), turn: turn.map(to_id) })
}

fn trace(next: &mut Columns<'_>) -> rusqlite::Result<Option<Box<TraceUpdate>>> {
    let update = traces::update(next.row, next.at)?;
    next.at += 3;
    Ok((update != TraceUpdate::default()).then(|| Box::new(update)))
}

fn error(kind: Option<String>, message: Option<String>) -> Option<CallError> {
    Some(CallError { kind: kind?, message: message.unwrap_or_default() })
}

pub(super) fn usage(reported: bool, counts: [Option<i64>; 3]) -> Option<Usage> {
    let [input_tokens, output_tokens, total_tokens] = counts.map(|count| count.map(i64::cast_unsigned));
    reported.then_some(Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() })
}

fn below(success: Option<i64>, error: Option<i64>) -> StatusCounts {
    let [success, error] = [success, error].map(|count| count.unwrap_or_default().cast_unsigned());
    StatusCounts { success, error }
}

/// Reads a row from left to right.
struct Columns<'a> {
    row: &'a Row<'a>,
    at: usize,
}

impl Columns<'_> {
    fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.at += 1;
        self.row.get(self.at - 1)
    }

    fn json<T: Default + for<'de> Deserialize<'de>>(&mut self) -> rusqlite::Result<T> {
        self.at += 1;
        json_column(self.row, self.at - 1)
    }
}

/// A column of JSON text; NULL is what is empty.
pub(super) fn json_column<T: Default + for<'de> Deserialize<'de>>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    let Some(json) = row.get::<_, Option<String>>(at)? else { return Ok(T::default()) };
    serde_json::from_str(&json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

/// An event as JSON. Not by serde on `Event` itself, whose form for users may change.
#[derive(Serialize, Deserialize)]
struct StoredEvent {
    name: String,
    at: i64,
    attributes: Map<String, Value>,
}

impl From<StoredEvent> for Event {
    fn from(event: StoredEvent) -> Self {
        Self { name: event.name, at: Timestamp(event.at).to_system_time(), attributes: event.attributes }
    }
}

fn events_text(events: &[Event]) -> rusqlite::Result<Option<String>> {
    if events.is_empty() {
        return Ok(None);
    }
    let events: Vec<StoredEvent> = events
        .iter()
        .map(|event| StoredEvent {
            name: event.name.clone(),
            at: Timestamp::from_system_time(event.at).0,
            attributes: event.attributes.clone(),
        })
        .collect();
    json_text(&events).map(Some)
}

pub(super) fn object_text(object: &Map<String, Value>) -> rusqlite::Result<Option<String>> {
    if object.is_empty() { Ok(None) } else { json_text(object).map(Some) }
}

pub(super) fn json_text(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) const fn from_id(id: CallId) -> i64 {
    id.to_int().cast_signed()
}

pub(super) const fn to_id(number: i64) -> CallId {
    CallId::from_int(number.cast_unsigned())
}

/// The number that stands for a status; schema.sql lists them.
pub(super) const fn status_code(status: Status) -> i64 {
    match status {
        Status::Running => 0,
        Status::Success => 1,
        Status::Error => 2,
        Status::Cancelled => 3,
        Status::Interrupted => 4,
    }
}

pub(super) fn status_of(code: i64) -> rusqlite::Result<Status> {
    const ALL: [Status; 5] = [Status::Running, Status::Success, Status::Error, Status::Cancelled, Status::Interrupted];
    ALL.into_iter()
        .find(|status| status_code(*status) == code)
        .ok_or_else(|| unknown(0, &code.to_string(), "status of a call"))
}

/// A value that no version of the schema so far has.
pub(super) fn unknown(column: usize, value: &str, what: &str) -> rusqlite::Error {
    let message = format!("{value:?} is not the {what}");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, message.into())
}
