//! Tokio tasks: each call below the one that spawned it, whatever thread it runs on.

use std::collections::HashMap;

use futures::future::BoxFuture;
use weave::CallRecord;
use weave::testing::Recorder;

#[weave::op]
async fn leaf(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n
}

#[weave::op]
fn blocking(n: u32) -> u32 {
    n
}

#[tokio::test]
async fn tasks_nest_under_the_call_that_spawns_them() {
    #[weave::op]
    async fn parent() -> u32 {
        let task = weave::spawn(leaf(1));
        let one = task.await.unwrap();
        let two = weave::spawn_blocking(|| blocking(2)).await.unwrap();
        let mut set = weave::JoinSet::new();
        set.spawn(leaf(3));
        let three = set.join_next().await.unwrap().unwrap();
        set.spawn_blocking(|| blocking(4));
        one + two + three + set.join_all().await[0]
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.wrap(parent()).await, 10);
    let expected = "\
parent() -> 10
├─ leaf(n: 1) -> 1
├─ blocking(n: 2) -> 2
├─ leaf(n: 3) -> 3
└─ blocking(n: 4) -> 4";
    assert_eq!(recorder.tree().outline(), expected);
}

#[tokio::test]
async fn a_task_that_tokio_spawns_is_a_root() {
    #[weave::op]
    async fn parent() -> bool {
        tokio::spawn(async { weave::current_call().id().is_none() }).await.unwrap()
    }
    let recorder = Recorder::new();
    assert!(recorder.wrap(parent()).await);
    assert_eq!(recorder.tree().outline(), "parent() -> true");
}

#[tokio::test]
async fn a_task_may_outlive_the_call_that_spawned_it() {
    #[weave::op]
    async fn parent(start: tokio::sync::oneshot::Receiver<()>) -> Handle {
        Handle(weave::spawn(async move {
            start.await.unwrap();
            leaf(1).await
        }))
    }
    struct Handle(tokio::task::JoinHandle<u32>);
    let recorder = Recorder::new();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let handle = recorder.wrap(parent(receiver)).await;
    let parent_ended = recorder.calls()[0].ended_at().unwrap();
    sender.send(()).unwrap();
    handle.0.await.unwrap();
    let calls = recorder.calls();
    assert_eq!((calls[1].op_name(), calls[1].parent_id()), ("leaf", Some(calls[0].id())));
    assert!(calls[1].started_at() >= parent_ended);
}

#[tokio::test]
async fn a_panic_in_a_task_fails_its_calls_and_no_other() {
    #[weave::op]
    async fn fails(n: u32) {
        leaf(n).await;
        panic!("task {n}")
    }
    #[weave::op]
    async fn parent() -> bool {
        let failed = weave::spawn(fails(1)).await;
        leaf(2).await;
        failed.is_err()
    }
    let recorder = Recorder::new();
    recorder.wrap(parent()).await;
    let expected = "\
parent() -> true
├─ fails(n: 1) panicked: task 1
│  └─ leaf(n: 1) -> 1
└─ leaf(n: 2) -> 2";
    assert_eq!(recorder.tree().outline(), expected);
}

#[tokio::test]
async fn futures_that_are_joined_stay_siblings() {
    #[weave::op]
    async fn branch(n: u32) -> u32 {
        leaf(n).await + leaf(n + 1).await
    }
    #[weave::op]
    async fn parent() -> u32 {
        let (one, two) = tokio::join!(branch(1), branch(10));
        one + two
    }
    let recorder = Recorder::new();
    recorder.wrap(parent()).await;
    let expected = "\
parent() -> 24
├─ branch(n: 1) -> 3
│  ├─ leaf(n: 1) -> 1
│  └─ leaf(n: 2) -> 2
└─ branch(n: 10) -> 21
   ├─ leaf(n: 10) -> 10
   └─ leaf(n: 11) -> 11";
    assert_eq!(recorder.tree().outline(), expected);
}

/// A call that hands its number down, through awaits and tasks, to the calls below.
#[weave::op]
async fn task(n: u32, depth: u32) {
    if depth == 0 {
        return;
    }
    tokio::task::yield_now().await;
    step(n);
    let spawned = weave::spawn(boxed_task(n, depth - 1));
    let joined = tokio::join!(leaf(n), leaf(n));
    assert_eq!(joined, (n, n));
    step(n);
    spawned.await.unwrap();
}

/// The compiler cannot see that a future is `Send` from inside of it.
fn boxed_task(n: u32, depth: u32) -> BoxFuture<'static, ()> {
    Box::pin(task(n, depth))
}

#[weave::op]
fn step(n: u32) {
    std::hint::black_box(n);
}

#[test]
fn two_hundred_tasks_on_four_threads_keep_each_child_below_its_parent() {
    const TASKS: u32 = 200;
    const DEPTH: u32 = 3;
    #[weave::op]
    async fn all() {
        let mut set = weave::JoinSet::new();
        for n in 0..TASKS {
            set.spawn(task(n, DEPTH));
        }
        set.join_all().await;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let recorder = Recorder::new();
    runtime.block_on(recorder.wrap(all()));

    let calls = recorder.calls();
    // Each task has one call per level, and below all but the last two steps and two leaves.
    assert_eq!(calls.len() as u32, 1 + TASKS * (DEPTH + 1 + DEPTH * 4));
    let by_id: HashMap<_, _> = calls.iter().map(|call| (call.id(), call)).collect();
    let depth = |call: &CallRecord| call.input::<u32>("depth").unwrap();
    for call in calls.iter().filter(|call| call.parent_id().is_some()) {
        let parent = by_id[&call.parent_id().unwrap()];
        assert_eq!(call.trace_id(), parent.trace_id());
        match (call.op_name(), parent.op_name()) {
            ("task", "all") => assert_eq!(depth(call), DEPTH),
            ("task", "task") => assert_eq!(depth(call) + 1, depth(parent)),
            (_, "task") => {}
            (child, parent) => panic!("{child} is below {parent}"),
        }
        if parent.op_name() == "task" {
            assert_eq!(call.input::<u32>("n").unwrap(), parent.input::<u32>("n").unwrap());
        }
    }
}
