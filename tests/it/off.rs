//! Where nobody listens, nothing is captured and nothing changes.

use serde::{Serialize, Serializer};
use weave::InCurrentCall;

/// Panics when it is looked at.
struct Private;

impl Serialize for Private {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("captured although nobody listens")
    }
}

impl std::fmt::Display for Private {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("displayed although nobody listens")
    }
}

fn never() -> u8 {
    panic!("evaluated although nobody listens")
}

#[test]
fn an_annotated_function_captures_nothing() {
    #[weave::op(capture(value, extra = never()), attributes(a = never()), display_name = |_| never().to_string())]
    fn work(value: Private) -> Result<Private, Private> {
        Err(value)
    }
    assert!(work(Private).is_err());
}

#[tokio::test]
async fn an_annotated_async_function_captures_nothing() {
    #[weave::op]
    async fn work(value: Private) -> Private {
        tokio::task::yield_now().await;
        value
    }
    let Private = work(Private).await;
    let Private = weave::spawn(work(Private)).await.unwrap();
}

#[test]
fn manual_calls_run_their_body_and_capture_nothing() {
    let Private = weave::start_call("a").input("a", Private).attribute("a", Private).run(|| Private);
    weave::start_call("b").finish(Private);
    weave::start_call("c").fail(&Private);
    assert!(weave::start_call("d").root().try_run(|| Err::<(), _>(Private)).is_err());
    weave::start_call("e").handle().start_call("f").in_scope(|| ());
}

#[tokio::test]
async fn manual_calls_around_futures_and_streams_capture_nothing() {
    use futures::StreamExt;
    let Private = weave::start_call("a").wrap(async { Private }).await;
    assert!(weave::start_call("b").try_wrap(async { Err::<(), _>(Private) }).await.is_err());
    let stream = weave::start_call("c").wrap_stream(futures::stream::iter([Private, Private]));
    assert_eq!(stream.count().await, 2);
}

#[tokio::test]
async fn scopes_and_handles_do_nothing() {
    let scope = || weave::scope().attribute("a", Private).display_name("b");
    assert_eq!(scope().run(|| 1), 1);
    assert_eq!(scope().wrap(async { 2 }).await, 2);
    let call = weave::current_call();
    call.set_attribute("a", Private);
    call.merge_summary("a", Private);
    call.add_event("a", Private);
    assert_eq!((call.id(), call.op_name()), (None, None));
    let (value, call) = weave::call(|| 3);
    assert_eq!((value, call.id()), (3, None));
    let (value, call) = weave::call_async(async { 4 }).await;
    assert_eq!((value, call.id()), (4, None));
}

#[tokio::test]
async fn propagation_runs_what_it_is_given() {
    assert_eq!(weave::bind(|| 1)(), 1);
    assert_eq!(weave::Context::current().run(|| 2), 2);
    assert_eq!(async { 3 }.in_current_call().await, 3);
    assert_eq!(weave::spawn_blocking(|| 4).await.unwrap(), 4);
    let mut set = weave::JoinSet::new();
    set.spawn(async { 5 });
    assert_eq!(set.join_all().await, [5]);
}
