//! Spans of both SDKs in one form: trees, texts of JSON read, without ids and times.

use std::time::SystemTime;

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry::{Array, KeyValue, StringValue, Value as OtelValue};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use serde_json::{Map, Value, json};
use weave::otel::Dialect;
use weave::testing::Recorder;
use weave::{CallRecord, Sink};

use super::differences::DIFFERENCES;

/// What is text of JSON, whose spelling does not matter to who reads it.
const TEXTS_OF_JSON: [&str; 6] = [
    "gen_ai.system_instructions",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.tool.definitions",
];

/// What Weave is sent of these calls.
pub(super) fn exported(calls: &[CallRecord]) -> Vec<SpanData> {
    let backend = InMemorySpanExporter::default();
    let mut sink = weave::otel::exporter(backend.clone()).dialect(Dialect::Weave);
    sink.export(calls).unwrap();
    backend.get_finished_spans().unwrap()
}

/// Holds what was recorded to what Python sent in the same scenario, apart from the differences that are told of.
pub(super) fn assert_same(recorder: &Recorder, fixture: &str) {
    let spans = exported(&recorder.calls());
    let (python, rust) = (of_python(fixture), of_rust(&spans));
    assert_same_spans(&python, &rust, "");
}

fn assert_same_spans(python: &[Value], rust: &[Value], path: &str) {
    for (python, rust) in python.iter().zip(rust) {
        let path = format!("{path} / {}", python["name"].as_str().unwrap());
        let (mut python, mut rust) = (python.clone(), rust.clone());
        let inner = [&mut python, &mut rust].map(|span| span.as_object_mut().unwrap().remove("spans").unwrap());
        for difference in DIFFERENCES {
            (difference.settle)(&mut python, &mut rust);
        }
        assert_eq!(rust, python, "rust and python at{path}");
        assert_same_spans(inner[0].as_array().unwrap(), inner[1].as_array().unwrap(), &path);
    }
    let names = |spans: &[Value]| spans.iter().map(|span| span["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(rust), names(python), "rust and python at{path}");
}

/// The spans of agents as trees. Ops between them are passed over: in Python they are no spans.
pub(super) fn of_rust(spans: &[SpanData]) -> Vec<Value> {
    let mut spans: Vec<&SpanData> = spans.iter().collect();
    spans.sort_by_key(|span| span.start_time);
    let agents: Vec<_> = spans.iter().filter(|span| is_of_agent(span)).copied().collect();
    let roots = agents.iter().filter(|span| agent_above(&spans, span).is_none());
    roots.map(|root| tree(&spans, &agents, root)).collect()
}

fn tree(spans: &[&SpanData], agents: &[&SpanData], span: &SpanData) -> Value {
    let own = Some(span.span_context.span_id());
    let inner = agents.iter().filter(|other| agent_above(spans, other) == own);
    let inner: Vec<Value> = inner.map(|inner| tree(spans, agents, inner)).collect();
    assert!(
        agents
            .iter()
            .filter(|other| agent_above(spans, other) == own)
            .all(|other| { other.span_context.trace_id() == span.span_context.trace_id() })
    );
    let (code, message) = match &span.status {
        Status::Unset => ("UNSET", ""),
        Status::Ok => ("OK", ""),
        Status::Error { description } => ("ERROR", description.as_ref()),
    };
    let event = |event: &opentelemetry::trace::Event| json!({ "name": event.name, "attributes": attributes(&event.attributes) });
    json!({
        "name": span.name,
        "kind": if span.span_kind == SpanKind::Client { "CLIENT" } else { "INTERNAL" },
        "scope": span.instrumentation_scope.name(),
        "status": { "code": code, "message": message },
        "attributes": attributes(&span.attributes),
        "events": span.events.iter().map(event).collect::<Vec<_>>(),
        "links": span.links.len(),
        "seconds": seconds(span.start_time, span.end_time),
        "spans": inner,
    })
}

fn is_of_agent(span: &SpanData) -> bool {
    span.attributes.iter().any(|attribute| attribute.key.as_str() == "gen_ai.operation.name")
}

fn agent_above(spans: &[&SpanData], span: &SpanData) -> Option<SpanId> {
    let above = spans.iter().find(|other| other.span_context.span_id() == span.parent_span_id)?;
    if is_of_agent(above) { Some(above.span_context.span_id()) } else { agent_above(spans, above) }
}

fn seconds(start: SystemTime, end: SystemTime) -> u64 {
    end.duration_since(start).unwrap().as_secs()
}

fn attributes(attributes: &[KeyValue]) -> Map<String, Value> {
    let attributes = attributes.iter().map(|attribute| (attribute.key.to_string(), value(&attribute.value)));
    read_texts(attributes.collect())
}

fn value(value: &OtelValue) -> Value {
    match value {
        OtelValue::Bool(value) => json!(value),
        OtelValue::I64(value) => json!(value),
        OtelValue::F64(value) => json!(value),
        OtelValue::Array(Array::String(items)) => items.iter().map(StringValue::as_str).collect(),
        OtelValue::Array(Array::I64(items)) => json!(items),
        OtelValue::Array(Array::F64(items)) => json!(items),
        OtelValue::Array(Array::Bool(items)) => json!(items),
        other => json!(other.as_str()),
    }
}

fn read_texts(mut attributes: Map<String, Value>) -> Map<String, Value> {
    for key in TEXTS_OF_JSON {
        if let Some(text) = attributes.get_mut(key)
            && let Ok(read) = serde_json::from_str(text.as_str().unwrap())
        {
            *text = read;
        }
    }
    attributes
}

fn of_python(fixture: &str) -> Vec<Value> {
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let spans = fixture["spans"].as_array().unwrap();
    spans.iter().filter(|span| span["parent"].is_null()).map(|root| python_tree(spans, root)).collect()
}

fn python_tree(spans: &[Value], span: &Value) -> Value {
    let inner = spans.iter().filter(|other| other["parent"] == span["id"]);
    let inner: Vec<Value> = inner.map(|inner| python_tree(spans, inner)).collect();
    json!({
        "name": span["name"],
        "kind": span["kind"],
        "scope": span["scope"],
        "status": span["status"],
        "attributes": read_texts(span["attributes"].as_object().unwrap().clone()),
        "events": span["events"],
        "links": span["links"].as_array().unwrap().len(),
        "seconds": span["duration_s"],
        "spans": inner,
    })
}
