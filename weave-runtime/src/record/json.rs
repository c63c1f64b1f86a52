//! A record as JSON for other programs.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::fmt::temporal::DateTimePrinter;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{CallError, CallRecord, Event, Kind, Op, Status, Timestamp, TraceUpdate, Usage};
use crate::genai::{Facts, Message};
use crate::id::{CallId, TraceId};

/// The form in which a call leaves as JSON: a key once here keeps its name and meaning, others may be added.
///
/// Ids are hexadecimal; times are RFC 3339 in UTC with microseconds; inputs and output are the recorded values, with the
/// bytes of [`Content`](crate::Content) in them, as base64; what a
/// call does not have is null, or empty. What a span of an agent has beside these is under `agent`: its conversation, agent and
/// model, the parameters of the request, and what is said in it. Made for `serde_json`: other formats do not know what to do with a value that is
/// JSON text already.
///
/// ```
/// #[weave::op]
/// fn half(n: u32) -> Result<u32, std::fmt::Error> {
///     if n % 2 == 0 { Ok(n / 2) } else { Err(std::fmt::Error) }
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| (half(4), half(3)));
///
/// let calls = serde_json::to_value(recorder.calls())?;
/// assert_eq!(calls[0]["op_name"], "half");
/// assert_eq!(calls[0]["op"]["digest"].as_str().map(str::len), Some(43));
/// assert_eq!(calls[0]["kind"], "op");
/// assert_eq!(calls[0]["status"], "success");
/// assert_eq!(calls[0]["inputs"], serde_json::json!({ "n": 4 }));
/// assert_eq!(calls[0]["output"], 2);
/// assert_eq!(calls[0]["exception"], serde_json::Value::Null);
/// assert_eq!(calls[1]["exception"]["type"], "core::fmt::Error");
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for CallRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form {
            id: self.id,
            trace_id: self.trace_id,
            parent_id: self.parent_id,
            op_name: self.op_name(),
            display_name: self.display_name(),
            kind: self.kind(),
            status: self.status,
            partial: self.partial,
            started_at: rfc3339(self.started_at),
            ended_at: self.ended_at.map(rfc3339),
            inputs: Json(self.with_all(self.text.inputs())),
            output: self.text.output().map(|output| Json(self.with_all(output))),
            exception: self.error(),
            attributes: self.attributes(),
            span_attributes: self.span_attributes(),
            summary: self.summary(),
            usage: self.usage().map(UsageForm::of),
            events: self.events().iter().map(EventForm::of).collect(),
            op: OpForm::of(self.op()),
            thread_id: self.thread_id(),
            turn_id: self.turn_id(),
            trace_update: self.trace_update(),
            agent: agent(self),
        };
        form.serialize(serializer)
    }
}

#[derive(Serialize)]
struct Form<'a> {
    id: CallId,
    trace_id: TraceId,
    parent_id: Option<CallId>,
    op_name: &'a str,
    display_name: Option<&'a str>,
    kind: Kind,
    status: Status,
    partial: bool,
    started_at: String,
    ended_at: Option<String>,
    inputs: Json<'a>,
    output: Option<Json<'a>>,
    exception: Option<&'a CallError>,
    attributes: &'a Map<String, Value>,
    span_attributes: &'a Map<String, Value>,
    summary: Map<String, Value>,
    usage: Option<UsageForm>,
    events: Vec<EventForm<'a>>,
    thread_id: Option<&'a str>,
    turn_id: Option<CallId>,
    trace_update: Option<&'a TraceUpdate>,
    op: OpForm<'a>,
    agent: Option<Facts>,
}

/// The facts of a span of an agent, with what is said in it, wherever that was recorded.
fn agent(call: &CallRecord) -> Option<Facts> {
    let mut facts = call.facts()?.clone();
    let (asked, answered) = match call.kind() {
        Kind::Llm => call.llm().map(|llm| (llm.input_messages, llm.output_messages)),
        Kind::Turn => call.turn().map(|turn| (turn.messages, turn.output_messages)),
        Kind::SubAgent => call.sub_agent().map(|agent| (agent.messages, agent.output_messages)),
        _ => None,
    }
    .unwrap_or_default();
    facts.input_messages = written(&asked).or(facts.input_messages);
    facts.output_messages = written(&answered).or(facts.output_messages);
    Some(facts)
}

fn written(messages: &[Message]) -> Option<Box<RawValue>> {
    if messages.is_empty() { None } else { serde_json::value::to_raw_value(messages).ok() }
}

#[derive(Serialize)]
struct UsageForm {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    total_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

impl UsageForm {
    fn of(usage: Usage) -> Self {
        Self {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            total_tokens: usage.total_tokens,
            cache_read_input_tokens: usage.cache_read_input_tokens,
            cache_creation_input_tokens: usage.cache_creation_input_tokens,
            reasoning_tokens: usage.reasoning_tokens,
        }
    }
}

#[derive(Serialize)]
struct OpForm<'a> {
    identity: &'a str,
    digest: Option<&'a str>,
    module: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
}

impl<'a> OpForm<'a> {
    fn of(op: &'a Op) -> Self {
        Self { identity: op.identity(), digest: op.digest(), module: op.module(), file: op.file(), line: op.line() }
    }
}

#[derive(Serialize)]
struct EventForm<'a> {
    name: &'a str,
    at: String,
    attributes: &'a Map<String, Value>,
}

impl<'a> EventForm<'a> {
    fn of(event: &'a Event) -> Self {
        let at = rfc3339(Timestamp::from_system_time(event.at));
        Self { name: &event.name, at, attributes: &event.attributes }
    }
}

/// A text that is JSON and stays as it is, with the order of its keys and all digits of its numbers. Where it is none
/// after all, it is a string.
struct Json<'a>(Cow<'a, str>);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<&RawValue>(&self.0) {
            Ok(value) => value.serialize(serializer),
            Err(_) => serializer.serialize_str(&self.0),
        }
    }
}

/// `2026-08-01T09:30:00.000000Z`; what is below a microsecond is left out.
pub(crate) fn rfc3339(time: Timestamp) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));
    // Every nanosecond that fits into 64 bits lies between the years 1677 and 2262, which jiff can say.
    PRINTER.timestamp_to_string(&jiff::Timestamp::from_nanosecond(time.0.into()).unwrap_or_default())
}
