//! The current call, and the call that a piece of code made.

use serde_json::json;
use weave::testing::Recorder;

#[weave::op]
fn inner(n: u32) -> u32 {
    n + 1
}

#[weave::op]
fn outer(n: u32) -> u32 {
    inner(n) * 2
}

#[test]
fn the_current_call_knows_its_ids_and_its_op() {
    #[weave::op]
    fn ask() -> (Option<weave::CallId>, Option<weave::TraceId>, Option<String>) {
        let call = weave::current_call();
        (call.id(), call.trace_id(), call.op_name().map(str::to_owned))
    }
    let recorder = Recorder::new();
    let (id, trace, op) = recorder.run(ask);
    let call = &recorder.calls()[0];
    assert_eq!((id, trace, op.as_deref()), (Some(call.id()), Some(call.trace_id()), Some("ask")));
}

#[test]
fn outside_of_a_call_the_current_call_is_empty_and_does_nothing() {
    let check = || {
        let call = weave::current_call();
        call.set_attribute("a", 1);
        call.merge_summary("a", 1);
        call.add_event("a", 1);
        call.set_display_name("a");
        assert_eq!((call.id(), call.trace_id(), call.op_name(), call.is_recording()), (None, None, None, false));
        assert_eq!(call.in_scope(|| inner(1)), 2);
        call.start_call("below nothing").finish(());
    };
    check();
    let recorder = Recorder::new();
    recorder.run(check);
    assert_eq!(recorder.tree().outline(), "inner(n: 1) -> 2");
}

#[test]
fn the_current_call_is_the_innermost_and_the_outer_again_after_it() {
    #[weave::op]
    fn parent() {
        let own = weave::current_call().id();
        assert_ne!(child(), own);
        assert_eq!(weave::current_call().id(), own);
        let caught = std::panic::catch_unwind(fail);
        assert!(caught.is_err());
        assert_eq!(weave::current_call().id(), own);
    }
    #[weave::op]
    fn child() -> Option<weave::CallId> {
        weave::current_call().id()
    }
    #[weave::op]
    fn fail() {
        panic!("fail")
    }
    let recorder = Recorder::new();
    recorder.run(parent);
    assert_eq!(recorder.run(weave::current_call).id(), None);
}

#[test]
fn summaries_are_merged_and_attributes_replaced() {
    #[weave::op]
    fn work() {
        let call = weave::current_call();
        call.merge_summary("score", json!({ "a": 1, "nest": { "x": 1 } }));
        call.merge_summary("score", json!({ "b": 2, "nest": { "y": 2 } }));
        call.merge_summary("list", [1]);
        call.merge_summary("list", [2]);
        call.set_attribute("state", "begun");
        call.set_attribute("state", "done");
    }
    let recorder = Recorder::new();
    recorder.run(work);
    let call = &recorder.calls()[0];
    let summary = json!({ "score": { "a": 1, "b": 2, "nest": { "x": 1, "y": 2 } }, "list": [2],
        "status_counts": { "success": 1, "error": 0 } });
    assert_eq!(json!(call.summary()), summary);
    assert_eq!(json!(call.span_attributes()), json!({ "state": "done" }));
}

#[test]
fn events_are_kept_in_order_with_their_time() {
    #[weave::op]
    fn work() {
        let call = weave::current_call();
        call.add_event("retry", json!({ "attempt": 1 }));
        call.add_event("plain", ());
        call.add_event("value", 7);
    }
    let recorder = Recorder::new();
    recorder.run(work);
    let call = &recorder.calls()[0];
    let events: Vec<_> = call.events().iter().map(|event| (event.name.as_str(), json!(event.attributes))).collect();
    assert_eq!(events, [("retry", json!({ "attempt": 1 })), ("plain", json!({})), ("value", json!({ "value": 7 }))]);
    assert!(call.events().is_sorted_by_key(|event| event.at));
}

#[test]
fn what_a_call_is_given_is_bounded_and_the_rest_counted() {
    #[weave::op]
    fn work() {
        for n in 0..2_000 {
            weave::current_call().set_attribute(format!("key {n}"), n);
        }
    }
    let recorder = Recorder::new();
    recorder.run(work);
    let call = &recorder.calls()[0];
    assert_eq!((call.span_attributes().len(), &call.span_attributes()["weave.ignored"]), (1_025, &json!(976)));
}

#[test]
fn a_handle_may_be_used_on_other_threads_until_the_call_has_ended() {
    let (sender, receiver) = std::sync::mpsc::channel();
    #[weave::op]
    fn work(sender: &std::sync::mpsc::Sender<weave::Call>) {
        let call = weave::current_call();
        std::thread::scope(|threads| {
            threads.spawn(|| call.set_attribute("from", "a thread"));
        });
        sender.send(call).unwrap();
    }
    let recorder = Recorder::new();
    recorder.run(|| work(&sender));
    let call: weave::Call = receiver.recv().unwrap();
    assert!(!call.is_recording());
    call.set_attribute("late", 1);
    assert_eq!(json!(recorder.calls()[0].span_attributes()), json!({ "from": "a thread" }));
}

#[test]
fn call_gives_the_outermost_of_nested_calls() {
    let recorder = Recorder::new();
    let (result, call) = recorder.run(|| weave::call(|| outer(inner(1))));
    assert_eq!((result, call.op_name()), (6, Some("outer")));
    assert_eq!(recorder.tree().roots().last().map(weave::CallRecord::id), call.id());
}

#[test]
fn call_gives_the_call_also_when_it_failed() {
    #[weave::op]
    fn fail() -> Result<(), String> {
        Err("no".to_owned())
    }
    let recorder = Recorder::new();
    let (result, call) = recorder.run(|| weave::call(fail));
    assert_eq!((result, call.op_name()), (Err("no".to_owned()), Some("fail")));
    assert_eq!(recorder.calls()[0].id(), call.id().unwrap());
}

#[test]
fn call_works_inside_a_call_and_inside_another() {
    #[weave::op]
    fn parent() -> [Option<String>; 2] {
        let ((_, first), second) = weave::call(|| weave::call(|| inner(1)));
        [first.op_name().map(str::to_owned), second.op_name().map(str::to_owned)]
    }
    let recorder = Recorder::new();
    let names = recorder.run(parent);
    assert_eq!(names.map(Option::unwrap), ["inner", "inner"]);
}

#[test]
fn call_async_gives_the_call_of_a_future_and_of_a_task() {
    #[weave::op]
    async fn later(n: u32) -> u32 {
        tokio::task::yield_now().await;
        inner(n)
    }
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(recorder.wrap(async {
        let (result, call) = weave::call_async(later(1)).await;
        assert_eq!((result, call.op_name()), (2, Some("later")));
        let (joined, call) = weave::call_async(async { weave::spawn(later(2)).await }).await;
        assert_eq!((joined.unwrap(), call.op_name()), (3, Some("later")));
    }));
}

#[test]
fn call_gives_an_empty_handle_where_no_call_was_made() {
    let recorder = Recorder::new();
    let (result, call) = recorder.run(|| weave::call(|| 5));
    assert_eq!((result, call.id()), (5, None));
}

#[test]
fn a_root_that_was_made_by_hand_is_the_last_call_too() {
    #[weave::op]
    fn parent() -> Option<weave::CallId> {
        weave::call(|| weave::start_call("apart").root().finish(())).1.id()
    }
    let recorder = Recorder::new();
    let apart = recorder.run(parent);
    let calls = recorder.calls();
    assert_eq!((calls[1].op_name(), calls[1].parent_id()), ("apart", None));
    assert_eq!(apart, Some(calls[1].id()));
}
