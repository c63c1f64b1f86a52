//! What calls say of their trace.

use serde_json::json;
use weave::testing::Recorder;

#[weave::op]
fn tagging(tag: &str) {
    weave::current_trace().tag(tag);
}

#[weave::op]
fn saying(key: &str, value: u32) {
    weave::current_trace().metadata(key, value);
}

#[test]
fn all_calls_of_a_trace_add_to_it() {
    #[weave::op]
    fn root() -> Option<weave::TraceId> {
        weave::current_trace().name("support").tags(["beta", "eu"]).metadata("user", json!({ "id": "u1" }));
        tagging("slow");
        tagging("beta");
        let trace = weave::current_trace();
        trace.metadata("user", json!({ "plan": "free" })).metadata("n", 1);
        trace.id()
    }
    let recorder = Recorder::new();
    let (id, _) = recorder.run(|| (root().unwrap(), tagging("another")));
    let trace = recorder.trace(id);
    assert_eq!((trace.id(), trace.name(), trace.len()), (id, Some("support"), 3));
    assert_eq!(trace.tags(), ["slow", "beta", "eu"]);
    assert_eq!(
        serde_json::to_value(trace.metadata()).unwrap(),
        json!({ "user": { "id": "u1", "plan": "free" }, "n": 1 })
    );
    let traces = recorder.traces();
    assert_eq!(traces.iter().map(weave::TraceRecord::len).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(traces[1].tags(), ["another"]);
}

#[test]
fn the_call_that_ends_last_is_right() {
    #[weave::op]
    fn root() {
        weave::current_trace().metadata("by root", 1).name("root");
        saying("by root", 2);
        saying("by children", 1);
        saying("by children", 2);
    }
    let recorder = Recorder::new();
    recorder.run(root);
    let trace = &recorder.traces()[0];
    assert_eq!(serde_json::to_value(trace.metadata()).unwrap(), json!({ "by root": 1, "by children": 2 }));
}

#[test]
fn outside_of_a_call_nothing_happens() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::current_trace().name("a").tag("b").metadata("c", 1);
        tagging("d");
        weave::current_trace().tag("e");
    });
    assert_eq!(recorder.traces()[0].tags(), ["d"]);
    assert_eq!(weave::current_trace().id(), None);
    assert!(recorder.trace(weave::TraceId::from_int(7)).is_empty());
}

#[test]
fn secrets_are_taken_out_of_it() {
    #[weave::op]
    fn leak() {
        let trace = weave::current_trace();
        trace.metadata("api_key", "k3y").metadata("config", json!({ "password": "pw" }));
        trace.name("password: pw").tag("password: pw");
    }
    let recorder = Recorder::with(weave::builder("test").redact(|path, value| {
        if path == "trace.metadata.config" {
            value["seen"] = true.into();
        }
    }))
    .unwrap();
    recorder.run(leak);
    let trace = &recorder.traces()[0];
    let all = serde_json::to_string(trace).unwrap();
    assert!(!all.contains("k3y") && !all.contains("pw"), "{all}");
    assert_eq!(trace.metadata()["config"]["seen"], true);
}

#[test]
fn a_call_says_only_so_much() {
    #[weave::op]
    fn chatty() {
        let trace = weave::current_trace();
        (0..5_000).for_each(|n| _ = trace.tag(n.to_string()));
    }
    let recorder = Recorder::new();
    recorder.run(chatty);
    assert_eq!(recorder.traces()[0].tags().len(), 1_024);
    assert_eq!(recorder.calls()[0].span_attributes()["weave.ignored"], 3_976);
}

#[test]
fn a_value_that_panics_harms_nobody() {
    struct Fatal;
    impl serde::Serialize for Fatal {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("out")
        }
    }
    #[weave::op]
    fn work() {
        weave::current_trace().metadata("a", Fatal).metadata("b", 1);
    }
    let recorder = Recorder::new();
    recorder.run(work);
    assert_eq!(recorder.traces()[0].metadata()["b"], 1);
}

#[tokio::test]
async fn tasks_of_a_trace_add_to_it() {
    #[weave::op]
    async fn root() {
        let tasks = ["a", "b"].map(|tag| weave::spawn(async move { tagging(tag) }));
        futures::future::join_all(tasks).await;
    }
    let recorder = Recorder::new();
    recorder.wrap(root()).await;
    let mut tags = recorder.traces()[0].tags().to_vec();
    tags.sort();
    assert_eq!(tags, ["a", "b"]);
}
