//! What is below a root follows it, wherever it runs.

use futures::StreamExt;

use super::{always, never, recorder, work};

#[test]
fn below_a_root_no_rate_matters() {
    #[weave::op]
    fn root() {
        never();
        weave::scope().sampled(false).run(|| work(2));
    }
    let all = recorder(1.0);
    all.run(root);
    assert_eq!(all.tree().outline(), "root()\n├─ never() -> 1\n│  └─ work(n: 1) -> 1\n└─ work(n: 2) -> 2");
    let none = recorder(0.0);
    #[weave::op]
    fn unsampled() {
        always();
        weave::scope().sampled(true).run(|| work(2));
    }
    none.run(unsampled);
    assert_eq!(none.tree().outline(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_threads_streams_and_polls_follow_their_root() {
    #[weave::op]
    async fn leaf(n: u32) -> u32 {
        tokio::task::yield_now().await;
        work(n)
    }
    #[weave::op]
    fn items() -> impl futures::Stream<Item = u32> {
        futures::stream::iter(0..2).then(leaf)
    }
    #[weave::op]
    async fn root() -> u32 {
        let spawned = weave::spawn(leaf(1)).await.unwrap();
        let blocking = weave::spawn_blocking(|| work(2)).await.unwrap();
        let bound = std::thread::spawn(weave::bind(|| work(3))).join().unwrap();
        let mut set = weave::JoinSet::new();
        set.spawn(leaf(4));
        let joined: u32 = set.join_all().await.into_iter().sum();
        let streamed: u32 = items().fold(0, |sum, item| async move { sum + item }).await;
        let scoped = weave::scope().attribute("a", 1).wrap(leaf(5)).await;
        spawned + blocking + bound + joined + streamed + scoped
    }
    let (none, all) = (recorder(0.0), recorder(1.0));
    assert_eq!(none.wrap(root()).await, 16);
    assert_eq!(none.calls().len(), 0);
    assert_eq!(all.wrap(root()).await, 16);
    assert_eq!(all.calls().len(), 14);
}

#[test]
fn a_child_that_is_started_by_a_handle_follows_its_parent() {
    let recorder = recorder(0.0);
    let handle = recorder.run(|| {
        let call = weave::start_call("parent");
        let handle = call.handle();
        handle.start_call("child").run(|| work(1));
        handle.in_scope(|| work(2));
        call.finish(());
        handle
    });
    std::thread::spawn(move || handle.start_call("late").run(|| work(3))).join().unwrap();
    assert_eq!(recorder.calls().len(), 0);
}

#[test]
fn a_root_that_is_asked_for_is_decided_anew() {
    let recorder = recorder(0.0);
    recorder.run(|| {
        weave::start_call("unsampled").run(|| {
            weave::scope().sampled(true).run(|| {
                let ((), call) = weave::call(|| weave::start_call("report").root().input("n", 1).run(|| _ = work(1)));
                assert_eq!(call.op_name(), Some("report"));
            });
        });
        weave::scope().sampled(true).run(|| {
            weave::start_call("sampled")
                .run(|| weave::scope().sampled(false).run(|| weave::start_call("not").root().finish(())));
        });
    });
    assert_eq!(recorder.tree().outline(), "report(n: 1)\n└─ work(n: 1) -> 1\nsampled()");
}
