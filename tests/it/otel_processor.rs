//! Foreign spans among our calls: what is stored of them, and where.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    Link, Span, SpanContext, SpanId, SpanKind, Status as SpanStatus, TraceContextExt, TraceFlags, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use serde_json::json;
use weave::testing::Recorder;
use weave::{CallRecord, Kind, Status};

/// A tracer of a provider that brings its spans to us.
fn tracer() -> SdkTracer {
    provider().tracer("http")
}

fn provider() -> SdkTracerProvider {
    SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build()
}

#[weave::op(skip_all)]
fn outer(tracer: &SdkTracer) {
    tracer.in_span("between", |_| inner());
}

#[weave::op]
fn inner() {}

fn named<'a>(calls: &'a [CallRecord], name: &str) -> &'a CallRecord {
    calls.iter().find(|call| call.op_name() == name).unwrap()
}

/// The ids above a call: of its parent, and of the nearest op.
fn above(calls: &[CallRecord], name: &str) -> (Option<String>, Option<String>) {
    let call = named(calls, name);
    let name_of = |id| calls.iter().find(|call| Some(call.id()) == id).map(|call| call.op_name().to_owned());
    (name_of(call.parent_id()), name_of(call.op_parent_id()))
}

fn some(parent: &str, op: &str) -> (Option<String>, Option<String>) {
    (Some(parent.to_owned()), Some(op.to_owned()))
}

#[test]
fn a_foreign_span_between_two_ops_is_stored_between_them() {
    let recorder = Recorder::new();
    recorder.run(|| outer(&tracer()));
    assert_eq!(recorder.tree().outline(), "outer()\n└─ span between()\n   └─ inner()");
    let calls = recorder.calls();
    assert_eq!(above(&calls, "between"), some("outer", "outer"));
    assert_eq!(above(&calls, "inner"), some("between", "outer"));
    let (outer, between) = (named(&calls, "outer"), named(&calls, "between"));
    assert_eq!((between.kind(), between.status(), between.trace_id()), (Kind::Span, Status::Success, outer.trace_id()));
}

#[test]
fn every_attribute_keeps_its_type() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut span = tracer().start("typed");
        span.set_attribute(KeyValue::new("bool", true));
        span.set_attribute(KeyValue::new("int", i64::MIN));
        span.set_attribute(KeyValue::new("float", 0.1));
        span.set_attribute(KeyValue::new("whole", 2.0));
        span.set_attribute(KeyValue::new("nan", f64::NAN));
        span.set_attribute(KeyValue::new("text", "ü\0\""));
        span.set_attribute(KeyValue::new("bools", Value::Array(Array::Bool(vec![true, false]))));
        span.set_attribute(KeyValue::new("ints", Value::Array(Array::I64(vec![1, -2]))));
        span.set_attribute(KeyValue::new("floats", Value::Array(Array::F64(vec![1.5]))));
        span.set_attribute(KeyValue::new("texts", Value::Array(Array::String(vec!["a".into(), "b".into()]))));
        span.set_attribute(KeyValue::new("twice", 1));
        span.set_attribute(KeyValue::new("twice", 2));
        span.set_attribute(KeyValue::new("gen_ai.operation.name", "chat"));
        span.end();
    });
    let call = &recorder.calls()[0];
    let expected = json!({
        "bool": true, "int": i64::MIN, "float": 0.1, "whole": 2.0, "nan": "NaN", "text": "ü\0\"",
        "bools": [true, false], "ints": [1, -2], "floats": [1.5], "texts": ["a", "b"], "twice": 2,
        "gen_ai.operation.name": "chat", "otel.scope.name": "http",
    });
    assert_eq!(json!(call.span_attributes()), expected);
    assert_eq!((call.kind(), call.inputs_json(), call.output_json()), (Kind::Span, "{}", None));
}

#[test]
fn a_span_keeps_its_times_events_links_status_scope_and_service() {
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds);
    let resource = Resource::builder_empty().with_service_name("shop").build();
    let processor = weave::otel::processor();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_span_processor(processor).build();
    let scope = InstrumentationScope::builder("db").with_version("1.2").build();
    let tracer = provider.tracer_with_scope(scope);
    let linked = SpanContext::new(0xabc.into(), 0xdef.into(), TraceFlags::SAMPLED, true, TraceState::NONE);
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut span = tracer
            .span_builder("query")
            .with_kind(SpanKind::Client)
            .with_start_time(at(0))
            .with_links(vec![Link::new(linked, vec![KeyValue::new("why", "batch")], 0)])
            .start(&tracer);
        span.add_event_with_timestamp("retry", at(1), vec![KeyValue::new("attempt", 2)]);
        span.add_event_with_timestamp(
            "exception",
            at(2),
            vec![KeyValue::new("exception.type", "io::Error"), KeyValue::new("exception.message", "gone")],
        );
        span.set_status(SpanStatus::error(""));
        span.end_with_timestamp(at(3));
    });
    let call = &recorder.calls()[0];
    assert_eq!((call.started_at(), call.ended_at()), (at(0), Some(at(3))));
    let events: Vec<_> = call.events().iter().map(|event| (event.name.as_str(), event.at)).collect();
    assert_eq!(events, [("link", at(0)), ("retry", at(1)), ("exception", at(2))]);
    let link = json!({ "why": "batch", "trace_id": format!("{:032x}", 0xabc), "span_id": format!("{:016x}", 0xdef) });
    assert_eq!(json!(call.events()[0].attributes), link);
    assert_eq!((call.status(), call.error().unwrap().to_string().as_str()), (Status::Error, "Error: gone"));
    let facts =
        json!({ "otel.scope.name": "db", "otel.scope.version": "1.2", "service.name": "shop", "span.kind": "client" });
    assert_eq!(json!(call.span_attributes()), facts);
}

#[test]
fn an_op_between_two_foreign_spans_is_between_them() {
    #[weave::op(skip_all)]
    fn middle(tracer: &SdkTracer) {
        tracer.in_span("below", |_| inner());
    }
    let recorder = Recorder::new();
    let tracer = tracer();
    recorder.run(|| tracer.in_span("above", |_| middle(&tracer)));
    let expected = "span above()\n└─ middle()\n   └─ span below()\n      └─ inner()";
    assert_eq!(recorder.tree().outline(), expected);
    let calls = recorder.calls();
    assert_eq!(above(&calls, "middle"), (Some("above".to_owned()), None));
    assert_eq!(above(&calls, "below"), some("middle", "middle"));
    assert_eq!(above(&calls, "inner"), some("below", "middle"));
}

#[test]
fn the_nearest_agent_is_known_past_foreign_spans() {
    #[weave::turn(skip_all)]
    fn turn(tracer: &SdkTracer) {
        tracer.in_span("between", |_| llm());
    }
    #[weave::llm]
    fn llm() {}
    let recorder = Recorder::new();
    recorder.run(|| turn(&tracer()));
    let calls = recorder.calls();
    assert_eq!(named(&calls, "between").agent_parent_id(), Some(named(&calls, "turn").id()));
    assert_eq!(named(&calls, "llm").agent_parent_id(), Some(named(&calls, "turn").id()));
}

#[test]
fn the_nearest_op_is_known_where_others_carried_the_span_to() {
    #[weave::op(skip_all)]
    fn parent(tracer: &SdkTracer) {
        tracer.in_span("carried", |context| {
            // As instrumentation does it that knows nothing of us.
            std::thread::spawn(move || {
                let _attached = context.attach();
                inner();
            })
            .join()
            .unwrap();
        });
    }
    let recorder = Recorder::new();
    recorder.run(|| parent(&tracer()));
    assert_eq!(above(&recorder.calls(), "inner"), some("carried", "parent"));
}

#[test]
fn a_span_that_ends_elsewhere_is_recorded_where_it_began() {
    let (recorder, other) = (Recorder::new(), Recorder::new());
    let mut span = recorder.run(|| tracer().start("moved"));
    other.run(|| span.set_attribute(KeyValue::new("a", 1)));
    std::thread::spawn(move || other.run(|| span.end())).join().unwrap();
    assert_eq!(recorder.tree().outline(), "span moved()");
}

#[test]
fn the_attributes_of_scopes_are_those_of_spans_inside_too() {
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().attribute("tenant", "acme").run(|| tracer().in_span("inside", |_| ())));
    assert_eq!(json!(recorder.calls()[0].attributes()), json!({ "tenant": "acme" }));
}

#[test]
fn secrets_are_taken_out_and_large_values_cut() {
    let recorder = Recorder::with(weave::builder("t").value_bytes(1_000)).unwrap();
    recorder.run(|| {
        let mut span = tracer().start("span");
        span.set_attribute(KeyValue::new("api_key", "sesame"));
        span.set_attribute(KeyValue::new("long", "x".repeat(100_000)));
        span.add_event("login", vec![KeyValue::new("password", "sesame")]);
    });
    let call = &recorder.calls()[0];
    assert_eq!(call.span_attributes()["api_key"], "REDACTED");
    assert_eq!(call.events()[0].attributes["password"], "REDACTED");
    assert!(call.span_attributes()["long"].as_str().unwrap().len() < 1_100);
}

#[test]
fn spans_are_left_out_where_calls_are() {
    let recorder = Recorder::new();
    let tracer = tracer();
    recorder.run(|| {
        weave::scope().disabled().run(|| tracer.in_span("disabled", |_| ()));
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        tracer.in_span("suppressed", |_| ());
    });
    tracer.in_span("of nobody", |_| ());
    assert_eq!(recorder.tree().outline(), "");
}

#[test]
fn spans_that_are_not_sampled_are_left_out() {
    let processor = weave::otel::processor();
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOff).with_span_processor(processor).build();
    let recorder = Recorder::new();
    recorder.run(|| provider.tracer("http").in_span("unsampled", |_| ()));
    assert_eq!(recorder.calls().len(), 0);
}

#[test]
fn two_processors_on_one_provider_record_a_span_once() {
    let [one, two] = [weave::otel::processor(), weave::otel::processor()];
    let provider = SdkTracerProvider::builder().with_span_processor(one).with_span_processor(two).build();
    let recorder = Recorder::new();
    recorder.run(|| outer(&provider.tracer("http")));
    assert_eq!(recorder.calls().len(), 3);
}

#[test]
fn a_provider_that_was_shut_down_leaves_nothing_behind() {
    let recorder = Recorder::new();
    let provider = provider();
    let mut span = recorder.run(|| provider.tracer("http").start("cut off"));
    provider.shutdown().unwrap();
    span.end();
    recorder.run(|| outer(&provider.tracer("http")));
    // In the place of a span, the provider now has one without ids, which hides what is above.
    assert_eq!(recorder.tree().outline(), "outer()\ninner()");
}

#[test]
fn a_span_below_a_remote_parent_goes_on_in_its_trace() {
    let remote = SpanContext::new(0xabc.into(), SpanId::from(0xdef_u64), TraceFlags::SAMPLED, true, TraceState::NONE);
    let recorder = Recorder::new();
    recorder.run(|| {
        let _attached = Context::current().with_remote_span_context(remote).attach();
        outer(&tracer());
    });
    let calls = recorder.calls();
    assert!(calls.iter().all(|call| call.trace_id().to_int() == 0xabc));
    assert_eq!(above(&calls, "inner"), some("between", "outer"));
}

#[test]
fn a_foreign_span_that_fails_is_no_failed_call_of_the_program() {
    #[weave::op(skip_all)]
    fn parent(tracer: &SdkTracer) {
        tracer.in_span("retried", |context| {
            context.span().set_status(SpanStatus::error("first attempt"));
            inner();
        });
    }
    let recorder = Recorder::new();
    recorder.run(|| parent(&tracer()));
    let calls = recorder.calls();
    assert_eq!(calls[0].summary()["status_counts"], json!({ "success": 2, "error": 0 }));
    assert_eq!(named(&calls, "retried").error().unwrap().message, "first attempt");
}
