//! What a span costs to write, beside what OpenTelemetry's own crates take for the same. `scripts/measure-otlp` runs it.

use std::hint::black_box;
use std::time::Instant;

use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use prost::Message;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use super::ExportTraceServiceRequest;
use crate::genai::{Dialect, Facts};
use crate::otel::span_data::span_data;
use crate::otlp::encode::{request, resource, span};
use crate::record::tests::any::annotated;
use crate::record::{CallRecord, Details, Kind, Usage};
use crate::tree::sample::Sample;

/// As many go into a request.
const BATCH: usize = 512;

/// An op with two small inputs.
fn op() -> CallRecord {
    let call = Sample::new(7, "price").below(6).inputs(r#"{"city":"Rome","days":3}"#).output(r#""Rome""#).call();
    CallRecord { op: annotated(Kind::Op), ..call }
}

/// The same, with what a program says of its calls.
fn op_with_attributes() -> CallRecord {
    let Value::Object(attributes) = json!({ "env": "production", "tenant": { "name": "acme", "tier": 2 } }) else {
        unreachable!()
    };
    CallRecord { details: Some(Box::new(Details { attributes, ..Details::default() })), ..op() }
}

/// The call of a model with a question and an answer.
fn llm() -> CallRecord {
    let said = |text: &str, role: &str| {
        let parts = json!([{ "type": "text", "content": text }]);
        to_raw_value(&json!([{ "role": role, "parts": parts }])).ok()
    };
    let facts = Facts {
        conversation_id: Some("chat-1".to_owned()),
        model: Some("gpt-4o".to_owned()),
        provider: Some("openai".to_owned()),
        input_messages: said("What is the weather in Rome over the next three days?", "user"),
        output_messages: said("It is 21 °C in Rome today, and it stays so until Friday.", "assistant"),
        ..Facts::default()
    };
    let details = Details { agent: Some(Box::new(facts)), usage: Some(Usage::new(900, 70)), ..Details::default() };
    CallRecord { op: annotated(Kind::Llm), details: Some(Box::new(details)), ..op() }
}

fn ours(calls: &[CallRecord]) -> usize {
    let items = calls.iter().map(|call| {
        let mut bytes = Vec::new();
        span(call, Dialect::OpenTelemetry, call.parent_id(), &mut bytes);
        bytes
    });
    let items: Vec<Vec<u8>> = items.collect();
    request(&resource(&[]), items.iter().map(Vec::as_slice)).len()
}

fn theirs(calls: &[CallRecord]) -> usize {
    let spans = calls.iter().map(|call| span_data(call, Dialect::OpenTelemetry)).collect();
    let resource = ResourceAttributesWithSchema::default();
    let resource_spans = group_spans_by_resource_and_scope(spans, &resource);
    ExportTraceServiceRequest { resource_spans }.encode_to_vec().len()
}

#[test]
#[ignore = "it measures; run it in release"]
fn the_cost_of_a_span() {
    let shapes = [("op", op()), ("op with attributes", op_with_attributes()), ("llm", llm())];
    let ways = [("ours", ours as fn(&[CallRecord]) -> usize), ("opentelemetry", theirs)];
    let wanted = |name: &str, variable| std::env::var(variable).is_ok_and(|only| only != name);
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    for (name, call) in shapes.into_iter().filter(|(name, _)| !wanted(name, "SHAPE")) {
        let calls = vec![call; BATCH];
        for (way, encode) in ways.into_iter().filter(|(name, _)| !wanted(name, "WAY")) {
            let bytes = encode(&calls) / BATCH;
            let begun = Instant::now();
            let counted = allocation_counter::measure(|| {
                for _ in 0..rounds {
                    black_box(encode(black_box(&calls)));
                }
            });
            let spans = rounds * BATCH;
            let nanos = begun.elapsed().as_nanos() as f64 / spans as f64;
            let allocations = counted.count_total as f64 / spans as f64;
            println!("{name:20} {way:14} {nanos:6.0} ns, {allocations:5.1} allocations, {bytes} bytes");
        }
    }
}
