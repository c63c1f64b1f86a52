//! Threads of conversation: which one a call is part of, and which turn of it.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceState};
use weave::testing::Recorder;
use weave::{CallRecord, InCurrentCall};

#[weave::op]
fn leaf(n: u32) {}

#[weave::op]
fn turn(n: u32) {
    leaf(n);
}

/// Each call as `op(n) thread turn`, where the turn is shown as the call that began it.
fn shown(recorder: &Recorder) -> String {
    let calls = recorder.calls();
    let label = |call: &CallRecord| format!("{}({})", call.op_name(), call.input::<u32>("n").unwrap());
    let lines: Vec<String> = calls
        .iter()
        .map(|call| {
            let turn = calls.iter().find(|other| Some(other.id()) == call.turn_id());
            let turn = turn.map_or_else(|| "-".to_owned(), label);
            assert_eq!(call.is_turn(), turn == label(call));
            format!("{} {} {turn}", label(call), call.thread_id().unwrap_or("-"))
        })
        .collect();
    lines.join("\n")
}

#[test]
fn calls_directly_in_a_thread_are_turns_and_those_below_are_part_of_them() {
    let recorder = Recorder::new();
    recorder.run(|| {
        turn(0);
        weave::scope().thread("a").run(|| (turn(1), turn(2)));
        turn(3);
    });
    assert_eq!(
        shown(&recorder),
        "turn(0) - -\nleaf(0) - -\nturn(1) a turn(1)\nleaf(1) a turn(1)\nturn(2) a turn(2)\nleaf(2) a turn(2)\n\
         turn(3) - -\nleaf(3) - -"
    );
}

#[test]
fn a_thread_inside_of_a_turn_leaves_that_turn_as_it_was() {
    #[weave::op]
    fn outer(n: u32) {
        leaf(1);
        weave::scope().thread("b").run(|| (turn(2), turn(3)));
        leaf(4);
        weave::scope().thread("a").run(|| turn(5));
        leaf(6);
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().thread("a").run(|| outer(0)));
    assert_eq!(
        shown(&recorder),
        "outer(0) a outer(0)\nleaf(1) a outer(0)\nturn(2) b turn(2)\nleaf(2) b turn(2)\nturn(3) b turn(3)\n\
         leaf(3) b turn(3)\nleaf(4) a outer(0)\nturn(5) a turn(5)\nleaf(5) a turn(5)\nleaf(6) a outer(0)"
    );
}

#[test]
fn in_no_thread_calls_have_none_and_after_it_their_turn_again() {
    #[weave::op]
    fn outer(n: u32) {
        weave::scope().no_thread().run(|| {
            turn(1);
            weave::scope().thread("b").run(|| turn(2));
        });
        leaf(3);
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().thread("a").run(|| outer(0)));
    assert_eq!(
        shown(&recorder),
        "outer(0) a outer(0)\nturn(1) - -\nleaf(1) - -\nturn(2) b turn(2)\nleaf(2) b turn(2)\nleaf(3) a outer(0)"
    );
}

#[test]
fn other_scopes_inside_of_a_thread_change_nothing() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::scope().thread("a").run(|| {
            weave::scope().attribute("k", 1).run(|| {
                weave::call(|| turn(1));
                weave::scope().disabled().run(|| turn(2));
                turn(3);
            });
        });
    });
    assert_eq!(shown(&recorder), "turn(1) a turn(1)\nleaf(1) a turn(1)\nturn(3) a turn(3)\nleaf(3) a turn(3)");
}

#[test]
fn an_id_is_made_for_a_thread_that_has_none() {
    let recorder = Recorder::new();
    let (first, second) = recorder.run(|| {
        let scope = weave::scope().new_thread();
        let first = scope.thread_id().unwrap().to_owned();
        scope.run(|| turn(1));
        (first, weave::scope().new_thread().thread_id().unwrap().to_owned())
    });
    assert_ne!(first, second);
    assert_eq!(first.len(), 32);
    assert!(recorder.calls().iter().all(|call| call.thread_id() == Some(&*first)));
}

#[test]
fn a_thread_survives_foreign_spans_threads_and_tasks() {
    #[weave::op]
    fn outer(n: u32) {
        let span = Context::current().span().span_context().clone();
        let flags = TraceFlags::SAMPLED;
        let foreign = SpanContext::new(span.trace_id(), SpanId::from(0xdef_u64), flags, false, TraceState::NONE);
        let _attached = Context::current().with_remote_span_context(foreign).attach();
        leaf(1);
        std::thread::spawn(weave::bind(|| leaf(2))).join().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            weave::spawn(async { leaf(3) }).await.unwrap();
            tokio::spawn(async { leaf(4) }.in_current_call()).await.unwrap();
        });
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().thread("a").run(|| outer(0)));
    assert_eq!(
        shown(&recorder),
        "outer(0) a outer(0)\nleaf(1) a outer(0)\nleaf(2) a outer(0)\nleaf(3) a outer(0)\nleaf(4) a outer(0)"
    );
}

#[tokio::test]
async fn a_thread_is_kept_across_awaits_and_streams() {
    use futures::StreamExt;
    #[weave::op]
    async fn later(n: u32) {
        tokio::task::yield_now().await;
        leaf(n);
    }
    let recorder = Recorder::new();
    recorder
        .wrap(async {
            weave::scope().thread("a").wrap(async { (later(1).await, later(2).await) }).await;
            let stream = futures::stream::iter([3]).then(later);
            weave::scope().thread("b").wrap_stream(stream).collect::<Vec<_>>().await;
        })
        .await;
    assert_eq!(
        shown(&recorder),
        "later(1) a later(1)\nleaf(1) a later(1)\nlater(2) a later(2)\nleaf(2) a later(2)\nlater(3) b later(3)\n\
         leaf(3) b later(3)"
    );
}

#[test]
fn children_of_a_handle_are_part_of_its_turn_wherever_they_start() {
    let recorder = Recorder::new();
    let handle = recorder.run(|| {
        weave::scope().thread("a").run(|| {
            let call = weave::start_call("parent").input("n", 0);
            let handle = call.handle();
            assert_eq!((handle.thread_id(), handle.turn_id()), (Some("a"), handle.id()));
            handle
        })
    });
    std::thread::spawn(move || {
        handle.start_call("child").input("n", 1).run(|| leaf(2));
        handle.in_scope(|| leaf(3));
        weave::scope().thread("b").run(|| handle.in_scope(|| leaf(4)));
    })
    .join()
    .unwrap();
    assert_eq!(
        shown(&recorder),
        "parent(0) a parent(0)\nchild(1) a parent(0)\nleaf(2) a parent(0)\nleaf(3) a parent(0)\nleaf(4) b leaf(4)"
    );
}

#[test]
fn a_root_in_a_thread_is_a_turn_of_its_own() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::scope().thread("a").run(|| {
            weave::start_call("outer").input("n", 0).run(|| {
                weave::start_call("root").root().input("n", 1).run(|| leaf(2));
            });
        });
    });
    assert_eq!(shown(&recorder), "outer(0) a outer(0)\nroot(1) a root(1)\nleaf(2) a root(1)");
}

#[test]
fn a_running_call_shows_its_thread() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::scope().thread("a").run(|| {
            let call = weave::start_call("open");
            assert_eq!(recorder.calls()[0].thread_id(), Some("a"));
            call.finish(());
        });
    });
    assert!(recorder.calls()[0].is_turn());
}

#[test]
fn a_foreign_span_is_part_of_the_turn_that_it_starts_in_and_of_none_around_turns() {
    use opentelemetry::trace::{Tracer, TracerProvider};
    let provider =
        opentelemetry_sdk::trace::SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build();
    let tracer = provider.tracer("t");

    #[weave::op(skip_all)]
    fn answer(tracer: &opentelemetry_sdk::trace::SdkTracer) {
        tracer.in_span("query", |_| leaf(1));
        weave::scope().no_thread().run(|| tracer.in_span("alone", |_| ()));
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().thread("a").run(|| tracer.in_span("GET /", |_| answer(&tracer))));
    let calls = recorder.calls();
    let turn = calls.iter().find(|call| call.op_name() == "answer").map(CallRecord::id);
    let of = |name: &str| {
        let call = calls.iter().find(|call| call.op_name() == name).unwrap();
        (call.thread_id(), call.turn_id(), call.is_turn())
    };
    assert_eq!(of("GET /"), (Some("a"), None, false));
    assert_eq!(of("answer"), (Some("a"), turn, true));
    assert_eq!(of("query"), (Some("a"), turn, false));
    assert_eq!(of("leaf"), (Some("a"), turn, false));
    assert_eq!(of("alone"), (None, None, false));
}
