//! Carrying the current call to threads, closures, futures and streams.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use futures::StreamExt;
use weave::InCurrentCall;
use weave::testing::Recorder;

#[weave::op]
fn child(n: u8) -> u8 {
    n
}

#[weave::op]
async fn later(n: u8) -> u8 {
    tokio::task::yield_now().await;
    child(n)
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_plain_thread_knows_nothing_of_the_call() {
    #[weave::op]
    fn parent() -> bool {
        std::thread::spawn(|| weave::current_call().id().is_none()).join().unwrap()
    }
    assert!(Recorder::new().run(parent));
}

#[test]
fn a_bound_closure_runs_below_the_call_that_bound_it() {
    #[weave::op]
    fn parent() {
        std::thread::spawn(weave::bind(|| child(1))).join().unwrap();
        let (sender, receiver) = mpsc::channel();
        let pool = std::thread::spawn(move || receiver.into_iter().for_each(|job: Box<dyn FnOnce() + Send>| job()));
        for n in 2..4 {
            sender.send(Box::new(weave::bind(move || _ = child(n)))).unwrap();
        }
        drop(sender);
        pool.join().unwrap();
    }
    let recorder = Recorder::new();
    recorder.run(parent);
    let expected = "\
parent() -> null
├─ child(n: 1) -> 1
├─ child(n: 2) -> 2
└─ child(n: 3) -> 3";
    assert_eq!(recorder.tree().outline(), expected);
}

#[test]
fn a_context_runs_many_closures_on_many_threads() {
    #[weave::op]
    fn parent() {
        let context = weave::Context::current();
        std::thread::scope(|threads| {
            for n in 0..4 {
                let context = &context;
                threads.spawn(move || (0..4).for_each(|_| _ = context.run(|| child(n))));
            }
        });
    }
    let recorder = Recorder::new();
    recorder.run(parent);
    let tree = recorder.tree();
    let root = tree.roots().next().unwrap();
    assert_eq!((tree.roots().count(), tree.children(root.id()).count()), (1, 16));
}

#[test]
fn a_thread_is_as_it_was_after_a_context_ran_on_it() {
    let (inside, outside) = (Recorder::new(), Recorder::new());
    let context = inside.run(weave::Context::current);
    outside.run(|| {
        weave::start_call("outer").run(|| {
            child(1);
            context.run(|| child(2));
            let caught = catch_unwind(AssertUnwindSafe(|| context.run(|| panic!("inside"))));
            assert!(caught.is_err());
            child(3)
        })
    });
    assert_eq!(inside.tree().outline(), "child(n: 2) -> 2");
    assert_eq!(outside.tree().outline(), "outer() -> 3\n├─ child(n: 1) -> 1\n└─ child(n: 3) -> 3");
}

#[test]
fn a_child_may_outlive_its_parent() {
    #[weave::op]
    fn parent(receiver: mpsc::Receiver<()>) -> std::thread::JoinHandle<()> {
        std::thread::spawn(weave::bind(move || {
            receiver.recv().unwrap();
            child(1);
        }))
    }
    let (sender, receiver) = mpsc::channel();
    let recorder = Recorder::new();
    let thread = recorder.run(|| parent(receiver));
    assert!(recorder.calls()[0].ended_at().is_some());
    sender.send(()).unwrap();
    thread.join().unwrap();
    assert!(recorder.tree().outline().ends_with("\n└─ child(n: 1) -> 1"), "{}", recorder.tree().outline());
}

#[test]
fn a_future_in_the_current_call_stays_there_wherever_it_is_polled() {
    #[weave::op]
    fn parent() -> Pin<Box<dyn Future<Output = u8> + Send>> {
        let future: Pin<Box<dyn Future<Output = u8> + Send>> = Box::pin(later(1).in_current_call());
        future
    }
    let recorder = Recorder::new();
    let mut future = recorder.run(|| weave::start_call("maker").run(|| Erased(Some(parent())))).0.unwrap();
    assert!(poll_once(future.as_mut()).is_pending());
    let done = std::thread::spawn(move || poll_once(future.as_mut())).join().unwrap();
    assert_eq!(done, Poll::Ready(1));
    let names: Vec<_> = recorder.tree().iter().map(|call| call.op_name().to_owned()).collect();
    assert_eq!(names, ["maker", "parent", "later", "child"]);
}

/// A value that is recorded as nothing.
struct Erased<T>(Option<T>);

impl<T> serde::Serialize for Erased<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

#[test]
fn a_stream_in_the_current_call_is_polled_below_it() {
    let recorder = Recorder::new();
    let stream = recorder.run(|| {
        let open = weave::start_call("open");
        let stream = open.in_scope(|| futures::stream::iter(1..=2).map(child).in_current_call());
        open.finish(());
        stream
    });
    let items: Vec<u8> = futures::executor::block_on(stream.collect());
    assert_eq!(items, [1, 2]);
    assert_eq!(recorder.tree().outline(), "open() -> null\n├─ child(n: 1) -> 1\n└─ child(n: 2) -> 2");
}

#[test]
fn a_future_is_dropped_in_the_context_that_it_was_made_in() {
    struct Cleaner;
    impl Drop for Cleaner {
        fn drop(&mut self) {
            child(9);
        }
    }
    let recorder = Recorder::new();
    let future = recorder.run(|| {
        let open = weave::start_call("open");
        let cleaner = Cleaner;
        let future = open.in_scope(|| async move { drop(cleaner) }.in_current_call());
        open.finish(());
        future
    });
    drop(future);
    assert_eq!(recorder.tree().outline(), "open() -> null\n└─ child(n: 9) -> 9");
}

#[test]
fn a_future_may_be_polled_by_two_runtimes_in_turn() {
    #[weave::op]
    async fn steps(n: u8) -> u8 {
        for step in 0..n {
            child(step);
            // Wakes itself, so that any runtime goes on with it.
            futures::pending!();
        }
        n
    }
    let recorder = Recorder::new();
    let future = std::sync::Arc::new(std::sync::Mutex::new(Box::pin(recorder.wrap(steps(4)))));
    let runtimes = [(); 2].map(|()| tokio::runtime::Builder::new_current_thread().build().unwrap());
    let mut polled = 0;
    let value = loop {
        let future = std::sync::Arc::clone(&future);
        let once = move || match poll_once(future.lock().unwrap().as_mut()) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        };
        let runtime = &runtimes[polled % 2];
        polled += 1;
        let result = if polled > 2 {
            std::thread::scope(|threads| threads.spawn(|| runtime.block_on(async { once() })).join().unwrap())
        } else {
            runtime.block_on(async { once() })
        };
        if let Some(value) = result {
            break value;
        }
    };
    assert_eq!((value, polled), (4, 5));
    let expected = "\
steps(n: 4) -> 4
├─ child(n: 0) -> 0
├─ child(n: 1) -> 1
├─ child(n: 2) -> 2
└─ child(n: 3) -> 3";
    assert_eq!(recorder.tree().outline(), expected);
}

#[test]
fn a_runtime_inside_a_call_is_inside_that_call() {
    #[weave::op]
    fn blocking() -> u8 {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(later(1))
    }
    let recorder = Recorder::new();
    recorder.run(blocking);
    assert_eq!(recorder.tree().outline(), "blocking() -> 1\n└─ later(n: 1) -> 1\n   └─ child(n: 1) -> 1");
}
