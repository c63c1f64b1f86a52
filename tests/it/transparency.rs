//! What an annotation never changes: each function here is written twice, with the annotation and without.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use weave::testing::Recorder;

/// Writes its name down when it is dropped.
struct Noted(&'static str, Rc<RefCell<Vec<&'static str>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

/// Drops in order, as `body` left them.
fn drops(body: impl FnOnce([Noted; 4])) -> String {
    let log = Rc::new(RefCell::new(Vec::new()));
    body(["a", "b", "c", "d"].map(|name| Noted(name, Rc::clone(&log))));
    log.take().join(" ")
}

/// The same function plain, annotated and not recorded, annotated and recorded.
macro_rules! thrice {
    (|$run:ident| $test:expr, $plain:expr, $annotated:expr) => {{
        let $run = $plain;
        let plain = $test;
        let $run = $annotated;
        let off = $test;
        let on = Recorder::new().run(|| {
            let $run = $annotated;
            $test
        });
        assert_eq!(plain, off, "annotated, not recorded");
        assert_eq!(plain, on, "annotated and recorded");
        plain
    }};
}

mod plain {
    use super::Noted;

    pub(super) fn keep(_a: Noted, (b, _): (Noted, Noted), _: Noted) {
        let _moved = b;
    }

    pub(super) async fn keep_later(_a: Noted, (b, _): (Noted, Noted), _: Noted) {
        tokio::task::yield_now().await;
        let _moved = b;
    }

    pub(super) fn early(a: Noted, b: Noted, fail: bool) -> Result<Noted, String> {
        let _b = b;
        if fail {
            Err("early".to_owned())?;
        }
        Ok(a)
    }
}

mod annotated {
    use super::Noted;

    #[weave::op]
    pub(super) fn keep(_a: Noted, (b, _): (Noted, Noted), _: Noted) {
        let _moved = b;
    }

    #[weave::op]
    pub(super) async fn keep_later(_a: Noted, (b, _): (Noted, Noted), _: Noted) {
        tokio::task::yield_now().await;
        let _moved = b;
    }

    #[weave::op]
    pub(super) fn early(a: Noted, b: Noted, fail: bool) -> Result<Noted, String> {
        let _b = b;
        if fail {
            Err("early".to_owned())?;
        }
        Ok(a)
    }
}

#[test]
fn arguments_are_dropped_in_the_same_order() {
    let order = thrice!(|run| drops(|[a, b, c, d]| run(a, (b, c), d)), plain::keep, annotated::keep);
    assert_eq!(order, "b d c a");
}

#[test]
fn arguments_of_an_async_function_are_dropped_in_the_same_order() {
    let order = thrice!(
        |run| drops(|[a, b, c, d]| futures::executor::block_on(run(a, (b, c), d))),
        plain::keep_later,
        annotated::keep_later
    );
    assert_eq!(order, "b d c a");
}

#[test]
fn arguments_of_a_future_that_is_dropped_half_way_are_dropped_in_the_same_order() {
    thrice!(
        |run| drops(|[a, b, c, d]| {
            let mut future = pin!(run(a, (b, c), d));
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }),
        plain::keep_later,
        annotated::keep_later
    );
}

#[test]
fn arguments_of_a_future_that_is_never_polled_are_dropped_in_the_same_order() {
    let order = thrice!(|run| drops(|[a, b, c, d]| drop(run(a, (b, c), d))), plain::keep_later, annotated::keep_later);
    assert_eq!(order.len(), "a b c d".len());
}

#[test]
fn an_early_return_drops_and_returns_the_same() {
    for fail in [false, true] {
        thrice!(
            |run| drops(|[a, b, ..]| {
                let result = run(a, b, fail);
                assert_eq!(result.map(|kept| kept.0), if fail { Err("early".to_owned()) } else { Ok("a") });
            }),
            plain::early,
            annotated::early
        );
    }
}

#[weave::op]
fn throw(value: Box<dyn std::any::Any + Send>) {
    std::panic::resume_unwind(value)
}

#[test]
fn the_payload_of_a_panic_is_the_very_same() {
    let payload: Box<Cell<u8>> = Box::new(Cell::new(7));
    let address = std::ptr::from_ref(&*payload);
    let recorder = Recorder::new();
    let caught = recorder.run(|| catch_unwind(AssertUnwindSafe(|| throw(payload)))).unwrap_err();
    let caught = caught.downcast::<Cell<u8>>().unwrap();
    assert_eq!(std::ptr::from_ref(&*caught), address);
    assert_eq!(recorder.calls()[0].error().unwrap().message, "a value that is not text");
}

#[test]
fn a_panic_calls_the_hook_once() {
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    #[weave::op]
    fn outer() {
        inner();
    }
    #[weave::op]
    fn inner() {
        panic!("counted by the hook")
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| match info.payload_as_str() {
        Some("counted by the hook") => _ = CALLED.fetch_add(1, Ordering::Relaxed),
        _ => before(info),
    }));
    let recorder = Recorder::new();
    assert!(recorder.run(|| catch_unwind(outer)).is_err());
    assert_eq!(CALLED.load(Ordering::Relaxed), 1);
    let expected = "outer() panicked: counted by the hook\n└─ inner() panicked: counted by the hook";
    assert_eq!(recorder.tree().outline(), expected);
}

#[test]
fn futures_are_as_send_and_sync_as_they_were() {
    fn assert_send_and_sync<T: Send + Sync>(_: T) {}
    fn assert_send<T: Send>(_: T) {}

    #[weave::op]
    async fn both(text: &str) -> String {
        tokio::task::yield_now().await;
        text.to_owned()
    }
    #[weave::op]
    async fn sends_only(receiver: std::sync::mpsc::Receiver<u8>, callback: Box<dyn FnOnce() -> u8 + Send>) -> u8 {
        tokio::task::yield_now().await;
        receiver.try_recv().unwrap_or_else(|_| callback())
    }
    assert_send_and_sync(both("x"));
    let (_, receiver) = std::sync::mpsc::channel();
    assert_send(sends_only(receiver, Box::new(|| 1)));
}

#[test]
fn a_future_that_is_not_send_may_be_an_op() {
    #[weave::op(skip_all)]
    async fn local(shared: Rc<Cell<u8>>) -> u8 {
        tokio::task::yield_now().await;
        shared.get()
    }
    let recorder = Recorder::new();
    assert_eq!(futures::executor::block_on(recorder.wrap(local(Rc::new(Cell::new(3))))), 3);
}

#[test]
fn what_is_returned_is_coerced_and_inferred_as_before() {
    #[weave::op(skip_output)]
    fn shapes(n: u8) -> Box<dyn Fn(u8) -> u8> {
        if n == 0 {
            return Box::new(|m| m);
        }
        Box::new(move |m| m + n)
    }
    #[weave::op]
    async fn parse(text: &str) -> Result<Vec<u32>, Box<dyn std::error::Error + Send + Sync>> {
        if text.is_empty() {
            return Err("empty".into());
        }
        Ok(text.split(',').map(str::parse).collect::<Result<_, _>>()?)
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| (shapes(0)(1), shapes(1)(1))), (1, 2));
    assert_eq!(futures::executor::block_on(parse("1,2")).unwrap(), [1, 2]);
    assert_eq!(futures::executor::block_on(parse("x")).unwrap_err().to_string(), "invalid digit found in string");
}

#[test]
fn a_body_may_move_out_of_its_arguments_and_return_what_it_borrowed() {
    #[weave::op]
    fn push<'a>(list: &'a mut Vec<String>, text: String) -> &'a mut String {
        list.push(text);
        list.last_mut().unwrap()
    }
    let mut list = Vec::new();
    Recorder::new().run(|| push(&mut list, "a".to_owned()).push('b'));
    assert_eq!(list, ["ab"]);
}

#[test]
fn polling_passes_the_waker_through() {
    #[weave::op]
    async fn wait(receiver: tokio::sync::oneshot::Receiver<u8>) -> u8 {
        receiver.await.unwrap()
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let recorder = Recorder::new();
    let mut future = pin!(recorder.wrap(wait(receiver)));
    let waker = futures::task::noop_waker();
    assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    sender.send(5).unwrap();
    assert_eq!(future.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Ready(5));
}
