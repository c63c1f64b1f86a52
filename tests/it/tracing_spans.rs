//! Spans of `tracing` in the user's program, by way of tracing-opentelemetry.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde_json::json;
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::layer::SubscriberExt;
use weave::testing::Recorder;
use weave::{CallRecord, Kind};

/// A subscriber as programs have it, with our processor on its provider.
fn subscriber() -> impl Subscriber + Send + Sync {
    let provider = SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build();
    let layer = tracing_opentelemetry::layer().with_location(false).with_threads(false).with_target(false);
    let layer = layer.with_tracked_inactivity(false).with_tracer(provider.tracer("program"));
    tracing_subscriber::registry().with(layer)
}

/// Each call's name with those of its parent and of the nearest op above.
fn places(calls: &[CallRecord]) -> Vec<[&str; 3]> {
    let name_of = |id| calls.iter().find(|call| Some(call.id()) == id).map_or("-", CallRecord::op_name);
    calls.iter().map(|call| [call.op_name(), name_of(call.parent_id()), name_of(call.op_parent_id())]).collect()
}

#[weave::op]
fn inner(n: u32) -> u32 {
    tracing::info!(n, "in the op");
    n
}

#[test]
fn a_tracing_span_between_two_ops_is_stored_between_them() {
    #[weave::op]
    fn outer() -> u32 {
        info_span!("between", answer = 42, ratio = 0.5, ok = true, text = "t", later = tracing::field::Empty).in_scope(
            || {
                tracing::Span::current().record("later", "now");
                inner(1)
            },
        )
    }
    let recorder = Recorder::new();
    tracing::subscriber::with_default(subscriber(), || recorder.run(outer));
    assert_eq!(recorder.tree().outline(), "outer() -> 1\n└─ span between()\n   └─ inner(n: 1) -> 1");
    let calls = recorder.calls();
    assert_eq!(places(&calls), [["outer", "-", "-"], ["between", "outer", "outer"], ["inner", "between", "outer"]]);
    let mut attributes = calls[1].span_attributes().clone();
    attributes.retain(|key, _| !key.starts_with("code.") && !key.starts_with("thread."));
    let expected = json!({
        "answer": 42, "ratio": 0.5, "ok": true, "text": "t", "later": "now", "otel.scope.name": "program",
    });
    assert_eq!((calls[1].kind(), json!(attributes)), (Kind::Span, expected));
}

#[test]
fn an_op_between_two_tracing_spans_is_between_them() {
    #[weave::op]
    fn middle() -> u32 {
        info_span!("below").in_scope(|| inner(1))
    }
    let recorder = Recorder::new();
    tracing::subscriber::with_default(subscriber(), || recorder.run(|| info_span!("above").in_scope(middle)));
    let calls = recorder.calls();
    let expected =
        [["above", "-", "-"], ["middle", "above", "-"], ["below", "middle", "middle"], ["inner", "below", "middle"]];
    assert_eq!(places(&calls), expected);
    assert!(calls.iter().all(|call| call.trace_id() == calls[0].trace_id()));
}

#[test]
fn async_ops_and_instrumented_futures_nest_in_both_orders() {
    #[weave::op]
    async fn outer(n: u32) -> u32 {
        async move {
            tokio::task::yield_now().await;
            middle(n).await
        }
        .instrument(info_span!("between"))
        .await
    }
    #[weave::op]
    async fn middle(n: u32) -> u32 {
        // A task that tracing carries its span to, and nobody our call.
        let task = async move {
            tokio::task::yield_now().await;
            inner(n)
        };
        tokio::spawn(task.instrument(info_span!("task"))).await.unwrap()
    }
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tracing::subscriber::with_default(subscriber(), || {
        // Made inside: a span of tracing takes along what was current where it was made.
        runtime.block_on(recorder.wrap(async { outer(1).instrument(info_span!("above")).await }));
    });
    let calls = recorder.calls();
    let expected = [
        ["above", "-", "-"],
        ["outer", "above", "-"],
        ["between", "outer", "outer"],
        ["middle", "between", "outer"],
        ["task", "middle", "middle"],
        ["inner", "task", "middle"],
    ];
    assert_eq!(places(&calls), expected);
}

#[test]
fn events_and_errors_of_tracing_are_those_of_its_spans() {
    #[weave::op]
    fn outer() {
        let span =
            info_span!("fails", otel.status_code = "ERROR", otel.status_description = "no luck", otel.kind = "client");
        span.in_scope(|| tracing::warn!(attempt = 2, "again"));
    }
    let recorder = Recorder::new();
    tracing::subscriber::with_default(subscriber(), || recorder.run(outer));
    let calls = recorder.calls();
    let span = &calls[1];
    assert_eq!(recorder.tree().outline(), "outer()\n└─ span fails() failed: no luck");
    assert_eq!((span.events()[0].name.as_str(), &span.events()[0].attributes["attempt"]), ("again", &json!(2)));
    assert_eq!(span.span_attributes()["span.kind"], "client");
}
