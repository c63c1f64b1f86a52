//! One call as the bytes of a `ScopeSpans` with one span.

use std::borrow::Cow;

use super::attribute::attribute;
use super::ops;
use super::proto::{Open, bytes, fixed32, fixed64, length, number};
use crate::genai::Dialect;
use crate::id::{CallId, TraceId};
use crate::record::{CallRecord, Timestamp};
use crate::span::{Scalar, Scope, Span, SpanEvent, SpanKind, SpanLink};

/// `ScopeSpans.scope`, `.spans`; `InstrumentationScope.name`, `.version`.
pub(super) const SCOPE: u32 = 1;
const SPAN: u32 = 2;
const SCOPE_NAME: u32 = 1;
const SCOPE_VERSION: u32 = 2;

/// The fields of `Span`.
mod field {
    pub(super) const TRACE_ID: u32 = 1;
    pub(super) const SPAN_ID: u32 = 2;
    pub(super) const PARENT_SPAN_ID: u32 = 4;
    pub(super) const NAME: u32 = 5;
    pub(super) const KIND: u32 = 6;
    pub(super) const START: u32 = 7;
    pub(super) const END: u32 = 8;
    pub(super) const ATTRIBUTES: u32 = 9;
    pub(super) const DROPPED_ATTRIBUTES: u32 = 10;
    pub(super) const EVENTS: u32 = 11;
    pub(super) const DROPPED_EVENTS: u32 = 12;
    pub(super) const LINKS: u32 = 13;
    pub(super) const DROPPED_LINKS: u32 = 14;
    pub(super) const STATUS: u32 = 15;
    pub(super) const FLAGS: u32 = 16;
}

/// `Status.message`, `.code`, and the code of an error.
const MESSAGE: u32 = 2;
const CODE: u32 = 3;
const ERROR: u64 = 2;

/// That the span is sampled, and that it is known whether its parent is of another process: as OpenTelemetry's own exporter
/// says of all.
const FLAGS: u32 = 0x101;

/// Appends a call that has ended, below `parent`: the bytes of a `ScopeSpans`, of which [`request`](super::request) makes requests.
pub(crate) fn span(call: &CallRecord, dialect: Dialect, parent: Option<CallId>, into: &mut Vec<u8>) {
    // What the keys and the frame of most spans take.
    into.reserve(call.text.len() + 640);
    let span = Span::new(call, dialect);
    write_scope(into, span.scope());
    let open = Open::new(into, SPAN, 2);
    write_ids(into, span.trace_id(), span.id());
    if let Some(parent) = parent {
        bytes(into, field::PARENT_SPAN_ID, &parent.to_int().to_be_bytes());
    }
    bytes(into, field::NAME, span.name().as_bytes());
    number(into, field::KIND, kind(span.kind()));
    fixed64(into, field::START, nanos(span.started_at()));
    fixed64(into, field::END, nanos(span.ended_at()));
    write_all_attributes(into, &span, dialect);
    span.events().iter().for_each(|event| write_event(into, event));
    span.links().iter().for_each(|link| write_link(into, link));
    let dropped = span.dropped();
    number(into, field::DROPPED_ATTRIBUTES, dropped.attributes.into());
    number(into, field::DROPPED_EVENTS, dropped.events.into());
    number(into, field::DROPPED_LINKS, dropped.links.into());
    write_status(into, span.failure());
    fixed32(into, field::FLAGS, FLAGS);
    open.close(into);
}

/// What is said of the op is written once, and copied for its other calls.
fn write_all_attributes(into: &mut Vec<u8>, span: &Span<'_>, dialect: Dialect) {
    let write = |into: &mut Vec<u8>, key: &str, value: &Scalar<'_>| attribute(into, field::ATTRIBUTES, key, value);
    match span.lasting_op().filter(|_| span.are_apart()) {
        Some(op) => {
            ops::copy(op, dialect, into, |into| span.each_of_op(&mut |key, value| write(into, key, &value)));
            span.each_of_call(&mut |key, value| write(into, key, &value));
        }
        None => span.each_attribute(&mut |key, value| write(into, key, &value)),
    }
}

fn write_scope(into: &mut Vec<u8>, scope: Scope<'_>) {
    let open = Open::new(into, SCOPE, 1);
    bytes(into, SCOPE_NAME, scope.name.as_bytes());
    if let Some(version) = scope.version {
        bytes(into, SCOPE_VERSION, version.as_bytes());
    }
    open.close(into);
}

/// Of a span and of a link.
fn write_ids(into: &mut Vec<u8>, trace: TraceId, span: CallId) {
    bytes(into, field::TRACE_ID, &trace.to_int().to_be_bytes());
    bytes(into, field::SPAN_ID, &span.to_int().to_be_bytes());
}

fn write_event(into: &mut Vec<u8>, event: &SpanEvent<'_>) {
    let open = Open::new(into, field::EVENTS, 2);
    fixed64(into, 1, nanos(event.at));
    bytes(into, 2, event.name.as_bytes());
    write_attributes(into, 3, &event.attributes);
    open.close(into);
}

fn write_link(into: &mut Vec<u8>, link: &SpanLink<'_>) {
    let open = Open::new(into, field::LINKS, 1);
    write_ids(into, link.trace_id, link.span_id);
    write_attributes(into, 4, &link.attributes);
    fixed32(into, 6, FLAGS);
    open.close(into);
}

fn write_attributes(into: &mut Vec<u8>, field: u32, attributes: &[(Cow<'_, str>, Scalar<'_>)]) {
    attributes.iter().for_each(|(key, value)| attribute(into, field, key, value));
}

/// Always there, as readers expect; empty where nothing failed.
fn write_status(into: &mut Vec<u8>, failure: Option<&str>) {
    let Some(message) = failure else { return length(into, field::STATUS, 0) };
    let open = Open::new(into, field::STATUS, 2);
    bytes(into, MESSAGE, message.as_bytes());
    number(into, CODE, ERROR);
    open.close(into);
}

const fn kind(kind: SpanKind) -> u64 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

/// Before 1970 there were no spans.
fn nanos(time: Timestamp) -> u64 {
    time.0.try_into().unwrap_or(0)
}
