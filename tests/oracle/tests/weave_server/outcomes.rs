//! How calls end: errors, panics, streams, cancelled futures, and calls that take long.

use std::panic::catch_unwind;
use std::thread;
use std::time::Duration;

use futures::{Stream, StreamExt, stream};
use serde_json::json;

use crate::same::assert_same;
use crate::world::world;

#[weave::op]
fn fails(reason: &str) -> Result<(), std::num::ParseIntError> {
    reason.parse::<i32>().map(drop)
}

#[weave::op]
fn meets_failure() -> bool {
    fails("no number").is_err()
}

#[weave::op]
fn panics() {
    panic!("on purpose: \"quoted\", ünïcode");
}

#[weave::op]
fn counts(to: u32) -> impl Stream<Item = u32> {
    stream::iter(0..to)
}

#[weave::op]
async fn waits() {
    futures::future::pending::<()>().await;
}

#[test]
fn an_error_is_told_with_its_type_and_counted_above() {
    world();
    let (_, call) = weave::call(meets_failure);
    let (calls, _) = assert_same(call.trace_id().unwrap());
    assert_eq!(calls[0]["summary"]["weave"]["status"], "descendant_error", "{}", calls[0]);
    assert!(calls[1]["exception"].as_str().unwrap().contains("ParseIntError"), "{}", calls[1]);
}

#[test]
fn a_panic_is_an_error() {
    world();
    let (trace, _) = weave::call(|| weave::scope().run(|| catch_unwind(panics).is_err()));
    assert!(trace);
    world().settle();
    let record = world().store.calls().op("panics").first().unwrap().unwrap();
    let (calls, _) = assert_same(record.trace_id());
    assert_eq!(calls[0]["summary"]["weave"]["status"], "error");
}

#[tokio::test]
async fn streams_are_there_whole_or_as_far_as_they_came() {
    world();
    let traces = async |taken: usize| {
        let (stream, call) = weave::call(|| counts(5));
        let _: Vec<u32> = stream.take(taken).collect().await;
        call.trace_id().unwrap()
    };
    let (whole, part) = (traces(9).await, traces(2).await);
    let (calls, _) = assert_same(whole);
    assert_eq!(calls[0]["output"], json!([0, 1, 2, 3, 4]));
    let (calls, _) = assert_same(part);
    assert_eq!((&calls[0]["output"], &calls[0]["summary"]["partial"]), (&json!([0, 1]), &json!(true)));
}

#[tokio::test]
async fn a_cancelled_call_says_so() {
    world();
    let (_, call) =
        weave::call_async(async { tokio::time::timeout(Duration::from_millis(20), waits()).await.is_err() }).await;
    let (calls, _) = assert_same(call.trace_id().unwrap());
    assert_eq!(calls[0]["summary"]["cancelled"], true, "{}", calls[0]);
    assert_eq!(calls[0]["summary"]["weave"]["status"], "success");
}

#[test]
fn a_call_that_takes_long_is_seen_running_and_then_ended() {
    world();
    let call = weave::start_call("takes long").input("n", 1);
    let id = call.handle().id().unwrap();
    let trace = call.handle().trace_id().unwrap();
    thread::sleep(Duration::from_millis(2_500));
    world().settle();
    let running = world().server.ask("/call/read", json!({ "id": id }));
    assert_eq!(running["call"]["summary"]["weave"]["status"], "running", "{running}");
    assert_eq!(running["call"]["inputs"], json!({ "n": 1 }));
    call.finish(json!({ "done": true }));
    let (calls, _) = assert_same(trace);
    assert_eq!((calls.len(), &calls[0]["output"]), (1, &json!({ "done": true })));
}
