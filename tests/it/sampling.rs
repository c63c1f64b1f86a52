//! Which traces are recorded: decided at the root, the same for all below it.

use std::collections::HashMap;

use futures::StreamExt;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use weave::testing::Recorder;

/// Panics when it is captured.
struct Private;

impl serde::Serialize for Private {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("captured although it is not sampled")
    }
}

#[weave::op]
fn work(n: u32) -> u32 {
    n
}

#[weave::op]
fn outer(n: u32) -> u32 {
    work(n) + work(n + 1)
}

#[weave::op(sample_rate = 0)]
fn never() -> u32 {
    work(1)
}

#[weave::op(sample_rate = 1.0)]
fn always() -> u32 {
    work(1)
}

fn recorder(share: f64) -> Recorder {
    Recorder::with(weave::builder("test").sample_rate(share)).unwrap()
}

/// A recorder for a program that samples next to nothing and keeps what fails.
fn keeper() -> Recorder {
    Recorder::with(weave::builder("test").sample_rate(0.0).keep_errors(true)).unwrap()
}

fn flags() -> (bool, bool) {
    let context = Context::current();
    let span = context.span().span_context().clone();
    (span.is_valid(), span.is_sampled())
}

fn parent(sampled: bool, remote: bool) -> SpanContext {
    let flags = TraceFlags::default().with_sampled(sampled);
    SpanContext::new(TraceId::from(0xabc_u128), SpanId::from(0xdef_u64), flags, remote, TraceState::NONE)
}

fn below<R>(parent: SpanContext, body: impl FnOnce() -> R) -> R {
    let _attached = Context::current().with_remote_span_context(parent).attach();
    body()
}

#[test]
fn rate_zero_records_nothing_and_rate_one_everything() {
    let (none, all) = (recorder(0.0), recorder(1.0));
    none.run(|| (0..1_000).map(outer).sum::<u32>());
    all.run(|| (0..1_000).map(outer).sum::<u32>());
    assert_eq!((none.calls().len(), all.calls().len()), (0, 3_000));
}

#[test]
fn a_trace_is_recorded_whole_or_not_at_all() {
    let recorder = recorder(0.3);
    recorder.run(|| (0..1_000).map(outer).sum::<u32>());
    let calls = recorder.calls();
    let roots: Vec<_> = calls.iter().filter(|call| call.parent_id().is_none()).collect();
    assert!((200..400).contains(&roots.len()), "{}", roots.len());
    assert_eq!(calls.len(), roots.len() * 3);
    let limit = (0.3 * 2_f64.powi(63)) as u64;
    assert!(roots.iter().all(|root| (root.trace_id().to_int() as u64) >> 1 < limit), "decided by the id");
}

#[test]
fn a_scope_is_stronger_than_the_op_and_the_op_than_the_client() {
    let recorder = recorder(0.0);
    recorder.run(|| {
        work(0);
        always();
        weave::scope().sampled(false).run(always);
        weave::scope().sampled(true).run(never);
        weave::scope().sampled(true).run(|| weave::scope().sample_rate(0.0).run(always));
    });
    assert_eq!(recorder.tree().outline(), "always() -> 1\n└─ work(n: 1) -> 1\nnever() -> 1\n└─ work(n: 1) -> 1");
}

#[test]
fn below_a_root_no_rate_matters() {
    #[weave::op]
    fn root() {
        never();
        weave::scope().sampled(false).run(|| work(2));
    }
    let all = recorder(1.0);
    all.run(root);
    assert_eq!(all.tree().outline(), "root()\n├─ never() -> 1\n│  └─ work(n: 1) -> 1\n└─ work(n: 2) -> 2");
    let none = recorder(0.0);
    #[weave::op]
    fn unsampled() {
        always();
        weave::scope().sampled(true).run(|| work(2));
    }
    none.run(unsampled);
    assert_eq!(none.tree().outline(), "");
}

#[test]
fn what_is_no_share_changes_nothing_about_a_scope() {
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().sample_rate(1.5).sample_rate(f64::NAN).run(|| work(1)));
    assert_eq!(recorder.calls().len(), 1);
}

#[test]
fn a_wrong_rate_of_a_client_is_told() {
    let error = |builder: weave::Builder| builder.init().unwrap_err().to_string();
    assert_eq!(error(weave::builder("p").sample_rate(1.5)), "sample_rate is 1.5: expected a number from 0 to 1");
    let variable = weave::builder("p").environment([("WEAVE_SAMPLE_RATE", "10%")]);
    assert_eq!(error(variable), "WEAVE_SAMPLE_RATE is \"10%\": expected a number from 0 to 1");
}

#[test]
fn nothing_is_captured_of_what_is_not_sampled() {
    #[weave::op(capture(extra = Private), attributes(a = Private))]
    fn secretive(value: Private) -> Private {
        weave::current_call().merge_summary("a", Private);
        weave::current_call().add_event("a", Private);
        value
    }
    #[weave::op]
    fn items() -> impl Iterator<Item = Private> {
        [Private, Private].into_iter()
    }
    let recorder = recorder(0.0);
    recorder.run(|| {
        secretive(Private);
        assert_eq!(items().count(), 2);
        weave::start_call("manual").input("a", Private).attribute("b", Private).run(|| Private);
        weave::start_call("manual").finish(Private);
        weave::start_call("outer").run(|| _ = secretive(Private));
    });
    assert_eq!(recorder.calls().len(), 0);
}

#[test]
fn an_unsampled_call_has_no_handle_and_a_context_that_says_so() {
    #[weave::op]
    fn look() -> (bool, bool) {
        assert_eq!(weave::current_call().id(), None);
        assert!(!weave::current_call().is_recording());
        let ids = Context::current().span().span_context().trace_id();
        weave::scope().attribute("a", 1).run(|| work(1));
        weave::start_call("manual").run(|| assert_eq!(Context::current().span().span_context().trace_id(), ids));
        flags()
    }
    let none = recorder(0.0);
    let ((valid, sampled), call) = none.run(|| weave::call(look));
    assert_eq!((valid, sampled, call.id()), (true, false, None));
    assert_eq!(none.run(flags), (false, false));
    let all = recorder(1.0);
    assert_eq!(all.run(|| weave::start_call("a").run(flags)), (true, true));
}

#[test]
fn all_four_annotations_and_manual_calls_obey() {
    #[weave::turn]
    fn turn() {}
    #[weave::llm]
    fn llm() {}
    #[weave::tool]
    fn tool() {}
    let recorder = recorder(0.0);
    recorder.run(|| {
        let _ = (work(1), turn(), llm(), tool());
        weave::start_call("manual").finish(());
    });
    assert_eq!(recorder.calls().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_threads_streams_and_polls_follow_their_root() {
    #[weave::op]
    async fn leaf(n: u32) -> u32 {
        tokio::task::yield_now().await;
        work(n)
    }
    #[weave::op]
    fn items() -> impl futures::Stream<Item = u32> {
        futures::stream::iter(0..2).then(leaf)
    }
    #[weave::op]
    async fn root() -> u32 {
        let spawned = weave::spawn(leaf(1)).await.unwrap();
        let blocking = weave::spawn_blocking(|| work(2)).await.unwrap();
        let bound = std::thread::spawn(weave::bind(|| work(3))).join().unwrap();
        let mut set = weave::JoinSet::new();
        set.spawn(leaf(4));
        let joined: u32 = set.join_all().await.into_iter().sum();
        let streamed: u32 = items().fold(0, |sum, item| async move { sum + item }).await;
        let scoped = weave::scope().attribute("a", 1).wrap(leaf(5)).await;
        spawned + blocking + bound + joined + streamed + scoped
    }
    let (none, all) = (recorder(0.0), recorder(1.0));
    assert_eq!(none.wrap(root()).await, 16);
    assert_eq!(none.calls().len(), 0);
    assert_eq!(all.wrap(root()).await, 16);
    assert_eq!(all.calls().len(), 14);
}

#[tokio::test]
async fn a_stream_or_an_iterator_that_is_a_root_is_sampled_as_one() {
    #[weave::op]
    fn stream() -> impl futures::Stream<Item = u32> {
        futures::stream::iter(0..3).map(work)
    }
    #[weave::op]
    fn iterator() -> impl Iterator<Item = u32> {
        (0..3).map(work)
    }
    let none = recorder(0.0);
    let given = none.wrap(async { (stream().collect::<Vec<_>>().await, iterator().collect::<Vec<_>>()) }).await;
    assert_eq!(given, (vec![0, 1, 2], vec![0, 1, 2]));
    let manual = weave::start_call("manual").wrap_stream(futures::stream::iter(0..3).map(work));
    assert_eq!(none.wrap(manual).count().await, 3);
    assert_eq!(none.calls().len(), 0);
}

#[test]
fn a_child_that_is_started_by_a_handle_follows_its_parent() {
    let recorder = recorder(0.0);
    let handle = recorder.run(|| {
        let call = weave::start_call("parent");
        let handle = call.handle();
        handle.start_call("child").run(|| work(1));
        handle.in_scope(|| work(2));
        call.finish(());
        handle
    });
    std::thread::spawn(move || handle.start_call("late").run(|| work(3))).join().unwrap();
    assert_eq!(recorder.calls().len(), 0);
}

#[test]
fn a_root_that_is_asked_for_is_decided_anew() {
    let recorder = recorder(0.0);
    recorder.run(|| {
        weave::start_call("unsampled").run(|| {
            weave::scope().sampled(true).run(|| {
                let ((), call) = weave::call(|| weave::start_call("report").root().input("n", 1).run(|| _ = work(1)));
                assert_eq!(call.op_name(), Some("report"));
            });
        });
        weave::scope().sampled(true).run(|| {
            weave::start_call("sampled")
                .run(|| weave::scope().sampled(false).run(|| weave::start_call("not").root().finish(())));
        });
    });
    assert_eq!(recorder.tree().outline(), "report(n: 1)\n└─ work(n: 1) -> 1\nsampled()");
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

#[test]
fn a_trace_that_is_sampled_out_is_kept_when_a_call_in_it_fails() {
    #[weave::op]
    fn risky(n: u32) -> Result<u32, String> {
        work(n);
        if n == 3 { Err("three".to_owned()) } else { Ok(n) }
    }
    #[weave::op]
    fn all(n: u32) -> u32 {
        work(0);
        let kept = risky(n).is_err();
        work(9);
        u32::from(kept)
    }
    let recorder = keeper();
    recorder.run(|| (1..5).map(all).sum::<u32>());
    assert_eq!(
        recorder.tree().outline(),
        "all(n: 3) -> 1
├─ work(n: 0) -> 0
├─ risky(n: 3) failed: three
│  └─ work(n: 3) -> 3
└─ work(n: 9) -> 9"
    );
}

#[test]
fn a_trace_that_panics_is_kept_and_says_to_others_that_it_is_not_sampled() {
    #[weave::op]
    fn crash() {
        assert_eq!(flags(), (true, false));
        assert!(weave::current_call().is_recording());
        weave::current_call().merge_summary("a", 1);
        panic!("out")
    }
    let recorder = keeper();
    recorder.run(|| std::panic::catch_unwind(crash)).unwrap_err();
    assert_eq!(recorder.tree().outline(), "crash() panicked: out");
    assert_eq!(recorder.calls()[0].summary()["a"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_and_threads_are_held_with_their_root() {
    #[weave::op]
    async fn leaf(n: u32) -> Result<u32, u32> {
        tokio::task::yield_now().await;
        std::thread::spawn(weave::bind(move || work(n))).join().unwrap();
        if n == 2 { Err(n) } else { Ok(n) }
    }
    #[weave::op]
    async fn root(from: u32) {
        let mut set = weave::JoinSet::new();
        (from..from + 3).for_each(|n| drop(set.spawn(leaf(n))));
        while set.join_next().await.is_some() {}
    }
    let recorder = keeper();
    recorder.wrap(async { tokio::join!(root(0), root(10)) }).await;
    assert_eq!(
        recorder.tree().sorted().outline(),
        "root(from: 0)
├─ leaf(n: 0) -> 0
│  └─ work(n: 0) -> 0
├─ leaf(n: 1) -> 1
│  └─ work(n: 1) -> 1
└─ leaf(n: 2) failed: 2
   └─ work(n: 2) -> 2"
    );
}

#[test]
fn what_ends_after_its_root_follows_the_decision() {
    let recorder = keeper();
    let late = |fails: bool| {
        let (child, bound) = weave::start_call("root").run_and_leave(fails);
        bound();
        child.finish(());
    };
    recorder.run(|| (late(false), late(true)));
    assert_eq!(recorder.tree().outline(), "root() failed: x\n├─ child()\n└─ work(n: 1) -> 1");
}

trait RunAndLeave {
    fn run_and_leave(self, fails: bool) -> (weave::OpenCall, Box<dyn FnOnce() -> u32 + Send>);
}

impl RunAndLeave for weave::OpenCall {
    /// Ends the call, and gives a child of it that is open and a closure that makes another.
    fn run_and_leave(self, fails: bool) -> (weave::OpenCall, Box<dyn FnOnce() -> u32 + Send>) {
        let mut left: Option<(weave::OpenCall, Box<dyn FnOnce() -> u32 + Send>)> = None;
        let _ = self.try_run(|| {
            left = Some((weave::start_call("child"), Box::new(weave::bind(|| work(1)))));
            if fails { Err("x") } else { Ok(()) }
        });
        left.unwrap()
    }
}

#[test]
fn more_than_can_be_held_gives_up_the_oldest() {
    let builder = weave::builder("test").sample_rate(0.0).keep_errors(true).queue_calls(10);
    let recorder = Recorder::with(builder).unwrap();
    recorder.run(|| {
        let old = weave::start_call("old");
        old.in_scope(|| work(1));
        let new = weave::start_call("new").root();
        new.in_scope(|| (2..12).map(work).sum::<u32>());
        old.in_scope(|| work(12));
        old.fail("too late");
        new.fail("in time");
    });
    let tree = recorder.tree();
    assert!(tree.outline().starts_with("new() failed: in time\n├─ work(n: 2) -> 2"), "{}", tree.outline());
    assert_eq!(recorder.calls().len(), 11);
}
