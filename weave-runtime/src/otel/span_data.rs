//! From a record to what exporters take.

use std::borrow::Cow;

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use serde_json::{Map, Value};

use super::attributes::{Attributes, Strength, flat};
use super::keys;
use crate::genai::{self, Dialect, keys as words};
use crate::record::{CallError, CallRecord, Event as CallEvent, Kind, Status as CallStatus, TraceUpdate};

/// The instrumentation scope of our own calls.
const SCOPE: &str = "weave";

/// A call that has ended as a span.
pub(super) fn span_data(call: &CallRecord, dialect: Dialect) -> SpanData {
    let (links, events): (Vec<_>, Vec<_>) = call.events().iter().partition(|event| linked(event).is_some());
    SpanData {
        span_context: context(call.trace_id.to_int().to_be_bytes(), call.id.to_int().to_be_bytes()),
        parent_span_id: SpanId::from_bytes(call.parent_id.map_or([0; 8], |id| id.to_int().to_be_bytes())),
        parent_span_is_remote: false,
        span_kind: span_kind(call),
        name: Cow::Owned(genai::attributes::span_name(call).unwrap_or_else(|| call.op_name().to_owned())),
        start_time: call.started_at(),
        end_time: call.ended_at().unwrap_or_else(|| call.started_at()),
        attributes: attributes(call, dialect),
        dropped_attributes_count: 0,
        events: span_events(call, &events),
        links: span_links(call, &links),
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

/// What the library knows of a call, and what the program said. What an agent did is known best by the library, the rest by the
/// program.
fn attributes(call: &CallRecord, dialect: Dialect) -> Vec<KeyValue> {
    let mut attributes = Attributes::default();
    if let Some(thread) = call.thread_id() {
        attributes.add_own(words::CONVERSATION_ID, thread.into(), Strength::Default);
    }
    let is_foreign = call.kind() == Kind::Span;
    if !is_foreign {
        put_own(call, dialect, &mut |key, value| attributes.add_own(key, value, Strength::Default));
        let strength = if call.kind().is_agent() { Strength::Settled } else { Strength::Default };
        genai::attributes::put(call, dialect, |key, value| attributes.add_own(key, value, strength));
    }
    for given in [call.span_attributes(), call.attributes()] {
        let mut given = given.clone();
        if is_foreign {
            // These have a place of their own.
            given.retain(|key, _| ![keys::SPAN_KIND, keys::SCOPE_NAME, keys::SCOPE_VERSION].contains(&key.as_str()));
        }
        attributes.add_given(given);
    }
    if let Some(trace) = call.trace_update() {
        let metadata = Value::Object(trace.metadata.clone());
        attributes.add_given(Map::from_iter([(keys::TRACE_METADATA.to_owned(), metadata)]));
    }
    attributes.into_key_values()
}

fn put_own(call: &CallRecord, dialect: Dialect, put: &mut impl FnMut(&str, Value)) {
    put(keys::WEAVE_KIND, call.kind().as_str().into());
    put_values(call, put);
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
    if dialect == Dialect::Weave {
        put(keys::CLIENT_VERSION, env!("CARGO_PKG_VERSION").into());
        put(keys::SOURCE, "rust-sdk".into());
    }
    put_code(call, put);
    put_response_model(call, put);
}

/// Inputs and output. Those of a tool are what it was called with, which has keys of its own.
fn put_values(call: &CallRecord, put: &mut impl FnMut(&str, Value)) {
    if call.kind() == Kind::Tool {
        return;
    }
    let json = "application/json";
    if call.inputs_json() != "{}" {
        put(keys::INPUT, call.inputs_json().into());
        put(keys::INPUT_TYPE, json.into());
    }
    if let Some(output) = call.output_json() {
        put(keys::OUTPUT, output.into());
        put(keys::OUTPUT_TYPE, json.into());
    }
}

/// What the call said of its trace.
fn put_trace(trace: &TraceUpdate, put: &mut impl FnMut(&str, Value)) {
    if let Some(name) = &trace.name {
        put(keys::TRACE_NAME, name.as_str().into());
    }
    if !trace.tags.is_empty() {
        put(keys::TRACE_TAGS, trace.tags.clone().into());
    }
}

/// Which version of which function it is, and where that stands, if it is one.
fn put_code(call: &CallRecord, put: &mut impl FnMut(&str, Value)) {
    let op = call.op();
    if op.module().is_none() && call.kind().is_agent() {
        return;
    }
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

/// The model that answered, where the call's own output or all that is below it tell of one. Calls of agents say it
/// themselves.
fn put_response_model(call: &CallRecord, put: &mut impl FnMut(&str, Value)) {
    if call.usage().is_some()
        && !call.kind().is_agent()
        && let Some(Value::Object(models)) = call.summary_beside_counts().get("usage")
        && let (Some(model), None) = (models.keys().next(), models.keys().nth(1))
    {
        put(words::RESPONSE_MODEL, model.as_str().into());
    }
}

/// The events of a call, and one more for what it failed with, unless one tells of that.
fn span_events(call: &CallRecord, events: &[&CallEvent]) -> SpanEvents {
    let mut found = SpanEvents::default();
    for event in events {
        found.events.push(Event::new(event.name.clone(), event.at, flat(event.attributes.clone()), 0));
    }
    // A foreign span may tell it in other words.
    let tells = |event: &CallEvent, error: &CallError| {
        let is_same = || event.attributes.get(keys::EXCEPTION_MESSAGE).is_some_and(|told| *told == error.message);
        event.name == keys::EXCEPTION && (call.kind() == Kind::Span || is_same())
    };
    if let Some(error) = call.error().filter(|error| !events.iter().any(|event| tells(event, error))) {
        let details = [(keys::EXCEPTION_TYPE, &error.kind), (keys::EXCEPTION_MESSAGE, &error.message)];
        let details = details.map(|(key, value)| (key.to_owned(), Value::String(value.clone())));
        let at = call.ended_at().unwrap_or_else(|| call.started_at());
        found.events.push(Event::new(keys::EXCEPTION, at, flat(Map::from_iter(details)), 0));
    }
    found
}

/// The links that a call was given, and of a turn one to the call that it was started in.
fn span_links(call: &CallRecord, events: &[&CallEvent]) -> SpanLinks {
    let mut links = SpanLinks::default();
    if let Some(invoker) = call.facts().and_then(|facts| facts.invoker).filter(|_| call.parent_id().is_none()) {
        let invoker = context(invoker.trace_id.to_int().to_be_bytes(), invoker.id.to_int().to_be_bytes());
        links.links.push(Link::new(invoker, Vec::new(), 0));
    }
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
