//! Spans of other OpenTelemetry instrumentation: below our calls, above them, and adding to them.

use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::{SpanContext, Status as SpanStatus, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracer, SdkTracerProvider, SpanData};
use serde_json::json;
use weave::testing::Recorder;
use weave::{CallId, CallRecord, InCurrentCall, TraceId};

/// A tracer of somebody else's.
struct Foreign {
    exporter: InMemorySpanExporter,
    provider: SdkTracerProvider,
}

impl Foreign {
    fn new() -> Self {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        Self { exporter, provider }
    }

    fn tracer(&self) -> SdkTracer {
        self.provider.tracer("foreign")
    }

    fn spans(&self) -> Vec<SpanData> {
        self.exporter.get_finished_spans().unwrap()
    }
}

fn span_id(span: &SpanContext) -> CallId {
    CallId::from_int(u64::from_be_bytes(span.span_id().to_bytes()))
}

fn trace_id(span: &SpanContext) -> TraceId {
    TraceId::from_int(u128::from_be_bytes(span.trace_id().to_bytes()))
}

#[weave::op]
fn outer(tracer: &SdkTracer) {
    tracer.in_span("between", |_| inner());
}

#[weave::op]
fn inner() {}

fn named<'a>(calls: &'a [CallRecord], name: &str) -> &'a CallRecord {
    calls.iter().find(|call| call.op_name() == name).unwrap()
}

#[test]
fn a_foreign_span_stands_between_two_ops() {
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    recorder.run(|| outer(&foreign.tracer()));
    let (calls, spans) = (recorder.calls(), foreign.spans());
    let (outer, inner, between) = (named(&calls, "outer"), named(&calls, "inner"), &spans[0]);
    assert_eq!(between.parent_span_id.to_string(), outer.id().to_string());
    assert_eq!(inner.parent_id(), Some(span_id(&between.span_context)));
    assert_eq!(trace_id(&between.span_context), outer.trace_id());
    assert_eq!(inner.trace_id(), outer.trace_id());
}

#[test]
fn the_nearest_op_is_known_past_a_foreign_span() {
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    recorder.run(|| outer(&foreign.tracer()));
    let calls = recorder.calls();
    assert_eq!(named(&calls, "inner").op_parent_id(), Some(named(&calls, "outer").id()));
    let outline = recorder.tree().outline();
    assert!(outline.starts_with("outer(") && outline.ends_with("\n└─ inner()"), "{outline}");
}

#[test]
fn the_nearest_op_is_known_past_a_foreign_span_wherever_the_work_is_carried() {
    #[weave::op(skip_all)]
    fn parent(tracer: &SdkTracer) {
        tracer.in_span("between", |_| {
            std::thread::spawn(weave::bind(inner)).join().unwrap();
            weave::scope().attribute("a", 1).run(inner);
            weave::call(inner);
            tracer.in_span("deeper", |_| {
                let context = weave::Context::current();
                other(&context);
            });
        });
        let below_a_span = || tracer.in_span("carried", |_| inner());
        weave::scope().attribute("a", 1).run(below_a_span);
        weave::call(below_a_span);
        weave::thread::scope(|scope| _ = scope.spawn(below_a_span));
        weave::Context::current().run(below_a_span);
        futures::FutureExt::now_or_never(async { below_a_span() }.in_current_call());
    }
    #[weave::op(skip_all)]
    fn other(context: &weave::Context) {
        context.run(inner);
    }
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    recorder.run(|| parent(&foreign.tracer()));
    let calls = recorder.calls();
    let above: Vec<_> = calls.iter().map(CallRecord::op_parent_id).collect();
    let mut expected = [Some(calls[0].id()); 11];
    expected[0] = None;
    assert_eq!(above, expected);
    assert_eq!(calls[0].status_counts().success, 11);
}

#[test]
fn a_foreign_trace_has_no_op_above() {
    #[weave::op(skip_all)]
    fn parent(tracer: &SdkTracer) {
        let span = tracer.span_builder("apart").start_with_context(tracer, &Context::new());
        let _attached = Context::current().with_span(span).attach();
        inner();
    }
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    recorder.run(|| parent(&foreign.tracer()));
    let calls = recorder.calls();
    assert_ne!(calls[0].trace_id(), calls[1].trace_id());
    assert_eq!(calls[1].op_parent_id(), None);
}

#[test]
fn an_op_inside_a_foreign_span_has_it_as_parent_and_shares_its_trace() {
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    recorder.run(|| foreign.tracer().in_span("around", |_| inner()));
    let (calls, spans) = (recorder.calls(), foreign.spans());
    let around = &spans[0].span_context;
    assert_eq!(calls[0].parent_id(), Some(span_id(around)));
    assert_eq!(calls[0].trace_id(), trace_id(around));
    assert_eq!(calls[0].op_parent_id(), None);
}

#[test]
fn inside_of_a_foreign_span_the_current_call_and_trace_are_those_around_it() {
    #[weave::op]
    fn work(tracer: &SdkTracer) {
        let own = weave::current_call().id();
        tracer.in_span("outer", |_| {
            tracer.in_span("inner", |_| {
                assert_eq!(weave::current_call().id(), own);
                weave::current_call().merge_summary("rows", 3);
                weave::current_trace().tag("slow");
            });
            std::thread::spawn(weave::bind(move || assert_eq!(weave::current_call().id(), own))).join().unwrap();
        });
    }
    #[weave::tool]
    fn tool(tracer: &SdkTracer) {
        tracer.in_span("in a tool", |_| weave::current_call().merge_summary("tool", true));
    }
    let foreign = Foreign::new();
    let kept = weave::builder("t").sample_rate(0.0).keep_errors(true);
    for recorder in [Recorder::new(), Recorder::with(kept).unwrap()] {
        recorder.run(|| {
            weave::start_call("root").run(|| {
                work(&foreign.tracer());
                tool(&foreign.tracer());
                weave::start_call("failed").fail("so that it is kept");
            });
        });
        let calls = recorder.calls();
        assert_eq!(named(&calls, "work").summary()["rows"], 3);
        assert_eq!(named(&calls, "tool").summary()["tool"], true);
        assert_eq!(recorder.traces()[0].tags(), ["slow"]);
    }
}

#[test]
fn a_foreign_span_that_no_call_is_around_has_no_current_call() {
    let apart = |foreign: &Foreign| {
        let span = foreign.tracer().span_builder("apart").start_with_context(&foreign.tracer(), &Context::new());
        let _attached = Context::current().with_span(span).attach();
        weave::current_call().id()
    };
    let foreign = Foreign::new();
    let id = || weave::current_call().id();
    assert_eq!(Recorder::new().run(|| foreign.tracer().in_span("root", |_| id())), None);
    assert!(Recorder::new().run(|| weave::start_call("in another trace").run(|| apart(&foreign).is_none())));
    let unsampled = Recorder::with(weave::builder("t").sample_rate(0.0)).unwrap();
    let called = unsampled.run(|| weave::start_call("a").run(|| foreign.tracer().in_span("b", |_| id().is_none())));
    assert!(called);
    let (call, context) = Recorder::new().run(|| {
        let call = weave::start_call("has ended");
        let context = call.handle().in_scope(|| foreign.tracer().in_span("b", |_| weave::Context::current()));
        (call, context)
    });
    call.finish(());
    assert_eq!(context.run(id), None);
}

#[test]
fn foreign_code_adds_to_the_call_that_is_current() {
    #[weave::op]
    fn work() {
        let context = Context::current();
        let span = context.span();
        assert!(span.is_recording());
        span.set_attribute(KeyValue::new("http.status", 200));
        span.set_attributes([KeyValue::new("a", true), KeyValue::new("b", 1.5), KeyValue::new("c", "text")]);
        span.add_event("retried", vec![KeyValue::new("attempt", 2)]);
        span.update_name("GET /");
        span.set_status(SpanStatus::error("odd"));
        span.end();
    }
    let recorder = Recorder::new();
    recorder.run(work);
    let call = &recorder.calls()[0];
    let attributes = json!({ "http.status": 200, "a": true, "b": 1.5, "c": "text", "otel.status": "error: odd" });
    assert_eq!(json!(call.span_attributes()), attributes);
    assert_eq!((call.events()[0].name.as_str(), &call.events()[0].attributes["attempt"]), ("retried", &json!(2)));
    assert_eq!((call.display_name(), call.status()), (Some("GET /"), weave::Status::Success));
}

#[test]
fn what_foreign_code_adds_is_bounded_like_any_value() {
    #[weave::op]
    fn work() {
        let (context, long) = (Context::current(), "x".repeat(100_000));
        context.span().set_attribute(KeyValue::new("long", long.clone()));
        context.span().add_event("long", vec![KeyValue::new("long", long)]);
    }
    let recorder = Recorder::with(weave::builder("t").value_bytes(1_000)).unwrap();
    recorder.run(work);
    let call = &recorder.calls()[0];
    for kept in [&call.span_attributes()["long"], &call.events()[0].attributes["long"]] {
        let text = kept.as_str().unwrap();
        assert!(text.len() < 1_100 && text.ends_with(" of 100000 bytes]"), "{}", text.len());
    }
}

#[test]
fn a_span_that_foreign_code_kept_does_nothing_once_the_call_has_ended() {
    #[weave::op]
    fn work() -> Kept {
        Kept(Context::current())
    }
    struct Kept(Context);
    let recorder = Recorder::new();
    let kept = recorder.run(work).0;
    assert!(!kept.span().is_recording());
    kept.span().set_attribute(KeyValue::new("late", 1));
    assert_eq!(json!(recorder.calls()[0].span_attributes()), json!({}));
}

#[test]
fn baggage_passes_through_calls_untouched() {
    #[weave::op]
    fn read() -> Option<String> {
        deeper()
    }
    #[weave::op]
    fn deeper() -> Option<String> {
        Context::current().baggage().get("tenant").map(ToString::to_string)
    }
    let recorder = Recorder::new();
    let _attached = Context::current().with_baggage([KeyValue::new("tenant", "acme")]).attach();
    let read = recorder.run(|| {
        let plain = read();
        let scoped = weave::scope().attribute("a", 1).run(read);
        let called = weave::call(read).0;
        let thread = std::thread::spawn(weave::bind(read)).join().unwrap();
        [plain, scoped, called, thread]
    });
    assert_eq!(read, [(); 4].map(|()| Some("acme".to_owned())));
}

/// What of the current context can be compared.
fn current() -> (SpanContext, usize) {
    let context = Context::current();
    (context.span().span_context().clone(), context.baggage().len())
}

#[test]
fn the_context_after_an_op_is_what_it_was() {
    #[weave::op]
    fn fails() {
        panic!("out")
    }
    #[weave::op]
    async fn later() {
        tokio::task::yield_now().await;
        inner();
    }
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    let check = || {
        let before = current();
        inner();
        assert!(std::panic::catch_unwind(fails).is_err());
        weave::scope().attribute("a", 1).run(inner);
        weave::call(inner);
        weave::start_call("manual").run(|| ());
        weave::start_call("manual").in_scope(inner);
        futures::executor::block_on(later());
        let mut half_way = Box::pin(later());
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(half_way.as_mut().poll(&mut task).is_pending());
        assert_eq!(current(), before);
        drop(half_way);
        assert_eq!(current(), before);
    };
    let before = current();
    recorder.run(|| {
        check();
        let _attached = Context::current().with_baggage([KeyValue::new("a", "b")]).attach();
        foreign.tracer().in_span("around", |_| check());
        weave::start_call("call").run(check);
    });
    assert_eq!(current(), before);
    assert_eq!(recorder.run(weave::current_call).id(), None);
}

#[test]
fn foreign_spans_of_tasks_nest_under_the_call_that_spawned_them() {
    let (foreign, recorder) = (Foreign::new(), Recorder::new());
    let tracer = foreign.tracer();
    #[weave::op(skip_all)]
    async fn parent(tracer: SdkTracer) {
        weave::spawn(async move { tracer.in_span("in the task", |_| inner()) }).await.unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(recorder.wrap(parent(tracer)));
    let (calls, spans) = (recorder.calls(), foreign.spans());
    assert_eq!(spans[0].parent_span_id.to_string(), calls[0].id().to_string());
    assert_eq!(named(&calls, "inner").parent_id(), Some(span_id(&spans[0].span_context)));
}

#[test]
fn a_trace_of_another_process_goes_on_here() {
    use opentelemetry::trace::{SpanId, TraceFlags, TraceState};
    let remote = SpanContext::new(
        opentelemetry::trace::TraceId::from(0xabc_u128),
        SpanId::from(0xdef_u64),
        TraceFlags::SAMPLED,
        true,
        TraceState::from_key_value([("vendor", "x")]).unwrap(),
    );
    #[weave::op]
    fn work() -> Option<String> {
        Context::current().span().span_context().trace_state().get("vendor").map(str::to_owned)
    }
    let recorder = Recorder::new();
    let vendor = recorder.run(|| {
        let _attached = Context::current().with_remote_span_context(remote).attach();
        work()
    });
    let call = &recorder.calls()[0];
    assert_eq!((call.trace_id(), call.parent_id()), (TraceId::from_int(0xabc), Some(CallId::from_int(0xdef))));
    assert_eq!(vendor.as_deref(), Some("x"));
}

#[test]
fn nothing_is_recorded_where_telemetry_is_suppressed() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        inner();
        weave::start_call("manual").run(|| ());
    });
    assert_eq!(recorder.tree().outline(), "");
}

#[test]
fn the_tracer_provider_of_the_process_is_left_alone() {
    let recorder = Recorder::new();
    recorder.run(inner);
    let span = opentelemetry::global::tracer("any").start("noop");
    assert!(!opentelemetry::trace::Span::span_context(&span).is_valid());
}
