//! Functions that return futures: the call begins at once and ends with the future.

use std::future::{Future, Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;

use futures::FutureExt;
use futures::executor::block_on;
use futures::future::{BoxFuture, FusedFuture, LocalBoxFuture};
use weave::Status;
use weave::testing::Recorder;

#[weave::op]
fn step(n: u32) -> u32 {
    n + 1
}

#[weave::op]
fn opaque(n: u32) -> impl Future<Output = Result<u32, String>> + Send {
    let n = step(n);
    async move { if n > 9 { Err(format!("{n} is too many")) } else { Ok(step(n)) } }
}

#[weave::op]
fn boxed<'a>(text: &'a str) -> BoxFuture<'a, &'a str> {
    if text.is_empty() {
        return Box::pin(async { "nothing" });
    }
    async move { text }.boxed()
}

#[weave::op]
fn local(n: u32) -> LocalBoxFuture<'static, Rc<u32>> {
    Box::pin(async move { Rc::new(n) })
}

#[weave::op]
fn unpinned(n: u32) -> Box<dyn Future<Output = u32> + Send + Unpin> {
    Box::new(ready(n))
}

#[weave::op]
fn recursive(n: u32) -> Pin<Box<dyn Future<Output = u32> + Send + Sync>> {
    Box::pin(async move { if n == 0 { 0 } else { recursive(n - 1).await + 1 } })
}

#[weave::op]
fn fallible(n: u32) -> Result<impl Future<Output = u32>, String> {
    if n == 0 { Err("zero".to_owned()) } else { Ok(ready(n)) }
}

#[weave::op]
fn panicking() -> BoxFuture<'static, ()> {
    Box::pin(async { panic!("oh") })
}

#[weave::op]
fn fused(n: u32) -> impl FusedFuture<Output = u32> + Unpin {
    ready(n).fuse()
}

#[weave::op]
fn concrete(n: u32) -> Ready<u32> {
    ready(n)
}

fn outline<T>(body: impl FnOnce() -> T) -> String {
    let recorder = Recorder::new();
    recorder.run(|| drop(body()));
    recorder.tree().outline()
}

#[test]
fn what_runs_before_and_in_the_future_is_inside() {
    assert_eq!(outline(|| block_on(opaque(1))), "opaque(n: 1) -> 3\n├─ step(n: 1) -> 2\n└─ step(n: 2) -> 3");
}

#[test]
fn every_form_of_a_future_is_followed() {
    assert_eq!(outline(|| block_on(boxed("x"))), r#"boxed(text: "x") -> "x""#);
    assert_eq!(outline(|| block_on(boxed(""))), r#"boxed(text: "") -> "nothing""#);
    assert_eq!(outline(|| block_on(unpinned(1))), "unpinned(n: 1) -> 1");
    assert_eq!(outline(|| block_on(local(1))), r#"local(n: 1) -> "1""#);
    assert_eq!(outline(|| block_on(recursive(1))), "recursive(n: 1) -> 1\n└─ recursive(n: 0) -> 0");
    assert_eq!(outline(|| fallible(1).map(block_on)), "fallible(n: 1) -> 1");
    assert_eq!(outline(|| fallible(0).map(block_on)), "fallible(n: 0) failed: zero");
}

#[test]
fn an_err_fails_the_call() {
    assert_eq!(outline(|| block_on(opaque(9))), "opaque(n: 9) failed: 10 is too many\n└─ step(n: 9) -> 10");
}

#[test]
fn dropped_before_its_end_it_is_cancelled() {
    let recorder = Recorder::new();
    recorder.run(|| drop((boxed("x"), opaque(1))));
    let statuses: Vec<Status> = recorder.calls().iter().map(weave::CallRecord::status).collect();
    assert_eq!(statuses, [Status::Cancelled, Status::Cancelled, Status::Success]);
}

#[test]
fn a_panic_goes_on() {
    let recorder = Recorder::new();
    let panic = recorder.run(|| catch_unwind(AssertUnwindSafe(|| block_on(panicking()))));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"oh"));
    assert_eq!(recorder.calls()[0].error().unwrap().message, "oh");
}

#[test]
fn a_future_that_can_say_that_it_has_ended_still_can() {
    let mut future = fused(1);
    assert!(!future.is_terminated());
    assert_eq!(block_on(&mut future), 1);
    assert!(future.is_terminated());
}

#[test]
fn a_concrete_future_ends_at_the_return() {
    assert_eq!(outline(|| block_on(concrete(1))), "concrete(n: 1) -> \"<core::future::ready::Ready<u32>>\"");
}
