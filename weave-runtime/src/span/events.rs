//! What happened during a call as events and links of a span.

use std::borrow::Cow;

use serde_json::Value;

use super::attributes::Attributes;
use super::{Scalar, keys};
use crate::id::{CallId, TraceId};
use crate::record::{CallError, CallRecord, Event, Kind, Timestamp};

/// The attributes of an event or a link.
type Pairs<'a> = Vec<(Cow<'a, str>, Scalar<'a>)>;

/// Something that happened at one moment.
#[derive(Clone, Debug)]
pub(crate) struct SpanEvent<'a> {
    pub(crate) name: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) attributes: Pairs<'a>,
}

/// Another span, and what it has to do with this one.
#[derive(Clone, Debug)]
pub(crate) struct SpanLink<'a> {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: CallId,
    pub(crate) attributes: Pairs<'a>,
}

/// The events of a call, and one more for what it failed with, unless one tells of that.
pub(super) fn events(call: &CallRecord) -> Vec<SpanEvent<'_>> {
    let told = || call.events().iter().filter(|event| linked(event).is_none());
    let mut events: Vec<_> = told().map(span_event).collect();
    // A foreign span may tell it in other words.
    let tells = |event: &Event, error: &CallError| {
        let is_same = || event.attributes.get(keys::EXCEPTION_MESSAGE).is_some_and(|told| *told == error.message);
        event.name == keys::EXCEPTION && (call.kind() == Kind::Span || is_same())
    };
    if let Some(error) = call.error().filter(|error| !told().any(|event| tells(event, error))) {
        let details = [(keys::EXCEPTION_MESSAGE, &error.message), (keys::EXCEPTION_TYPE, &error.kind)];
        let attributes = details.map(|(key, text)| (Cow::Borrowed(key), text.as_str().into())).into();
        let at = call.ended_at.unwrap_or(call.started_at);
        events.push(SpanEvent { name: keys::EXCEPTION, at, attributes });
    }
    events
}

fn span_event(event: &Event) -> SpanEvent<'_> {
    let attributes = Attributes::flat(event.attributes.iter()).into_iter().collect();
    SpanEvent { name: &event.name, at: Timestamp::from_system_time(event.at), attributes }
}

/// The links that a call was given, and of a turn one to the call that it was started in.
pub(super) fn links(call: &CallRecord) -> Vec<SpanLink<'_>> {
    let invoker = call.facts().and_then(|facts| facts.invoker).filter(|_| call.parent_id().is_none());
    let invoker =
        invoker.map(|invoker| SpanLink { trace_id: invoker.trace_id, span_id: invoker.id, attributes: Vec::new() });
    let given = call.events().iter().filter_map(|event| {
        let (trace_id, span_id) = linked(event)?;
        let others = event.attributes.iter().filter(|(key, _)| !matches!(key.as_str(), "trace_id" | "span_id"));
        Some(SpanLink { trace_id, span_id, attributes: Attributes::flat(others).into_iter().collect() })
    });
    invoker.into_iter().chain(given).collect()
}

/// What an event that stands for a link leads to.
fn linked(event: &Event) -> Option<(TraceId, CallId)> {
    let id = |key| event.attributes.get(key).and_then(Value::as_str);
    let trace = id("trace_id").filter(|_| event.name == Event::LINK)?;
    Some((TraceId::from_int(number(trace)?), CallId::from_int(number(id("span_id")?)?.try_into().ok()?)))
}

/// As OpenTelemetry reads ids, which takes those that are all zeros.
fn number(hex: &str) -> Option<u128> {
    u128::from_str_radix(hex, 16).ok()
}
