//! The scenarios of the Python SDK in Rust, call by call the same. What is not the same is in the table of
//! `src/docs/python.md`.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use weave::testing::Recorder;
use weave::{CallRecord, Status};

/// What the Python SDK sent, without what the table has as different.
fn of_python(calls: &str) -> Value {
    let mut calls: Value = serde_json::from_str(calls).unwrap();
    for call in calls.as_array_mut().unwrap() {
        let call = call.as_object_mut().unwrap();
        if let Some(weave) = call["attributes"]["weave"].as_object_mut() {
            weave.retain(|key, _| matches!(key.as_str(), "kind" | "color"));
        }
        let attributes = call["attributes"].as_object_mut().unwrap();
        if attributes["weave"] == json!({}) {
            attributes.remove("weave");
        }
        if let Some(exception) = call["exception"].as_object_mut() {
            exception.retain(|key, _| key == "message");
        }
    }
    calls
}

/// The calls of a recorder in the form of the fixtures.
fn of_rust(recorder: &Recorder) -> Value {
    let calls = recorder.calls();
    let place = |ids: &[String], id: &str| ids.iter().position(|known| known == id).map_or(0, |place| place + 1);
    let ids: Vec<String> = calls.iter().map(|call| call.id().to_string()).collect();
    let mut traces: Vec<String> = Vec::new();
    for call in &calls {
        let trace = call.trace_id().to_string();
        if !traces.contains(&trace) {
            traces.push(trace);
        }
    }
    let form = |call: &CallRecord| {
        json!({
            "id": format!("@call{}", place(&ids, &call.id().to_string())),
            "trace": format!("@ctrace{}", place(&traces, &call.trace_id().to_string())),
            "parent": call.parent_id().map(|id| format!("@call{}", place(&ids, &id.to_string()))),
            "op": python_name(call),
            "display_name": call.display_name(),
            "thread": call.thread_id(),
            "turn": call.turn_id().map(|id| format!("@call{}", place(&ids, &id.to_string()))),
            "inputs": json(call.inputs_json()),
            "output": call.output_json().map(json),
            "exception": call.error().map(|error| json!({ "message": error.message })),
            "attributes": call.attributes(),
            "summary": call.summary(),
            "finished": call.status() != Status::Running,
        })
    };
    calls.iter().map(form).collect()
}

/// Python makes the names of manual calls fit for references, as the identity here is.
fn python_name(call: &CallRecord) -> &str {
    if call.op().digest().is_some() { call.op_name() } else { call.op().identity() }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Compares call by call, so that a difference is short to read.
fn assert_same(recorder: &Recorder, fixture: &str) {
    let (rust, python) = (of_rust(recorder), of_python(fixture));
    for (rust, python) in rust.as_array().unwrap().iter().zip(python.as_array().unwrap()) {
        assert_eq!(rust, python);
    }
    assert_eq!(rust.as_array().unwrap().len(), python.as_array().unwrap().len());
}

#[test]
fn attributes() {
    #[weave::op(attributes(layer = "op", op_only = 1, nest = json!({ "a": "op", "b": "op" })))]
    fn f(x: i64) -> i64 {
        g(x)
    }
    #[weave::op]
    fn g(x: i64) -> i64 {
        x
    }
    let client = [("layer", json!("client")), ("client_only", json!(true)), ("nest", json!({ "c": "client" }))];
    let recorder = Recorder::with(weave::builder("test").attributes(client)).unwrap();
    recorder.run(|| {
        f(1);
        let context = [
            ("layer", json!("ctx")),
            ("nest", json!({ "a": "ctx" })),
            ("api_key", json!("hide-me")),
            ("weave", json!({ "mine": 1 })),
        ];
        weave::scope().attributes(context).run(|| {
            weave::scope().attribute("inner", true).run(|| {
                f(2);
                weave::scope().call_attribute("layer", "call").run(|| f(3));
            });
            f(4);
        });
    });
    assert_same(&recorder, include_str!("../fixtures/python/attributes.json"));
}

#[test]
fn display_name() {
    #[weave::op(name = "static", display_name = "static name")]
    fn fixed(x: i64) -> i64 {
        x
    }
    #[weave::op(display_name = |call: &CallRecord| format!("{}({})", call.op_name(), call.input::<i64>("x").unwrap()))]
    fn dynamic(x: i64) -> i64 {
        x
    }
    #[weave::op]
    fn too_long(x: i64) -> i64 {
        weave::current_call().set_display_name("L".repeat(1_100));
        x
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        fixed(1);
        dynamic(2);
        weave::scope().display_name("per call").run(|| fixed(3));
        too_long(4);
    });
    assert_same(&recorder, include_str!("../fixtures/python/display_name.json"));
}

#[test]
fn tracing_disabled() {
    #[weave::op]
    fn child(x: i64) -> i64 {
        x
    }
    #[weave::op]
    fn parent(x: i64) -> i64 {
        child(x)
    }
    #[weave::op]
    fn generate(n: i64) -> impl Iterator<Item = i64> {
        0..n
    }
    #[weave::op]
    fn partly(x: i64) -> i64 {
        weave::scope().disabled().run(|| child(x));
        child(x + 1)
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::scope().disabled().run(|| {
            parent(1);
            assert_eq!(generate(2).collect::<Vec<_>>(), [0, 1]);
            let (result, call) = weave::call(|| parent(5));
            assert_eq!((result, call.id()), (5, None));
        });
        partly(10);
    });
    assert_same(&recorder, include_str!("../fixtures/python/tracing_disabled.json"));
}

#[test]
fn create_call_manual() {
    let began = SystemTime::UNIX_EPOCH + Duration::from_micros(1_704_164_645_678_901);
    let recorder = Recorder::new();
    recorder.run(|| {
        let root = weave::start_call("my op/with: odd chars").input("q", 1).attribute("k", "v");
        let root = root.display_name("shown").started_at(began).ended_at(began + Duration::from_secs(2));
        let child = root.handle().start_call("child_op").input("c", 1);
        let detached = weave::start_call("detached").root();
        root.handle().start_call("explicit_parent").finish("e");
        detached.finish(());
        child.fail("child failed");
        root.handle().merge_summary("mine", json!({ "score": 1 }));
        root.handle().merge_summary("status_counts", json!({ "success": 99 }));
        root.finish(json!({ "a": 1 }));
        weave::start_call("logged").input("x", 5).display_name("Logged").attribute("a", 1).finish(15);
        weave::start_call("logged_fail").fail("logged failure");
    });
    let call = &recorder.calls()[0];
    assert_eq!((call.started_at(), call.duration()), (began, Some(Duration::from_secs(2))));
    assert_same(&recorder, include_str!("../fixtures/python/create_call_manual.json"));
}

#[test]
fn postprocess() {
    #[weave::op(
        inputs = |inputs| drop(inputs.insert("op_in".to_owned(), true.into())),
        output = |output| json!({ "op_out": output }),
        kind = "llm",
        color = "blue",
    )]
    fn f(x: i64) -> i64 {
        x + 1
    }
    #[weave::op]
    fn plain(x: i64) -> i64 {
        x
    }
    let client = weave::builder("test")
        .inputs(|_, inputs| drop(inputs.insert("client_in".to_owned(), true.into())))
        .output(|_, output| *output = json!({ "client_out": output.take() }));
    let recorder = Recorder::with(client).unwrap();
    recorder.run(|| (f(1), plain(2)));
    assert_same(&recorder, include_str!("../fixtures/python/postprocess.json"));
}

#[test]
fn op_call_object() {
    #[weave::op]
    fn child(x: i64) -> i64 {
        x
    }
    #[weave::op]
    fn f(x: i64) -> i64 {
        child(x) + 1
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        let (result, call) = weave::call(|| f(1));
        assert_eq!((result, call.op_name()), (2, Some("f")));
        f(2);
    });
    assert_same(&recorder, include_str!("../fixtures/python/op_call_object.json"));
}
