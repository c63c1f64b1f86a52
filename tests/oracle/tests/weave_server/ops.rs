//! Ops: how they nest, what they are called, which version they are.

use serde_json::{Value, json};

use crate::same::assert_same;
use crate::world::world;

#[weave::op]
fn leaf(n: u32) -> u32 {
    n + 1
}

#[weave::op]
fn branch(n: u32) -> u32 {
    leaf(n) + leaf(n + 1)
}

#[weave::op]
fn trunk(n: u32) -> u32 {
    branch(n) + branch(n + 10)
}

#[test]
fn calls_that_nest_are_there_with_all_that_was_recorded() {
    world();
    let (_, call) = weave::call(|| trunk(1));
    let (calls, spans) = assert_same(call.trace_id().unwrap());
    assert_eq!((calls.len(), spans.len()), (7, 0));
    let one = world().server.ask("/call/read", json!({ "id": call.id() }));
    assert_eq!(one["call"]["summary"]["weave"]["trace_name"], "ops.trunk", "{one}");
    let below = world().server.calls_where(&json!({ "parent_ids": [call.id()] }));
    assert_eq!(below.len(), 2);
}

#[test]
fn an_op_is_an_object_with_its_source_as_a_file() {
    world();
    let (_, call) = weave::call(|| leaf(5));
    let (calls, _) = assert_same(call.trace_id().unwrap());
    let (_, rest) = calls[0]["op_name"].as_str().unwrap().split_once("/op/").unwrap();
    let (object, digest) = rest.split_once(':').unwrap();
    let read = world().server.ask("/obj/read", json!({ "object_id": object, "digest": digest }));
    assert_eq!((&read["obj"]["kind"], &read["obj"]["digest"]), (&json!("op"), &json!(digest)), "{read}");
    assert_eq!(read["obj"]["val"]["weave_type"]["type"], "Op", "{read}");
    let files = read["obj"]["val"]["files"].as_object().unwrap();
    let digest = files.values().next().unwrap();
    let source = world().server.bytes("/file/content", json!({ "digest": digest }));
    let source = String::from_utf8(source).unwrap();
    assert!(source.contains("fn leaf(n: u32) -> u32"), "{source}");
    let all = world().server.calls_where(&json!({ "op_names": [calls[0]["op_name"]] }));
    assert!(!all.is_empty());
}

#[weave::op(name = "renamed by its option", color = "blue", attributes(team = "search"), display_name = |call| format!("leaf {}", call.input::<u32>("n").unwrap_or_default()))]
fn named(n: u32) {
    let _ = n;
}

#[test]
fn names_and_attributes_of_every_layer_arrive() {
    world();
    let (_, call) = weave::call(|| {
        let scope = weave::scope().attribute("of the scope", json!({ "deep": [1, null, "ü"] }));
        scope.run(|| named(7));
    });
    let (calls, _) = assert_same(call.trace_id().unwrap());
    let attributes = &calls[0]["attributes"];
    assert_eq!(calls[0]["display_name"], "leaf 7");
    assert_eq!(attributes["of the scope"]["deep"], json!([1, null, "ü"]));
    assert_eq!((&attributes["team"], &attributes["of the client"]), (&json!("search"), &json!(true)));
    assert_eq!(attributes["weave"]["color"], "blue", "{attributes}");
    assert!(attributes["weave"]["client_version"].is_string(), "{attributes}");
}

#[test]
fn threads_and_their_turns_are_found_by_the_server() {
    world();
    let thread = format!("thread {}", fastrand::u64(..));
    let traces: Vec<_> = (0..3)
        .map(|n| weave::scope().thread(&*thread).run(|| weave::call(|| branch(n)).1.trace_id().unwrap()))
        .collect();
    for trace in traces {
        let (calls, _) = assert_same(trace);
        assert!(calls.iter().all(|call| call["thread_id"] == *thread && call["turn_id"] == calls[0]["id"]));
    }
    let question = json!({ "filter": { "thread_ids": [thread] } });
    let found = String::from_utf8(world().server.bytes("/threads/stream_query", question)).unwrap();
    let found: Value = serde_json::from_str(found.trim()).unwrap();
    assert_eq!((&found["thread_id"], &found["turn_count"]), (&json!(thread), &json!(3)), "{found}");
}

#[weave::op]
fn model(name: &str) -> Value {
    json!({ "model": name, "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 }, "answer": "yes" })
}

#[weave::op]
fn asks() -> usize {
    ["gpt-4o", "gpt-4o", "claude"].map(model).len()
}

#[test]
fn usage_adds_up_in_the_summary() {
    world();
    let (_, call) = weave::call(asks);
    let (calls, _) = assert_same(call.trace_id().unwrap());
    let usage = &calls[0]["summary"]["usage"];
    assert_eq!((&usage["gpt-4o"]["requests"], &usage["claude"]["requests"]), (&json!(2), &json!(1)), "{usage}");
    assert_eq!(usage["gpt-4o"]["total_tokens"], 30, "{usage}");
}

#[test]
fn what_is_told_of_a_call_while_it_runs_arrives() {
    world();
    let call = weave::start_call("told of").input("a", 1);
    call.handle().set_display_name("told ✓");
    call.handle().merge_summary("score", json!({ "f1": 0.5 }));
    call.handle().set_attribute("late", "yes");
    call.handle().add_event("half way", json!({ "step": 2 }));
    let trace = call.handle().trace_id().unwrap();
    call.finish("done");
    let (calls, _) = assert_same(trace);
    assert_eq!(calls[0]["summary"]["score"]["f1"], 0.5, "{}", calls[0]);
    assert_eq!(calls[0]["attributes"]["late"], "yes", "{}", calls[0]);
    assert!(calls[0]["summary"]["events"].to_string().contains("half way"), "{}", calls[0]);
}
