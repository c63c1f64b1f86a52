//! OpenTelemetry's own exporters as sinks: what they send is what the library's own destination sends.

use std::collections::BTreeMap;
use std::time::Duration;

use fake_backend::{Answer, Backend};
use opentelemetry::trace::{Link, Span as _, SpanContext, SpanKind, Tracer, TracerProvider};
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanLimits};
use prost::Message;
use serde_json::json;

use crate::grpc::{Service, serve};
use crate::turn::{decoded, double, turn};

#[weave::op]
fn odd(text: String) -> Result<(), String> {
    let call = weave::current_call();
    call.set_attribute("numbers", json!({"big": u64::MAX, "small": i64::MIN, "float": -0.0, "tiny": 5e-324}));
    call.set_attribute(
        "lists",
        json!({"none": [], "mixed": [1, "a", null, [2]], "floats": [1, 2.5], "big": [u64::MAX, 1]}),
    );
    call.set_attribute("nothing", json!({"null": null, "object": {}, "text": ""}));
    call.set_attribute("control \u{0}\n\u{1b}", "\u{0}\r\u{7f}\u{fffd}");
    call.set_attribute("input", "beside input.value");
    call.add_event("", json!({"": "no key", "a": {"b": [true, false]}}));
    call.add_event(
        "link",
        json!({"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331", "why": 1}),
    );
    if text.is_empty() { Err("\u{0}no text".to_owned()) } else { Ok(()) }
}

#[weave::turn]
fn talk(said: &str) -> String {
    weave::start_call("").finish(());
    said.to_uppercase()
}

/// A span of somebody else, with all that one may have.
fn foreign(provider: &SdkTracerProvider) {
    let mut span = provider
        .tracer("")
        .span_builder("GET /")
        .with_kind(SpanKind::Server)
        .with_attributes([
            KeyValue::new("not", f64::NAN),
            KeyValue::new("list", Value::Array(Array::F64(vec![1.5, 2.0]))),
            KeyValue::new("third", 3),
        ])
        .with_links(vec![Link::new(SpanContext::empty_context(), vec![KeyValue::new("k", "v")], 0)])
        .start(&provider.tracer("http"));
    span.add_event("one", vec![KeyValue::new("a", 1)]);
    span.add_event("two", vec![]);
    span.set_status(opentelemetry::trace::Status::error("gone"));
    span.end();
}

/// By id, with what has no order put in one.
fn by_id(resources: impl IntoIterator<Item = ResourceSpans>) -> BTreeMap<Vec<u8>, (String, Span)> {
    let mut spans = BTreeMap::new();
    for scope in resources.into_iter().flat_map(|resource| resource.scope_spans) {
        let about = scope.scope.map(|scope| format!("{} {}", scope.name, scope.version)).unwrap_or_default();
        for mut span in scope.spans {
            span.attributes.sort_by(|one, other| one.key.cmp(&other.key));
            let before = spans.insert(span.span_id.clone(), (about.clone(), span));
            assert!(before.is_none(), "sent twice: {before:?}");
        }
    }
    spans
}

fn of(backend: &Backend) -> BTreeMap<Vec<u8>, (String, Span)> {
    by_id(backend.requests().iter().flat_map(|one| decoded(one).resource_spans))
}

fn http(backend: &Backend) -> SpanExporter {
    SpanExporter::builder().with_http().with_endpoint(backend.url() + "/v1/traces").build().unwrap()
}

#[test]
fn what_arrives_by_opentelemetry_s_exporters_is_what_arrives_by_ours() {
    let (turn, ours, theirs, service) = (turn(), Backend::start(), Backend::start(), Service::default());
    let (runtime, address) = serve(&service);
    let entered = runtime.enter();
    let grpc = SpanExporter::builder().with_tonic().with_endpoint(format!("http://{address}")).build().unwrap();
    drop(entered);
    let builder = turn.builder().otlp_endpoint(ours.url()).flush_timeout(Duration::from_secs(10));
    let builder = builder.sink(weave::otel::exporter(http(&theirs)).foreign_spans(true));
    let weave = builder.sink(weave::otel::exporter(grpc).foreign_spans(true)).init().unwrap();
    let limits = SpanLimits { max_attributes_per_span: 2, max_events_per_span: 1, ..SpanLimits::default() };
    let provider =
        SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).with_span_limits(limits).build();

    odd(String::new()).unwrap_err();
    odd("x".repeat(1 << 20)).unwrap();
    talk("hello");
    foreign(&provider);
    let report = weave.flush();
    report.clone().into_result().unwrap();

    let ours = of(&ours);
    assert_eq!(ours.len(), 5, "{report}");
    assert_eq!(of(&theirs), ours);
    let received = service.received.lock().unwrap();
    assert_eq!(by_id(received.iter().flat_map(|(_, request)| request.resource_spans.clone())), ours);
    let big = ours.values().flat_map(|(_, span)| &span.attributes).find(|one| one.key == "lists.big").unwrap();
    assert!(format!("{big:?}").contains("[18446744073709551615,1]"), "{big:?}");
    let (scope, foreign) = ours.values().find(|(_, span)| span.name == "GET /").unwrap();
    assert_eq!((scope.as_str(), foreign.dropped_attributes_count, foreign.dropped_events_count), ("http ", 1, 1));
    for (_, span) in ours.values() {
        let attributes = span.attributes.iter();
        let attributes = attributes.chain(span.events.iter().flat_map(|event| &event.attributes));
        assert!(
            attributes.into_iter().all(|one| one.value.as_ref().is_some_and(|any| any.value.is_some())),
            "{span:?}"
        );
    }
    let resource = |resource: &Option<Resource>| resource.as_ref().is_some_and(|one| !one.attributes.is_empty());
    assert!(received.iter().all(|(_, request)| resource(&request.resource_spans[0].resource)));
}

#[test]
fn an_exporter_does_not_tell_what_was_rejected_and_the_destination_does() {
    let (turn, ours, theirs) = (turn(), Backend::start(), Backend::start());
    let partial = ExportTracePartialSuccess { rejected_spans: 1, error_message: "too old".to_owned() };
    let answer = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    for backend in [&ours, &theirs] {
        backend.once("/v1/traces", Answer::status(200).body("application/x-protobuf", answer.clone()));
    }
    let builder = turn.builder().otlp_endpoint(ours.url()).flush_interval(Duration::from_secs(10));
    let weave = builder.sink(weave::otel::exporter(http(&theirs))).init().unwrap();
    double(1);
    double(2);
    let report = weave.flush();
    let figures: BTreeMap<_, _> =
        report.sinks.iter().map(|sink| (sink.name.as_str(), (sink.sent, sink.failed))).collect();
    assert_eq!(figures.into_values().collect::<Vec<_>>(), [(2, 0), (1, 1)], "{report}");
}
