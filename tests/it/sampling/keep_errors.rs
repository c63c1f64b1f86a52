//! Traces that were sampled out, and are kept because a call in them fails.

use weave::testing::Recorder;

use super::{flags, work};

/// A recorder for a program that samples next to nothing and keeps what fails.
fn keeper() -> Recorder {
    Recorder::with(weave::builder("test").sample_rate(0.0).keep_errors(true)).unwrap()
}

#[test]
fn a_trace_that_is_sampled_out_is_kept_when_a_call_in_it_fails() {
    #[weave::op]
    fn risky(n: u32) -> Result<u32, String> {
        work(n);
        if n == 3 { Err("three".to_owned()) } else { Ok(n) }
    }
    #[weave::op]
    fn all(n: u32) -> u32 {
        work(0);
        let kept = risky(n).is_err();
        work(9);
        u32::from(kept)
    }
    let recorder = keeper();
    recorder.run(|| (1..5).map(all).sum::<u32>());
    assert_eq!(
        recorder.tree().outline(),
        "all(n: 3) -> 1
├─ work(n: 0) -> 0
├─ risky(n: 3) failed: three
│  └─ work(n: 3) -> 3
└─ work(n: 9) -> 9"
    );
}

#[test]
fn a_trace_that_panics_is_kept_and_says_to_others_that_it_is_not_sampled() {
    #[weave::op]
    fn crash() {
        assert_eq!(flags(), (true, false));
        assert!(weave::current_call().is_recording());
        weave::current_call().merge_summary("a", 1);
        panic!("out")
    }
    let recorder = keeper();
    recorder.run(|| std::panic::catch_unwind(crash)).unwrap_err();
    assert_eq!(recorder.tree().outline(), "crash() panicked: out");
    assert_eq!(recorder.calls()[0].summary()["a"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_and_threads_are_held_with_their_root() {
    #[weave::op]
    async fn leaf(n: u32) -> Result<u32, u32> {
        tokio::task::yield_now().await;
        std::thread::spawn(weave::bind(move || work(n))).join().unwrap();
        if n == 2 { Err(n) } else { Ok(n) }
    }
    #[weave::op]
    async fn root(from: u32) {
        let mut set = weave::JoinSet::new();
        (from..from + 3).for_each(|n| drop(set.spawn(leaf(n))));
        while set.join_next().await.is_some() {}
    }
    let recorder = keeper();
    recorder.wrap(async { tokio::join!(root(0), root(10)) }).await;
    assert_eq!(
        recorder.tree().sorted().outline(),
        "root(from: 0)
├─ leaf(n: 0) -> 0
│  └─ work(n: 0) -> 0
├─ leaf(n: 1) -> 1
│  └─ work(n: 1) -> 1
└─ leaf(n: 2) failed: 2
   └─ work(n: 2) -> 2"
    );
}

#[test]
fn what_ends_after_its_root_follows_the_decision() {
    let recorder = keeper();
    let late = |fails: bool| {
        let (child, bound) = weave::start_call("root").run_and_leave(fails);
        bound();
        child.finish(());
    };
    recorder.run(|| (late(false), late(true)));
    assert_eq!(recorder.tree().outline(), "root() failed: x\n├─ child()\n└─ work(n: 1) -> 1");
}

trait RunAndLeave {
    fn run_and_leave(self, fails: bool) -> (weave::OpenCall, Box<dyn FnOnce() -> u32 + Send>);
}

impl RunAndLeave for weave::OpenCall {
    /// Ends the call, and gives a child of it that is open and a closure that makes another.
    fn run_and_leave(self, fails: bool) -> (weave::OpenCall, Box<dyn FnOnce() -> u32 + Send>) {
        let mut left: Option<(weave::OpenCall, Box<dyn FnOnce() -> u32 + Send>)> = None;
        let _ = self.try_run(|| {
            left = Some((weave::start_call("child"), Box::new(weave::bind(|| work(1)))));
            if fails { Err("x") } else { Ok(()) }
        });
        left.unwrap()
    }
}

#[test]
fn more_than_can_be_held_gives_up_the_oldest() {
    let builder = weave::builder("test").sample_rate(0.0).keep_errors(true).queue_calls(10);
    let recorder = Recorder::with(builder).unwrap();
    recorder.run(|| {
        let old = weave::start_call("old");
        old.in_scope(|| work(1));
        let new = weave::start_call("new").root();
        new.in_scope(|| (2..12).map(work).sum::<u32>());
        old.in_scope(|| work(12));
        old.fail("too late");
        new.fail("in time");
    });
    let tree = recorder.tree();
    assert!(tree.outline().starts_with("new() failed: in time\n├─ work(n: 2) -> 2"), "{}", tree.outline());
    assert_eq!(recorder.calls().len(), 11);
}
