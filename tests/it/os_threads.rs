//! Threads of the system: those of `weave::thread`, pools, and channels between them.

use std::sync::mpsc;

use rayon::prelude::*;
use weave::testing::Recorder;

#[weave::op]
fn child(n: u32) -> u32 {
    n
}

#[test]
fn a_thread_nests_under_the_call_that_started_it() {
    #[weave::op]
    fn parent() -> u32 {
        let plain = weave::thread::spawn(|| child(1)).join().unwrap();
        let named = weave::thread::Builder::new().name("named").spawn(|| child(2)).unwrap().join().unwrap();
        plain + named
    }
    let recorder = Recorder::new();
    recorder.run(parent);
    assert_eq!(recorder.tree().outline(), "parent() -> 3\n├─ child(n: 1) -> 1\n└─ child(n: 2) -> 2");
}

#[test]
fn a_thread_may_outlive_the_call_that_started_it() {
    struct Started(std::thread::JoinHandle<u32>);
    #[weave::op]
    fn parent(start: mpsc::Receiver<()>) -> Started {
        Started(weave::thread::spawn(move || {
            start.recv().unwrap();
            child(1)
        }))
    }
    let (start, started) = mpsc::channel();
    let recorder = Recorder::new();
    let thread = recorder.run(|| parent(started)).0;
    assert!(recorder.calls()[0].ended_at().is_some());
    start.send(()).unwrap();
    thread.join().unwrap();
    let calls = recorder.calls();
    assert_eq!((calls[1].op_name(), calls[1].parent_id()), ("child", Some(calls[0].id())));
}

#[test]
fn the_threads_of_a_scope_borrow_and_each_nests_where_it_was_started() {
    #[weave::op]
    fn branch(n: u32) {
        weave::thread::scope(|threads| {
            threads.spawn(|| child(n));
            weave::thread::Builder::new().name("built").spawn_scoped(threads, || child(n + 1)).unwrap();
        });
    }
    #[weave::op]
    fn parent() {
        let numbers = [10, 20];
        weave::thread::scope(|threads| {
            for n in &numbers {
                threads.spawn(|| branch(*n));
            }
        });
    }
    let recorder = Recorder::new();
    recorder.run(parent);
    let expected = "\
parent()
├─ branch(n: 10)
│  ├─ child(n: 10) -> 10
│  └─ child(n: 11) -> 11
└─ branch(n: 20)
   ├─ child(n: 20) -> 20
   └─ child(n: 21) -> 21";
    assert_eq!(recorder.tree().sorted().outline(), expected);
}

#[test]
fn a_thread_that_panics_fails_its_calls_and_tells_whoever_joins_it() {
    #[weave::op]
    fn fails() {
        panic!("out of reach")
    }
    #[weave::op]
    fn parent() -> bool {
        weave::thread::scope(|threads| threads.spawn(fails).join().is_err())
    }
    let recorder = Recorder::new();
    recorder.run(parent);
    assert_eq!(recorder.tree().outline(), "parent() -> true\n└─ fails() panicked: out of reach");
}

#[test]
fn the_work_of_a_rayon_pool_nests_under_the_call_that_gave_it() {
    #[weave::op(skip_all)]
    fn parent(pool: &rayon::ThreadPool) -> u32 {
        let context = weave::Context::current();
        let sum: u32 = pool.install(|| (1..=3_u32).into_par_iter().map(|n| context.run(|| child(n))).sum());
        pool.scope(|scope| scope.spawn(|_| weave::bind(|| _ = child(9))()));
        let (bound, (sender, receiver)) = (weave::bind(|| child(4)), mpsc::channel());
        pool.spawn(move || sender.send(bound()).unwrap());
        sum + receiver.recv().unwrap()
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let recorder = Recorder::new();
    recorder.run(|| parent(&pool));
    let expected = "\
parent() -> 10
├─ child(n: 1) -> 1
├─ child(n: 2) -> 2
├─ child(n: 3) -> 3
└─ child(n: 4) -> 4";
    // What is bound on the thread of a pool is bound to nothing, so the ninth is of no recorder.
    assert_eq!(recorder.tree().sorted().outline(), expected);
}

#[test]
fn what_a_pool_ran_leaves_nothing_behind_on_its_threads() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let recorder = Recorder::new();
    recorder.run(|| weave::start_call("open").run(|| pool.install(weave::bind(|| child(1)))));
    assert_eq!(pool.install(|| weave::current_call().id()), None);
}

#[test]
fn a_message_carries_the_context_of_who_sent_it() {
    struct Job {
        n: u32,
        context: weave::Context,
    }
    #[weave::op(skip_all)]
    fn ask(n: u32, jobs: &mpsc::Sender<Job>) {
        jobs.send(Job { n, context: weave::Context::current() }).unwrap();
    }
    let (jobs, queue) = mpsc::channel::<Job>();
    let worker = std::thread::spawn(move || {
        for job in queue {
            job.context.run(|| child(job.n));
        }
    });
    let recorder = Recorder::new();
    recorder.run(|| {
        ask(1, &jobs);
        ask(2, &jobs);
    });
    drop(jobs);
    worker.join().unwrap();
    assert_eq!(recorder.tree().outline(), "ask()\n└─ child(n: 1) -> 1\nask()\n└─ child(n: 2) -> 2");
}

#[tokio::test]
async fn an_actor_answers_below_who_asked_it() {
    type Question = (u32, weave::Context, tokio::sync::oneshot::Sender<u32>);
    #[weave::op]
    async fn answer(n: u32) -> u32 {
        tokio::task::yield_now().await;
        child(n)
    }
    #[weave::op(skip_all)]
    async fn ask(n: u32, actor: tokio::sync::mpsc::Sender<Question>) -> u32 {
        let (reply, answered) = tokio::sync::oneshot::channel();
        actor.send((n, weave::Context::current(), reply)).await.unwrap();
        answered.await.unwrap()
    }
    let (sender, mut questions) = tokio::sync::mpsc::channel::<Question>(8);
    let actor = tokio::spawn(async move {
        while let Some((n, context, reply)) = questions.recv().await {
            reply.send(context.wrap(answer(n)).await).unwrap();
        }
    });
    let recorder = Recorder::new();
    let both = recorder.wrap(async { tokio::join!(ask(1, sender.clone()), ask(2, sender.clone())) }).await;
    drop(sender);
    actor.await.unwrap();
    assert_eq!(both, (1, 2));
    let expected = "\
ask() -> 1
└─ answer(n: 1) -> 1
   └─ child(n: 1) -> 1
ask() -> 2
└─ answer(n: 2) -> 2
   └─ child(n: 2) -> 2";
    assert_eq!(recorder.tree().sorted().outline(), expected);
}

#[tokio::test]
async fn a_local_task_nests_under_the_call_that_spawned_it() {
    #[weave::op(skip_all)]
    async fn local(shared: std::rc::Rc<u32>) -> u32 {
        tokio::task::yield_now().await;
        child(*shared)
    }
    #[weave::op]
    async fn parent() -> u32 {
        let one = weave::spawn_local(local(std::rc::Rc::new(1))).await.unwrap();
        let mut set = weave::JoinSet::new();
        set.spawn_local(local(std::rc::Rc::new(2)));
        one + set.join_next().await.unwrap().unwrap()
    }
    let recorder = Recorder::new();
    tokio::task::LocalSet::new().run_until(recorder.wrap(parent())).await;
    let expected = "\
parent() -> 3
├─ local() -> 1
│  └─ child(n: 1) -> 1
└─ local() -> 2
   └─ child(n: 2) -> 2";
    assert_eq!(recorder.tree().outline(), expected);
}
