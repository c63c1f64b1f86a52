//! From a call as a span to what exporters take.

use std::borrow::Cow;

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{Array, InstrumentationScope, KeyValue, StringValue, Value as OtelValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::genai::Dialect;
use crate::id;
use crate::record::CallRecord;
use crate::span::{Scalar, Span, SpanKind};

/// A call that has ended as a span.
pub(crate) fn span_data(call: &CallRecord, dialect: Dialect) -> SpanData {
    let span = Span::new(call, dialect);
    let dropped = span.dropped();
    let mut attributes = Vec::new();
    span.each_attribute(&mut |key, value| attributes.push(key_value(key.to_owned(), value)));
    SpanData {
        span_context: context(span.trace_id(), span.id()),
        parent_span_id: SpanId::from_bytes(call.parent_id().map_or([0; 8], |id| id.to_int().to_be_bytes())),
        parent_span_is_remote: false,
        span_kind: kind(span.kind()),
        name: Cow::Owned(span.name().into_owned()),
        start_time: span.started_at().to_system_time(),
        end_time: span.ended_at().to_system_time(),
        attributes,
        dropped_attributes_count: dropped.attributes,
        events: events(&span, dropped.events),
        links: links(&span, dropped.links),
        status: span.failure().map_or(Status::Unset, |message| Status::error(message.to_owned())),
        instrumentation_scope: scope(&span),
    }
}

fn context(trace: id::TraceId, span: id::CallId) -> SpanContext {
    let trace = TraceId::from_bytes(trace.to_int().to_be_bytes());
    let span = SpanId::from_bytes(span.to_int().to_be_bytes());
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE)
}

fn kind(kind: SpanKind) -> opentelemetry::trace::SpanKind {
    use opentelemetry::trace::SpanKind as Theirs;
    match kind {
        SpanKind::Internal => Theirs::Internal,
        SpanKind::Client => Theirs::Client,
        SpanKind::Server => Theirs::Server,
        SpanKind::Producer => Theirs::Producer,
        SpanKind::Consumer => Theirs::Consumer,
    }
}

fn scope(span: &Span<'_>) -> InstrumentationScope {
    let scope = span.scope();
    let builder = InstrumentationScope::builder(scope.name.to_owned());
    match scope.version {
        Some(version) => builder.with_version(version.to_owned()).build(),
        None => builder.build(),
    }
}

fn events(span: &Span<'_>, dropped: u32) -> SpanEvents {
    let events = span.events().into_iter();
    let mut found = SpanEvents::default();
    found.dropped_count = dropped;
    found.events = events
        .map(|event| Event::new(event.name.to_owned(), event.at.to_system_time(), key_values(event.attributes), 0))
        .collect();
    found
}

fn links(span: &Span<'_>, dropped: u32) -> SpanLinks {
    let links = span.links().into_iter();
    let mut found = SpanLinks::default();
    found.dropped_count = dropped;
    found.links =
        links.map(|link| Link::new(context(link.trace_id, link.span_id), key_values(link.attributes), 0)).collect();
    found
}

fn key_values(attributes: Vec<(Cow<'_, str>, Scalar<'_>)>) -> Vec<KeyValue> {
    attributes.into_iter().map(|(key, value)| key_value(key.into_owned(), value)).collect()
}

fn key_value(key: String, value: Scalar<'_>) -> KeyValue {
    let text = |text: Cow<'_, str>| StringValue::from(text.into_owned());
    let value = match value {
        Scalar::Bool(value) => OtelValue::Bool(value),
        Scalar::Int(value) => OtelValue::I64(value),
        Scalar::Float(value) => OtelValue::F64(value),
        Scalar::Text(value) => OtelValue::String(text(value)),
        Scalar::Bools(values) => OtelValue::Array(Array::Bool(values)),
        Scalar::Ints(values) => OtelValue::Array(Array::I64(values)),
        Scalar::Floats(values) => OtelValue::Array(Array::F64(values)),
        Scalar::Texts(values) => OtelValue::Array(Array::String(values.into_iter().map(text).collect())),
    };
    KeyValue::new(key, value)
}
