use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::{ScopeSpans, Span};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use serde_json::{Value, json};

use crate::genai::Dialect;
use crate::net::{put_varint, read_varint};
use crate::otel::span_data::span_data;
use crate::otlp::encode::proto::{Open, varint_len};
use crate::otlp::encode::{request, resource, span};
use crate::record::CallRecord;
use crate::record::tests::any::{any_span, object};

fn encoded(call: &CallRecord, dialect: Dialect) -> Vec<u8> {
    let mut bytes = Vec::new();
    span(call, dialect, call.parent_id(), &mut bytes);
    bytes
}

fn decoded(bytes: &[u8]) -> ScopeSpans {
    ScopeSpans::decode(bytes).unwrap()
}

/// What OpenTelemetry's own crate makes of a call.
fn theirs(call: &CallRecord, dialect: Dialect) -> ScopeSpans {
    let data = span_data(call, dialect);
    let scope = InstrumentationScope::from((&data.instrumentation_scope, None));
    ScopeSpans { scope: Some(scope), spans: vec![Span::from(data)], schema_url: String::new() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_what_opentelemetry_would_write(call in any_span(), weave in any::<bool>()) {
        let dialect = if weave { Dialect::Weave } else { Dialect::OpenTelemetry };
        let bytes = encoded(&call, dialect);
        prop_assert_eq!(decoded(&bytes), theirs(&call, dialect));
    }

    #[test]
    fn a_request_has_every_span_in_order(calls in vec(any_span(), 0..12), about in object()) {
        let items: Vec<_> = calls.iter().map(|call| encoded(call, Dialect::OpenTelemetry)).collect();
        let about: Vec<_> = about.into_iter().collect();
        let bytes = request(&resource(&about), items.iter().map(Vec::as_slice));
        let mut found = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
        prop_assert_eq!(found.resource_spans.len(), 1);
        let found = found.resource_spans.remove(0);
        let said = about.iter().filter(|(_, value)| !value.is_null()).count();
        prop_assert_eq!(found.resource.unwrap().attributes.len(), said);
        let scopes = found.scope_spans.chunk_by(|one, next| one.scope == next.scope);
        prop_assert!(scopes.into_iter().all(|same| same.len() == 1), "a scope is told once for spans in a row");
        let spans: Vec<Span> = found.scope_spans.into_iter().flat_map(|scope| scope.spans).collect();
        let expected: Vec<Span> = items.iter().flat_map(|item| decoded(item).spans).collect();
        prop_assert_eq!(spans, expected);
    }

    #[test]
    fn bytes_that_are_no_span_do_no_harm(items in vec(vec(any::<u8>(), 0..20), 0..4)) {
        let bytes = request(&resource(&[]), items.iter().map(Vec::as_slice));
        prop_assert!(bytes.len() > items.iter().map(Vec::len).sum());
    }

    #[test]
    fn numbers_are_read_as_they_were_written(value in any::<u64>(), shift in 0..64) {
        let (value, mut bytes) = (value >> shift, Vec::new());
        put_varint(&mut bytes, value);
        prop_assert_eq!(bytes.len(), varint_len(value));
        prop_assert_eq!(read_varint(&bytes), Some((value, &[][..])));
        bytes.pop();
        prop_assert_eq!(read_varint(&bytes), None);
    }
}

#[test]
fn a_length_fits_whatever_room_was_left_for_it() {
    for length in [0, 1, 127, 128, 16_383, 16_384, 2_097_152] {
        for room in 1..5 {
            let (mut bytes, mut expected) = (vec![9], vec![9, 1 << 3 | 2]);
            let open = Open::new(&mut bytes, 1, room);
            bytes.resize(bytes.len() + length, 7);
            open.close(&mut bytes);
            put_varint(&mut expected, length as u64);
            expected.resize(expected.len() + length, 7);
            assert!(bytes == expected, "{length} bytes with room for {room}");
        }
    }
}

#[test]
fn a_resource_tells_an_object_as_json() {
    let about = [("a".to_owned(), json!({ "b": 1 })), ("none".to_owned(), Value::Null)];
    let bytes = request(&resource(&about), []);
    let found = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
    let attributes = &found.resource_spans[0].resource.as_ref().unwrap().attributes;
    assert_eq!(attributes.len(), 1);
    assert_eq!(attributes[0].value.as_ref().unwrap().value, Some(Any::StringValue(r#"{"b":1}"#.to_owned())));
}
