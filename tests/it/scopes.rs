//! Regions of code: disabled ones, streams in one, and what they leave behind.

use futures::StreamExt;
use serde_json::json;
use weave::testing::Recorder;

#[weave::op]
fn work(n: u8) -> u8 {
    n
}

#[test]
fn nothing_is_recorded_in_a_disabled_scope_and_everything_after_it() {
    struct Fatal;
    impl serde::Serialize for Fatal {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("a disabled scope captured something")
        }
    }
    #[weave::op]
    fn fatal(value: Fatal) -> Fatal {
        value
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        work(1);
        weave::scope().disabled().run(|| {
            fatal(Fatal);
            weave::start_call("manual").input("a", Fatal).run(|| work(2));
            weave::scope().attribute("a", 1).display_name("b").run(|| work(3));
            assert_eq!(weave::call(|| work(4)).1.id(), None);
        });
        work(5);
    });
    assert_eq!(recorder.tree().outline(), "work(n: 1) -> 1\nwork(n: 5) -> 5");
}

#[test]
fn a_disabled_scope_inside_a_call_leaves_the_call_alone() {
    #[weave::op]
    fn outer() {
        weave::scope().disabled().run(|| work(1));
        work(2);
    }
    let recorder = Recorder::new();
    recorder.run(outer);
    assert_eq!(recorder.tree().outline(), "outer()\n└─ work(n: 2) -> 2");
}

#[test]
fn a_disabled_future_stays_disabled_across_awaits_and_tasks() {
    #[weave::op]
    async fn later() {
        tokio::task::yield_now().await;
        work(1);
    }
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(recorder.wrap(async {
        weave::scope().disabled().wrap(async { weave::spawn(later()).await.unwrap() }).await;
        work(2);
    }));
    assert_eq!(recorder.tree().outline(), "work(n: 2) -> 2");
}

#[test]
fn a_stream_is_polled_in_its_scope() {
    let recorder = Recorder::new();
    let stream = futures::stream::iter(1..=2).map(work);
    let items: Vec<u8> = futures::executor::block_on(
        recorder.wrap(async { weave::scope().attribute("a", 1).wrap_stream(stream).collect().await }),
    );
    assert_eq!(items, [1, 2]);
    assert!(recorder.calls().iter().all(|call| call.attributes()["a"] == 1));
    assert_eq!(recorder.calls().len(), 2);
}

#[test]
fn a_panic_ends_a_scope() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let caught = std::panic::catch_unwind(|| weave::scope().attribute("a", 1).run(|| panic!("out")));
        assert!(caught.is_err());
        work(1);
    });
    assert_eq!(recorder.calls()[0].attributes().get("a"), None);
}

#[test]
fn a_scope_that_runs_nothing_does_nothing() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let kept = weave::scope().attribute("a", 1).display_name("b");
        work(1);
        drop(kept);
    });
    assert_eq!(recorder.tree().outline(), "work(n: 1) -> 1");
}

#[test]
fn two_recorders_keep_apart() {
    let (outer, inner) = (Recorder::new(), Recorder::new());
    outer.run(|| {
        weave::start_call("outer").run(|| {
            work(1);
            weave::scope().attribute("a", 1).run(|| inner.run(|| work(2)));
            work(3);
        });
    });
    assert_eq!(outer.tree().outline(), "outer()\n├─ work(n: 1) -> 1\n└─ work(n: 3) -> 3");
    assert_eq!(inner.tree().outline(), "work(n: 2) -> 2");
    assert_eq!(serde_json::Value::Object(inner.calls()[0].attributes().clone()), json!({}));
}

#[test]
fn a_task_that_spawns_its_successor_from_a_scope_may_do_so_for_ever() {
    let recorder = Recorder::new();
    #[weave::op]
    fn last() -> u64 {
        7
    }
    fn next(left: u32) {
        if left == 0 {
            last();
            return;
        }
        let scope = weave::scope().attribute("left", left);
        scope.run(|| weave::call(|| weave::spawn(async move { next(left - 1) })));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let outline = runtime.block_on(recorder.wrap(async {
        next(200_000);
        while recorder.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        recorder.tree().outline()
    }));
    assert_eq!(outline, "last() -> 7");
    assert_eq!(recorder.calls()[0].attributes()["left"], 1);
}
