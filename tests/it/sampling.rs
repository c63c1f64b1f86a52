//! Which traces are recorded: decided at the root, the same for all below it.

mod below;
mod elsewhere;
mod keep_errors;

use futures::StreamExt;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
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

fn flags() -> (bool, bool) {
    let context = Context::current();
    let span = context.span().span_context().clone();
    (span.is_valid(), span.is_sampled())
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
