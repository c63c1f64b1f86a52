//! The annotation changes nothing: each function runs with it and without it, recording and not.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, RwLock};
use std::task::{Context, Poll, Waker};

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use weave::testing::Recorder;

/// The same function twice: `plain::name` and `annotated::name`.
macro_rules! both {
    ($($(#[$attribute:meta])* fn $($function:tt)*)?) => {
        $(both!(@item [$(#[$attribute])* pub(super) fn $($function)*]);)?
    };
    (async fn $($function:tt)*) => {
        both!(@item [pub(super) async fn $($function)*]);
    };
    (@item [$($item:tt)*]) => {
        mod plain {
            #[allow(unused_imports)]
            use super::*;
            $($item)*
        }
        mod annotated {
            #[allow(unused_imports)]
            use super::*;
            #[weave::op]
            $($item)*
        }
    };
}

/// What three ways of running give: plain, annotated where nobody listens, annotated and recorded.
fn assert_same<T: PartialEq + std::fmt::Debug>(plain: impl FnOnce() -> T, annotated: impl Fn() -> T) {
    let expected = plain();
    assert_eq!(annotated(), expected, "where nobody listens");
    assert_eq!(Recorder::new().run(annotated), expected, "recorded");
}

thread_local! {
    static DROPPED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Writes its name when it is dropped.
#[derive(Debug)]
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push_str(self.0));
    }
}

fn dropped<T>(body: impl FnOnce() -> T) -> String {
    DROPPED.take();
    drop(catch_unwind(AssertUnwindSafe(body)));
    DROPPED.take()
}

/// Counts the polls until a future is ready, and gives what it gives.
fn polls<F: Future>(future: F) -> (u32, F::Output) {
    let mut future = pin!(future);
    let mut count = 0;
    loop {
        count += 1;
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return (count, output);
        }
    }
}

async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

mod drops {
    use super::*;

    both!(
        fn sync(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, _d: Noisy) -> u8 {
            let _local = Noisy("l");
            drop(a);
            let _moved = b;
            1
        }
    );

    #[test]
    fn arguments_are_dropped_in_the_same_order() {
        let run = |f: fn(Noisy, (Noisy, Noisy), Noisy, Noisy) -> u8| {
            dropped(|| f(Noisy("a"), (Noisy("b"), Noisy("c")), Noisy("w"), Noisy("d")))
        };
        assert_same(|| run(plain::sync), || run(annotated::sync));
    }
}

mod async_drops {
    use super::*;

    both!(
        async fn run(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, _d: Noisy) -> u8 {
            let _local = Noisy("l");
            drop(a);
            yield_now().await;
            let _moved = b;
            1
        }
    );

    #[test]
    fn also_when_it_is_async_or_never_polled_or_dropped_halfway() {
        macro_rules! run {
            ($f:path, $drive:expr) => {
                || dropped(|| $drive($f(Noisy("a"), (Noisy("b"), Noisy("c")), Noisy("w"), Noisy("d"))))
            };
        }
        fn halfway<F: Future>(future: F) {
            let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
        }
        assert_same(run!(plain::run, block_on), run!(annotated::run, block_on));
        assert_same(run!(plain::run, drop), run!(annotated::run, drop));
        assert_same(run!(plain::run, halfway), run!(annotated::run, halfway));
    }
}

mod stream_drops {
    use super::*;

    both!(
        fn stream(a: Noisy, b: Noisy) -> BoxStream<'static, u8> {
            stream::iter(0..3)
                .map(move |n| {
                    let _both = (&a, &b);
                    n
                })
                .boxed()
        }
    );

    #[test]
    fn a_stream_drops_what_it_holds_when_it_is_dropped_and_not_when_it_ends() {
        macro_rules! run {
            ($f:path) => {
                || {
                    dropped(|| {
                        let mut stream = $f(Noisy("a"), Noisy("b"));
                        while block_on(stream.next()).is_some() {}
                        drop(Noisy("between"));
                    })
                }
            };
        }
        assert_same(run!(plain::stream), run!(annotated::stream));
    }
}

mod number_of_polls {
    use super::*;

    both!(
        async fn yields(n: u32) -> u32 {
            for _ in 0..n {
                yield_now().await;
            }
            n
        }
    );

    #[test]
    fn a_future_is_polled_as_often() {
        assert_same(|| polls(plain::yields(3)), || polls(annotated::yields(3)));
    }
}

mod panics {
    use super::*;

    both!(
        fn fails(a: Noisy) -> u8 {
            let _a = a;
            std::panic::panic_any(7_u64)
        }
    );

    #[test]
    fn the_payload_of_a_panic_stays_the_same() {
        let run = |f: fn(Noisy) -> u8| *catch_unwind(|| f(Noisy("a"))).unwrap_err().downcast::<u64>().unwrap();
        assert_same(|| run(plain::fails), || run(annotated::fails));
    }
}

mod location {
    use super::*;

    both!(
        #[track_caller]
        fn line() -> u32 {
            Location::caller().line()
        }
    );

    #[test]
    fn the_caller_is_found() {
        let here = line!() + 1;
        assert_same(|| here, || here);
        assert_same(|| line!(), || annotated::line());
        assert_eq!(plain::line(), line!());
    }
}

mod values {
    use super::*;

    both!(
        fn tail(cell: &RefCell<Vec<u8>>) -> usize {
            cell.borrow().len()
        }
    );

    #[test]
    fn a_temporary_at_the_tail_ends_as_before() {
        let cell = RefCell::new(vec![1]);
        assert_same(|| plain::tail(&cell), || annotated::tail(&cell));
        assert!(cell.try_borrow_mut().is_ok());
    }
}

mod held {
    use super::*;

    #[weave::op]
    fn locks(mutex: &Arc<Mutex<u8>>, rwlock: &RwLock<u8>, cell: &RefCell<u8>, named: &HashMap<u8, Mutex<u8>>) -> usize {
        Arc::strong_count(mutex) + size_of_val(rwlock) + size_of_val(cell) + named.len()
    }

    #[test]
    fn locks_that_are_held_are_neither_waited_for_nor_a_reason_to_panic() {
        let (mutex, rwlock, cell) = (Arc::new(Mutex::new(1)), RwLock::new(1), RefCell::new(1));
        let named = HashMap::from([(1, Mutex::new(1))]);
        let _held = (mutex.lock().unwrap(), rwlock.write().unwrap(), cell.borrow_mut(), named[&1].lock().unwrap());
        let recorder = Recorder::new();
        recorder.run(|| locks(&mutex, &rwlock, &cell, &named));
        assert_eq!(recorder.calls().len(), 1);
    }
}

mod auto_traits {
    use super::*;

    #[weave::op]
    async fn takes(receiver: std::sync::mpsc::Receiver<u8>, cell: Cell<u8>) -> u8 {
        yield_now().await;
        cell.get() + receiver.recv().unwrap_or_default()
    }

    #[weave::op]
    fn gives(n: u8) -> impl Stream<Item = u8> {
        stream::iter(0..n)
    }

    #[weave::op]
    fn pinned(n: u8) -> impl Stream<Item = u8> {
        stream::once(async move { n })
    }

    #[test]
    fn what_is_returned_is_as_send_sync_and_unpin_as_before() {
        fn assert_send<T: Send>(_: &T) {}
        fn assert_all<T: Send + Sync + Unpin + std::panic::UnwindSafe>(_: &T) {}
        let (_sender, receiver) = std::sync::mpsc::channel();
        assert_send(&takes(receiver, Cell::new(1)));
        assert_all(&gives(1));
        assert_eq!(block_on(Box::pin(pinned(1)).next()), Some(1));
        let _: Pin<&mut _> = Pin::new(&mut gives(1));
    }
}
