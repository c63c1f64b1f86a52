//! Calls that are opened by hand.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Waker};

use futures::{Stream, StreamExt, stream};
use serde_json::json;
use weave::testing::Recorder;
use weave::{Status, start_call};

#[weave::op]
fn work(n: u8) -> u8 {
    n
}

fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline()
}

#[test]
fn a_call_is_finished_failed_or_dropped() {
    let expected = "\
a(x: 1, y: [\"z\"]) -> {\"n\":2}
b() failed: bad
c()
d(late: true)";
    let recorded = outline(|| {
        start_call("a").input("x", 1).input("y", ["z"]).finish(json!({ "n": 2 }));
        start_call("b").fail("bad");
        drop(start_call("c"));
        let call = start_call("d");
        drop(call.input("late", true));
    });
    assert_eq!(recorded, expected);
}

#[test]
fn a_call_that_is_dropped_by_a_panic_has_failed() {
    let recorded = outline(|| {
        let caught = catch_unwind(|| {
            let _call = start_call("open");
            panic!("unwinding")
        });
        assert!(caught.is_err());
    });
    assert_eq!(recorded, "open() panicked: the thread panicked");
}

#[test]
fn an_open_call_is_current_only_in_its_scope() {
    let expected = "\
open() -> 3
├─ work(n: 1) -> 1
├─ work(n: 2) -> 2
└─ below()
   └─ work(n: 4) -> 4
work(n: 3) -> 3";
    let recorded = outline(|| {
        let call = start_call("open");
        call.in_scope(|| work(1));
        call.handle().in_scope(|| work(2));
        work(3);
        let below = call.handle().start_call("below");
        below.in_scope(|| work(4));
        below.finish(());
        call.finish(3);
    });
    assert_eq!(recorded, expected);
}

#[test]
fn run_closes_the_call_as_an_annotated_function_would() {
    let expected = "\
ok(n: 1) -> 1
└─ work(n: 1) -> 1
err() failed: no
try_ok() -> 2
try_err() failed: invalid digit found in string
panics() panicked: out";
    let recorded = outline(|| {
        start_call("ok").input("n", 1).run(|| work(1));
        let _ = start_call("err").run(|| Err::<u8, _>("no"));
        assert_eq!(start_call("try_ok").try_run(|| "2".parse::<u8>()), Ok(2));
        assert!(start_call("try_err").try_run(|| "x".parse::<u8>()).is_err());
        assert!(catch_unwind(|| start_call("panics").run(|| -> u8 { panic!("out") })).is_err());
    });
    assert_eq!(recorded, expected);
}

#[test]
fn wrap_follows_a_future() {
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(recorder.wrap(async {
        let value = start_call("ok").wrap(async {
            tokio::task::yield_now().await;
            work(1)
        });
        assert_eq!(value.await, 1);
        let failed = start_call("err").try_wrap(async { "x".parse::<u8>() }).await;
        assert!(failed.is_err());
        drop(start_call("unpolled").wrap(std::future::pending::<()>()));
        let mut late = pin!(start_call("late").wrap(std::future::pending::<()>()));
        assert!(futures::poll!(late.as_mut()).is_pending());
    }));
    let expected = "\
ok() -> 1
└─ work(n: 1) -> 1
err() failed: invalid digit found in string
unpolled() cancelled
late() cancelled";
    assert_eq!(recorder.tree().outline(), expected);
}

#[test]
fn a_wrapped_future_may_move_to_a_plain_task_and_keeps_its_place() {
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let future = recorder.run(|| start_call("moved").wrap(async { work(1) }));
        tokio::spawn(future).await.unwrap();
    });
    assert_eq!(recorder.tree().outline(), "moved() -> 1\n└─ work(n: 1) -> 1");
}

#[test]
fn a_panic_inside_a_wrapped_future_is_recorded_and_goes_on() {
    async fn explode() -> u8 {
        panic!("boom")
    }
    let recorder = Recorder::new();
    let future = recorder.wrap(async { start_call("explodes").wrap(explode()).await });
    let caught = catch_unwind(AssertUnwindSafe(|| futures::executor::block_on(future)));
    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"boom"));
    assert_eq!(recorder.tree().outline(), "explodes() panicked: boom");
}

#[test]
fn a_wrapped_stream_is_recorded_item_by_item() {
    let recorder = Recorder::new();
    let items: Vec<u8> = futures::executor::block_on(
        recorder.wrap(async { start_call("items").wrap_stream(stream::iter(1..=3).map(work)).collect().await }),
    );
    assert_eq!(items, [1, 2, 3]);
    let outline = recorder.tree().outline();
    assert_eq!(outline, "items() -> [1,2,3]\n├─ work(n: 1) -> 1\n├─ work(n: 2) -> 2\n└─ work(n: 3) -> 3");
    assert_eq!(recorder.calls()[0].summary()["item_count"], 3);
}

#[test]
fn a_stream_that_is_dropped_early_is_partial() {
    let recorder = Recorder::new();
    futures::executor::block_on(recorder.wrap(async {
        let mut items = pin!(start_call("items").wrap_stream(stream::iter(1..=3)));
        assert_eq!(items.size_hint(), (3, Some(3)));
        items.next().await;
    }));
    assert_eq!(recorder.tree().outline(), "items() -> [1] partial");
}

#[test]
fn an_err_item_fails_the_call_but_does_not_end_the_stream() {
    let recorder = Recorder::new();
    let items = futures::executor::block_on(recorder.wrap(async {
        let items = stream::iter([Ok(1), Err("bad"), Ok(2)]);
        start_call("items").wrap_stream(items).collect::<Vec<Result<u8, &str>>>().await
    }));
    assert_eq!(items.len(), 3);
    let call = &recorder.calls()[0];
    assert_eq!((call.status(), call.output_json()), (Status::Error, Some("[1,2]")));
    assert_eq!(call.error().unwrap().message, "bad");
}

#[test]
fn a_stream_that_panics_fails_its_call() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut items = pin!(start_call("items").wrap_stream(stream::iter([1]).map(|_| -> u8 { panic!("item") })));
        let mut task = Context::from_waker(Waker::noop());
        assert!(catch_unwind(AssertUnwindSafe(|| items.as_mut().poll_next(&mut task))).is_err());
    });
    assert_eq!(recorder.tree().outline(), "items() -> [] partial panicked: item");
}

#[test]
fn a_root_starts_a_trace_of_its_own_and_keeps_what_it_was_given() {
    #[weave::op]
    fn parent() {
        start_call("apart").input("a", 1).attribute("b", 2).display_name("named").root().run(|| work(1));
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().attribute("c", 3).run(parent));
    let expected = "\
parent()
[named] apart(a: 1) -> 1
└─ work(n: 1) -> 1";
    assert_eq!(recorder.tree().outline(), expected);
    let calls = recorder.calls();
    assert_eq!(json!(calls[1].attributes()), json!({ "b": 2, "c": 3 }));
    assert_ne!(calls[0].trace_id(), calls[1].trace_id());
    assert_eq!((calls[1].op_parent_id(), calls[2].trace_id()), (None, calls[1].trace_id()));
}

#[test]
fn a_handle_starts_calls_below_it_on_any_thread() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let open = start_call("open");
        let handle = open.handle();
        std::thread::spawn(move || {
            handle.start_call("below").run(|| work(1));
            handle.in_scope(|| work(2));
        })
        .join()
        .unwrap();
        open.finish(());
    });
    let expected = "\
open()
├─ below() -> 1
│  └─ work(n: 1) -> 1
└─ work(n: 2) -> 2";
    assert_eq!(recorder.tree().outline(), expected);
}

#[test]
fn a_call_may_be_finished_on_another_thread() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let open = start_call("open");
        std::thread::spawn(move || open.finish(7)).join().unwrap();
    });
    assert_eq!(recorder.tree().outline(), "open() -> 7");
}
