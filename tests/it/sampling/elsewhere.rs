//! Traces that began elsewhere: in another process, or with a span of somebody else.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use weave::testing::Recorder;

use super::{always, never, outer, recorder, work};

fn parent(sampled: bool, remote: bool) -> SpanContext {
    let flags = TraceFlags::default().with_sampled(sampled);
    SpanContext::new(TraceId::from(0xabc_u128), SpanId::from(0xdef_u64), flags, remote, TraceState::NONE)
}

fn below<R>(parent: SpanContext, body: impl FnOnce() -> R) -> R {
    let _attached = Context::current().with_remote_span_context(parent).attach();
    body()
}

#[test]
fn a_parent_elsewhere_that_is_not_sampled_is_honoured_and_one_that_is_recorded() {
    for remote in [true, false] {
        let recorder = recorder(0.0);
        recorder.run(|| {
            below(parent(true, remote), || outer(1));
            below(parent(false, remote), || (outer(2), always()));
        });
        assert_eq!(recorder.tree().outline(), "outer(n: 1) -> 3\n├─ work(n: 1) -> 1\n└─ work(n: 2) -> 2");
    }
}

#[test]
fn an_unsampled_trace_says_so_in_the_headers_of_messages_and_is_honoured_there() {
    #[weave::op]
    fn send() -> HashMap<String, String> {
        let mut headers = HashMap::new();
        weave::Context::current().inject(&mut headers);
        headers
    }
    let (none, all) = (recorder(0.0), Recorder::new());
    let unsampled = none.run(send);
    assert!(unsampled["traceparent"].ends_with("-00"), "{unsampled:?}");
    all.run(|| weave::Context::extract(&unsampled).run(|| outer(1)));
    all.run(|| weave::scope().remote_parent(&unsampled).run(|| outer(2)));
    assert_eq!(all.calls().len(), 0);

    let sampled = all.run(send);
    none.run(|| weave::scope().remote_parent(&sampled).run(|| outer(3)));
    assert_eq!(none.calls().len(), 3);
    assert_eq!(none.calls()[0].trace_id(), all.calls()[0].trace_id());
}

#[test]
fn foreign_spans_in_an_unsampled_trace_are_not_recorded() {
    use opentelemetry::trace::{Tracer, TracerProvider};
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
        .with_span_processor(weave::otel::processor())
        .with_sampler(opentelemetry_sdk::trace::Sampler::AlwaysOn)
        .build();
    let work_in_span = || provider.tracer("t").in_span("foreign", |_| work(1));
    let (none, all) = (recorder(0.0), recorder(1.0));
    none.run(|| weave::start_call("root").run(work_in_span));
    all.run(|| weave::start_call("root").run(work_in_span));
    assert_eq!(none.calls().len(), 0);
    assert_eq!(all.calls().len(), 3);
}

#[test]
fn a_foreign_span_that_is_made_elsewhere_in_the_context_of_an_unsampled_call_is_not_recorded() {
    use opentelemetry::trace::{Tracer, TracerProvider};
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
        .with_span_processor(weave::otel::processor())
        .with_sampler(opentelemetry_sdk::trace::Sampler::AlwaysOn)
        .build();
    let tracer = provider.tracer("t");
    let none = recorder(0.0);
    let mut context = Context::new();
    none.run(|| weave::start_call("root").run(|| context = Context::current()));
    let made = std::thread::spawn(move || {
        let span = tracer.span_builder("foreign").start_with_context(&tracer, &context);
        let _attached = context.with_span(span).attach();
        work(1)
    });
    assert_eq!(made.join().unwrap(), 1);
    assert_eq!(none.calls().len(), 0);
}

#[test]
fn a_parent_elsewhere_need_not_be_followed() {
    let builder = weave::builder("test").follow_parent_sampling(false);
    let recorder = Recorder::with(builder).unwrap();
    recorder.run(|| {
        below(parent(false, true), || work(1));
        below(parent(true, true), never);
    });
    assert_eq!(recorder.tree().outline(), "work(n: 1) -> 1");
}

#[test]
fn a_foreign_span_between_changes_nothing_about_the_decision() {
    let between = |sampled: bool| {
        move || {
            let span = Context::current().span().span_context().clone();
            let flags = TraceFlags::default().with_sampled(sampled);
            let foreign = SpanContext::new(span.trace_id(), SpanId::from(0xdef_u64), flags, false, TraceState::NONE);
            below(foreign, || std::thread::spawn(weave::bind(|| work(work(1)))).join().unwrap())
        }
    };
    let (none, all) = (recorder(0.0), recorder(1.0));
    for sampled in [true, false] {
        none.run(|| weave::start_call("root").run(between(sampled)));
        all.run(|| weave::start_call("root").run(between(sampled)));
    }
    assert_eq!((none.calls().len(), all.calls().len()), (0, 6));
}
