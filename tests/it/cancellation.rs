//! Futures that do not come to their end: dropped, aborted, never polled, forgotten.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::time::Duration;

use weave::Status;
use weave::testing::Recorder;

#[weave::op]
async fn never() {
    pending::<()>().await;
}

#[weave::op]
async fn wait_for(child: &str) {
    let _ = child;
    quick();
    never().await;
}

#[weave::op]
fn quick() {}

const CANCELLED: &str = "\
wait_for(child: \"x\") cancelled
├─ quick()
└─ never() cancelled";

fn poll_once<F: Future>(future: Pin<&mut F>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[tokio::test]
async fn select_cancels_the_branch_that_loses() {
    let recorder = Recorder::new();
    tokio::select! {
        biased;
        () = recorder.wrap(wait_for("x")) => unreachable!(),
        () = async {} => {}
    }
    assert_eq!(recorder.tree().outline(), CANCELLED);
}

#[tokio::test]
async fn a_timeout_cancels() {
    let recorder = Recorder::new();
    let timed_out = tokio::time::timeout(Duration::from_millis(5), recorder.wrap(wait_for("x"))).await;
    assert!(timed_out.is_err());
    assert_eq!(recorder.tree().outline(), CANCELLED);
}

#[tokio::test]
async fn an_aborted_task_is_cancelled() {
    let recorder = Recorder::new();
    let task = tokio::spawn(recorder.wrap(wait_for("x")));
    tokio::task::yield_now().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(recorder.tree().outline(), CANCELLED);
}

#[test]
fn children_end_before_the_call_that_is_cancelled_with_them() {
    let recorder = Recorder::new();
    poll_once(pin!(recorder.wrap(wait_for("x"))));
    let calls = recorder.calls();
    let ended = |name: &str| calls.iter().find(|call| call.op_name() == name).unwrap().ended_at().unwrap();
    assert!(ended("never") <= ended("wait_for"));
}

#[test]
fn clean_up_inside_a_cancelled_future_belongs_to_its_call() {
    struct Cleaner;
    impl Drop for Cleaner {
        fn drop(&mut self) {
            quick();
        }
    }
    #[weave::op]
    async fn hold() {
        let _cleaner = Cleaner;
        pending::<()>().await;
    }
    let recorder = Recorder::new();
    poll_once(pin!(recorder.wrap(hold())));
    assert_eq!(recorder.tree().outline(), "hold() cancelled\n└─ quick()");
}

#[test]
fn a_future_that_is_never_polled_leaves_no_call() {
    let recorder = Recorder::new();
    recorder.run(|| drop(never()));
    drop(recorder.wrap(never()));
    assert_eq!(recorder.tree().outline(), "");
}

#[test]
fn a_future_that_is_forgotten_stays_running_and_disturbs_nothing() {
    let recorder = Recorder::new();
    let mut forgotten = Box::pin(recorder.wrap(wait_for("x")));
    poll_once(forgotten.as_mut());
    std::mem::forget(forgotten);
    recorder.run(quick);
    let expected = "\
wait_for(child: \"x\") running
├─ quick()
└─ never() running
quick()";
    assert_eq!(recorder.tree().outline(), expected);
}

#[test]
fn between_polls_the_call_is_not_current() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut first = pin!(wait_for("x"));
        let mut second = pin!(wait_for("y"));
        poll_once(first.as_mut());
        assert_eq!(weave::current_call().id(), None);
        poll_once(second.as_mut());
        poll_once(first.as_mut());
        quick();
    });
    let roots: Vec<_> = recorder.tree().roots().map(|call| call.op_name().to_owned()).collect();
    assert_eq!(roots, ["wait_for", "wait_for", "quick"]);
}

#[test]
fn a_call_that_completes_is_not_cancelled_by_the_drop_after_it() {
    #[weave::op]
    async fn done(n: u8) -> u8 {
        n
    }
    let recorder = Recorder::new();
    let mut future = Box::pin(recorder.wrap(done(1)));
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    drop(future);
    assert_eq!(recorder.calls()[0].status(), Status::Success);
}

#[test]
fn a_panic_while_a_future_is_dropped_still_closes_its_calls() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in drop")
        }
    }
    #[weave::op]
    async fn armed() {
        let _bomb = Bomb;
        never().await;
    }
    let recorder = Recorder::new();
    let mut future = Box::pin(recorder.wrap(armed()));
    poll_once(future.as_mut());
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(future))).is_err());
    assert_eq!(recorder.tree().outline(), "armed() cancelled\n└─ never() cancelled");
    assert_eq!(recorder.run(weave::current_call).id(), None);
}

#[tokio::test]
async fn join_sets_cancel_what_they_abort() {
    #[weave::op]
    async fn parent() {
        let mut set = weave::JoinSet::new();
        set.spawn(never());
        tokio::task::yield_now().await;
        set.shutdown().await;
    }
    let recorder = Recorder::new();
    recorder.wrap(parent()).await;
    assert_eq!(recorder.tree().outline(), "parent()\n└─ never() cancelled");
}
