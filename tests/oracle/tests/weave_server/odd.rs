//! What nobody would write on purpose.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use weave::Conversation;

use crate::same::assert_same;
use crate::world::world;

/// A call by hand, as the server has it.
fn called(op: &str, value: &Value) -> Value {
    world();
    let call = weave::start_call(op).input("value", value);
    let trace = call.handle().trace_id().unwrap();
    call.finish(value);
    assert_same(trace).0.remove(0)
}

#[test]
fn ops_may_have_any_name() {
    for name in [
        "a".repeat(1_000),
        format!("{}::deep::tail", "a_module_with_a_long_name::".repeat(12)),
        "हिन्दी कि नाम".to_owned(),
        "ภาษาไทย".to_owned(),
        "⅐ ½ ² Ⅷ ⓐ 🍩".to_owned(),
        "🍩".to_owned(),
        String::new(),
        " ".to_owned(),
        "---".to_owned(),
        "../../etc/passwd".to_owned(),
        "a\u{0}b\n\tc".to_owned(),
        "latest".to_owned(),
        "v0".to_owned(),
        "e\u{301}".to_owned(),
    ] {
        let call = called(&name, &json!(1));
        let (object, digest) = call["op_name"].as_str().unwrap().split_once("/op/").unwrap().1.split_once(':').unwrap();
        let read = world().server.ask("/obj/read", json!({ "object_id": object, "digest": digest }));
        assert_eq!(read["obj"]["kind"], "op", "{name:?}: {read}");
    }
}

#[test]
fn values_may_look_like_anything() {
    for value in [
        json!("weave:///a/b/object/c:d"),
        json!("weave:///a/b/nonsense"),
        json!("see weave:///a/b"),
        json!("wandb-artifact:///x/y/z"),
        json!({ "a.b": { "c.d": 1 }, "": { "": null }, "a": { "b": 2 } }),
        json!({ "_type": "CustomWeaveType" }),
        json!({ "_type": "CustomWeaveType", "weave_type": { "type": "Op" }, "files": { "obj.py": "nope" } }),
        json!({ "_type": "Anything", "_class_name": "X", "_bases": [] }),
        json!({ "_ref": "weave:///a/b/object/c:d", "_weave": { "error": "<EXCEEDS_LIMITS>" } }),
        json!({ "_type": "datetime.datetime", "val": "x" }),
        json!({}),
        json!([]),
        json!(null),
        json!(false),
        json!("NaN"),
        json!("<EXCEEDS_LIMITS>"),
        json!("data:image/png;base64,AAAA"),
        json!("data:text/plain;base64,not base64 at all"),
        json!(u64::MAX),
        json!("a".repeat(70_000)),
        json!({ "k".repeat(10_000): 1 }),
    ] {
        let call = called("any", &value);
        assert_eq!(call["output"], value, "{call}");
    }
}

/// The server answers 400 to these.
#[test]
fn what_is_no_reference_and_looks_like_one_arrives_with_a_space_in_it() {
    world();
    for text in ["weave:///", "weave:///a/b", "weave-trace-internal:///x/y/z"] {
        let call = weave::start_call("refers").input("value", json!({ "deep": [text] }));
        let trace = call.handle().trace_id().unwrap();
        call.finish(text);
        world().settle();
        let calls = world().server.calls(&trace.to_string());
        assert_eq!(calls[0]["output"], text.replace(":///", ": //"), "{}", calls[0]);
    }
}

#[test]
fn agents_may_say_anything() {
    world();
    for text in ["weave:///", "weave-trace-internal:///x/y/z", "", "\u{0}", "NaN", "[1", "{}", "{\"a\":1}", "null"] {
        let talk =
            weave::start_conversation(Conversation::new().agent(text).attribute("a", text).attribute("a.b", text));
        let turn = talk.start_turn(text);
        turn.start_llm(weave::Llm::new(text).user(text).output(text)).end();
        turn.start_tool(weave::Tool::new("t").arguments(text)).result(text).end();
        let trace = turn.handle().trace_id().unwrap();
        turn.end();
        world().settle();
        let spans = world().server.spans(&trace.to_string());
        assert_eq!(spans.len(), 3, "{text:?}: {spans:?}");
    }
}

#[test]
fn numbers_beyond_64_bits_arrive() {
    world();
    let call = weave::start_call("huge").input("n", u128::MAX).input("f", f64::MAX);
    let trace = call.handle().trace_id().unwrap();
    call.finish(i128::MIN);
    assert_same(trace);
}

#[test]
fn deep_values_arrive() {
    let mut value = json!(1);
    for _ in 0..100 {
        value = json!([value]);
    }
    called("deep", &value);
}

#[test]
fn attributes_of_the_server_s_own_key_do_no_harm() {
    world();
    for value in [json!("text"), json!({ "client_version": 1, "mine": { "a": 1 } }), json!([1]), json!(null)] {
        let call =
            weave::start_call("owns").attribute("weave", &value).attribute("a.b", 1).attribute("a", json!({"b": 2}));
        let trace = call.handle().trace_id().unwrap();
        call.handle().merge_summary("weave", json!({ "status": "mine" }));
        call.handle().merge_summary("usage", json!({ "m": { "requests": 7 } }));
        call.handle().merge_summary("status_counts", json!({ "success": 99 }));
        call.finish(1);
        world().settle();
        let calls = world().server.calls(&trace.to_string());
        assert!(calls[0]["attributes"]["weave"]["client_version"].is_string(), "{}", calls[0]);
    }
}

#[test]
fn names_of_calls_may_be_long_or_empty() {
    world();
    for name in ["n".repeat(5_000), "é".repeat(2_000), "🍩".repeat(1_025), String::new(), " \n".to_owned()] {
        let call = weave::start_call("is named").display_name(&*name);
        let trace = call.handle().trace_id().unwrap();
        call.finish(1);
        world().settle();
        let calls = world().server.calls(&trace.to_string());
        let shown = calls[0]["display_name"].as_str().unwrap_or_default().chars().count();
        assert_eq!(shown, name.chars().count().min(1_024), "{}", calls[0]);
    }
}

#[test]
fn threads_may_have_any_name() {
    world();
    for name in ["n".repeat(5_000), "🍩\u{0}".to_owned()] {
        let (_, call) = weave::scope().thread(&*name).run(|| weave::call(|| weave::start_call("t").finish(1)));
        assert_same(call.trace_id().unwrap());
    }
}

#[test]
fn calls_of_any_time_arrive() {
    world();
    let epoch = SystemTime::UNIX_EPOCH;
    let day = Duration::from_secs(86_400);
    for at in [epoch, epoch - day, epoch - 100_000 * day, epoch + 80_000 * day, epoch + 106_000 * day] {
        let call = weave::start_call("then").started_at(at).ended_at(at + day);
        let trace = call.handle().trace_id().unwrap();
        call.finish(1);
        world().settle();
        let calls = world().server.calls(&trace.to_string());
        assert_eq!(calls.len(), 1, "{at:?}");
    }
}

#[test]
fn an_op_in_a_turn_in_an_op_is_in_the_tree_of_its_trace() {
    world();
    let outer = weave::start_call("outer");
    let (turn_trace, inner_trace) = outer.in_scope(|| {
        let talk = weave::start_conversation(Conversation::new().agent("x"));
        let turn = talk.start_turn("Find it");
        let tool = turn.start_tool("t");
        let inner = tool.in_scope(|| {
            let inner = weave::start_call("inner");
            let trace = inner.handle().trace_id().unwrap();
            inner.in_scope(|| weave::start_call("innermost").finish(1));
            inner.finish(1);
            trace
        });
        let trace = turn.handle().trace_id().unwrap();
        tool.end();
        turn.end();
        (trace, inner)
    });
    let trace = outer.handle().trace_id().unwrap();
    outer.finish(1);
    for trace in [trace, turn_trace, inner_trace] {
        let (calls, _) = assert_same(trace);
        let ids: Vec<_> = calls.iter().map(|call| call["id"].clone()).collect();
        for call in &calls {
            let parent = &call["parent_id"];
            assert!(parent.is_null() || ids.contains(parent), "{call}");
        }
    }
}

#[test]
fn a_tool_in_an_op_has_its_ops_below_that_op() {
    world();
    let outer = weave::start_call("outer");
    outer.in_scope(|| {
        let tool = weave::start_tool("t");
        tool.in_scope(|| weave::start_call("inner").finish(1));
        tool.end();
    });
    let trace = outer.handle().trace_id().unwrap();
    outer.finish(1);
    let (calls, spans) = assert_same(trace);
    assert_eq!((calls.len(), spans.len()), (2, 1));
    assert_eq!(calls[1]["parent_id"], calls[0]["id"]);
}
