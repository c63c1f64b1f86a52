//! From a record to what exporters take.

use std::borrow::Cow;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use serde_json::{Map, Value};

use super::attributes::flat;
use super::keys;
use crate::record::{CallRecord, Event as CallEvent, Kind, Status as CallStatus, TraceUpdate};

/// The instrumentation scope of our own calls.
const SCOPE: &str = "weave";

/// A call that has ended as a span.
pub(super) fn span_data(call: &CallRecord) -> SpanData {
    let (links, events): (Vec<_>, Vec<_>) = call.events().iter().partition(|event| linked(event).is_some());
    SpanData {
        span_context: context(call.trace_id.to_int().to_be_bytes(), call.id.to_int().to_be_bytes()),
        parent_span_id: SpanId::from_bytes(call.parent_id.map_or([0; 8], |id| id.to_int().to_be_bytes())),
        parent_span_is_remote: false,
        span_kind: span_kind(call),
        name: Cow::Owned(call.op_name().to_owned()),
        start_time: call.started_at(),
        end_time: call.ended_at().unwrap_or_else(|| call.started_at()),
        attributes: flat(attributes(call)),
        dropped_attributes_count: 0,
        events: span_events(call, &events),
        links: span_links(&links),
        status: status(call),
        instrumentation_scope: scope(call),
    }
}

fn context(trace: [u8; 16], span: [u8; 8]) -> SpanContext {
    let (trace, span) = (TraceId::from_bytes(trace), SpanId::from_bytes(span));
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE)
}

fn span_kind(call: &CallRecord) -> SpanKind {
    match (call.kind(), fact(call, keys::SPAN_KIND)) {
        (Kind::Llm, _) | (Kind::Span, Some("client")) => SpanKind::Client,
        (Kind::Span, Some("server")) => SpanKind::Server,
        (Kind::Span, Some("producer")) => SpanKind::Producer,
        (Kind::Span, Some("consumer")) => SpanKind::Consumer,
        _ => SpanKind::Internal,
    }
}

fn status(call: &CallRecord) -> Status {
    match call.status() {
        CallStatus::Error => Status::error(call.error().map(|error| error.message.clone()).unwrap_or_default()),
        _ => Status::Unset,
    }
}

/// Our own, and of a foreign span that which it came with.
fn scope(call: &CallRecord) -> InstrumentationScope {
    if call.kind() != Kind::Span {
        return InstrumentationScope::builder(SCOPE).with_version(env!("CARGO_PKG_VERSION")).build();
    }
    let builder = InstrumentationScope::builder(fact(call, keys::SCOPE_NAME).unwrap_or_default().to_owned());
    match fact(call, keys::SCOPE_VERSION) {
        Some(version) => builder.with_version(version.to_owned()).build(),
        None => builder.build(),
    }
}

/// What the processor noted of a foreign span.
fn fact<'a>(call: &'a CallRecord, key: &str) -> Option<&'a str> {
    call.span_attributes().get(key)?.as_str()
}

/// What the library knows of a call, then what the program said, which is stronger.
fn attributes(call: &CallRecord) -> Map<String, Value> {
    let mut attributes = Map::new();
    if let Some(thread) = call.thread_id() {
        attributes.insert(keys::CONVERSATION_ID.to_owned(), thread.into());
    }
    if call.kind() != Kind::Span {
        put_own(call, &mut |key, value| _ = attributes.insert(key.to_owned(), value));
    }
    for given in [call.attributes(), call.span_attributes()] {
        attributes.extend(given.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    if call.kind() == Kind::Span {
        // These have a place of their own.
        attributes.retain(|key, _| ![keys::SPAN_KIND, keys::SCOPE_NAME, keys::SCOPE_VERSION].contains(&key.as_str()));
    }
    attributes
}

fn put_own(call: &CallRecord, put: &mut impl FnMut(&str, Value)) {
    put(keys::WEAVE_KIND, call.kind().as_str().into());
    let json = "application/json";
    if call.inputs_json() != "{}" {
        put(keys::INPUT, call.inputs_json().into());
        put(keys::INPUT_TYPE, json.into());
    }
    if let Some(output) = call.output_json() {
        put(keys::OUTPUT, output.into());
        put(keys::OUTPUT_TYPE, json.into());
    }
    if let Some(name) = call.display_name() {
        put(keys::DISPLAY_NAME, name.into());
    }
    if let Some(error) = call.error() {
        put(keys::ERROR_TYPE, error.kind.as_str().into());
    }
    if call.status() == CallStatus::Cancelled {
        put(keys::CANCELLED, true.into());
    }
    if call.is_partial() {
        put(keys::PARTIAL, true.into());
    }
    if !call.summary_beside_counts().is_empty() {
        put(keys::SUMMARY, Value::Object(call.summary_beside_counts().clone()).to_string().into());
    }
    if let Some(trace) = call.trace_update() {
        put_trace(trace, put);
    }
    put_code(call, put);
    put_gen_ai(call, put);
}

/// What the call said of its trace.
fn put_trace(trace: &TraceUpdate, put: &mut impl FnMut(&str, Value)) {
    if let Some(name) = &trace.name {
        put(keys::TRACE_NAME, name.as_str().into());
    }
    if !trace.tags.is_empty() {
        put(keys::TRACE_TAGS, trace.tags.clone().into());
    }
    if !trace.metadata.is_empty() {
        put(keys::TRACE_METADATA, Value::Object(trace.metadata.clone()));
    }
}

/// Which version of which function it is, and where that stands, if it is one.
fn put_code(call: &CallRecord, put: &mut impl FnMut(&str, Value)) {
    let op = call.op();
    put(keys::OP_IDENTITY, op.identity().into());
    if let Some(digest) = op.digest() {
        put(keys::OP_DIGEST, digest.into());
    }
    if let (Some(module), Some(file), Some(line)) = (op.module(), op.file(), op.line()) {
        put(keys::FUNCTION_NAME, format!("{module}::{}", op.name()).into());
        put(keys::FILE_PATH, file.into());
        put(keys::LINE_NUMBER, line.into());
    }
}

/// What OpenTelemetry has words for of the work of agents.
fn put_gen_ai(call: &CallRecord, put: &mut impl FnMut(&str, Value)) {
    let operation = match call.kind() {
        Kind::Turn => Some("invoke_agent"),
        Kind::Llm => Some("chat"),
        Kind::Tool => Some("execute_tool"),
        _ => None,
    };
    if let Some(operation) = operation {
        put(keys::OPERATION_NAME, operation.into());
    }
    if call.kind() == Kind::Tool {
        put(keys::TOOL_NAME, call.op_name().into());
    }
    let Some(usage) = call.usage() else { return };
    for (key, count) in [(keys::INPUT_TOKENS, usage.input_tokens), (keys::OUTPUT_TOKENS, usage.output_tokens)] {
        if let Some(count) = count {
            put(key, count.into());
        }
    }
    if let Some(Value::Object(models)) = call.summary_beside_counts().get("usage")
        && let (Some(model), None) = (models.keys().next(), models.keys().nth(1))
    {
        put(keys::RESPONSE_MODEL, model.as_str().into());
    }
}

/// The events of a call, and one more for what it failed with.
fn span_events(call: &CallRecord, events: &[&CallEvent]) -> SpanEvents {
    let mut found = SpanEvents::default();
    for event in events {
        found.events.push(Event::new(event.name.clone(), event.at, flat(event.attributes.clone()), 0));
    }
    let told = events.iter().any(|event| event.name == keys::EXCEPTION);
    if let Some(error) = call.error().filter(|_| !told) {
        let details = [(keys::EXCEPTION_TYPE, &error.kind), (keys::EXCEPTION_MESSAGE, &error.message)];
        let details = details.map(|(key, value)| (key.to_owned(), Value::String(value.clone())));
        let at = call.ended_at().unwrap_or_else(|| call.started_at());
        found.events.push(Event::new(keys::EXCEPTION, at, flat(Map::from_iter(details)), 0));
    }
    found
}

fn span_links(events: &[&CallEvent]) -> SpanLinks {
    let mut links = SpanLinks::default();
    for event in events {
        let Some(context) = linked(event) else { continue };
        let attributes = event.attributes.iter().filter(|(key, _)| !matches!(key.as_str(), "trace_id" | "span_id"));
        let attributes = attributes.map(|(key, value)| (key.clone(), value.clone())).collect();
        links.links.push(Link::new(context, flat(attributes), 0));
    }
    links
}

/// What an event that stands for a link leads to.
fn linked(event: &CallEvent) -> Option<SpanContext> {
    let id = |key| event.attributes.get(key).and_then(Value::as_str);
    let is_link = event.name == CallEvent::LINK;
    let trace = TraceId::from_hex(id("trace_id").filter(|_| is_link)?).ok()?;
    let span = SpanId::from_hex(id("span_id")?).ok()?;
    Some(context(trace.to_bytes(), span.to_bytes()))
}
