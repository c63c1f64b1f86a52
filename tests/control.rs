//! Switching recording off and on for the whole process: alone in this one, because every test would notice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use weave::testing::Recorder;

static TURN: Mutex<()> = Mutex::new(());

/// Runs one test after the other.
fn alone(test: impl FnOnce()) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    test();
    weave::set_enabled(true);
}

#[weave::op]
fn work(n: u32) -> u32 {
    n
}

#[test]
fn what_starts_while_recording_is_off_is_not_recorded() {
    alone(|| {
        #[weave::op]
        fn outer() {
            work(1);
            weave::set_enabled(false);
            work(2);
            weave::start_call("manual").run(|| work(3));
            weave::current_call().start_call("child").finish(());
            weave::current_call().merge_summary("still", "open");
            weave::scope().attribute("a", 1).run(|| {
                weave::set_enabled(true);
                work(4);
            });
            weave::set_enabled(false);
        }
        let recorder = Recorder::new();
        recorder.run(outer);
        assert!(!weave::is_enabled());
        recorder.run(|| work(5));
        weave::set_enabled(true);
        recorder.run(|| work(6));
        assert_eq!(recorder.tree().outline(), "outer()\n├─ work(n: 1) -> 1\n└─ work(n: 4) -> 4\nwork(n: 6) -> 6");
        let calls = recorder.calls();
        assert_eq!(calls[0].summary()["still"], "open");
        assert_eq!(calls[2].attributes()["a"], 1);
    });
}

#[test]
fn saying_it_again_changes_nothing() {
    alone(|| {
        assert!(weave::is_enabled());
        weave::set_enabled(false);
        weave::set_enabled(false);
        assert!(!weave::is_enabled());
        // Recorders come and go meanwhile.
        drop(Recorder::new());
        let recorder = Recorder::new();
        weave::set_enabled(true);
        weave::set_enabled(true);
        assert!(weave::is_enabled());
        recorder.run(|| work(1));
        assert_eq!(recorder.calls().len(), 1);
    });
}

#[test]
fn health_says_that_nothing_is_recorded() {
    alone(|| {
        let weave = weave::builder("control").local(false).init().unwrap();
        assert!(weave.health().recording);
        weave::set_enabled(false);
        assert!(!weave.health().recording);
        work(1);
        weave::set_enabled(true);
        assert!(weave.health().recording);
        assert!(weave.shutdown().is_complete());
    });
}

#[test]
fn health_counts_the_traces_that_are_sampled_out() {
    alone(|| {
        let weave = weave::builder("control").local(false).sample_rate(0.0).init().unwrap();
        (0..10).for_each(|n| weave::start_call("root").run(|| _ = work(n)));
        assert_eq!(weave.health().unsampled, 10);
        let report = weave.shutdown();
        assert_eq!((report.unsampled, report.is_complete()), (10, true));
    });
}

#[test]
fn calls_that_race_with_the_switch_are_recorded_whole_or_not_at_all() {
    #[weave::op]
    fn outer(n: u32) -> u32 {
        work(n) + work(n)
    }
    alone(|| {
        let (recorder, done) = (Recorder::new(), AtomicBool::new(false));
        std::thread::scope(|threads| {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    weave::set_enabled(!weave::is_enabled());
                }
                weave::set_enabled(true);
            });
            let workers: Vec<_> = (0..4)
                .map(|_| threads.spawn(|| recorder.run(|| assert_eq!((0..5_000).map(outer).sum::<u32>(), 24_995_000))))
                .collect();
            workers.into_iter().for_each(|worker| worker.join().unwrap());
            done.store(true, Ordering::Relaxed);
        });
        let calls = recorder.calls();
        assert!(calls.iter().all(|call| call.status() == weave::Status::Success), "no call was left open");
        recorder.run(|| work(1));
        assert_eq!(recorder.calls().len(), calls.len() + 1);
    });
}
