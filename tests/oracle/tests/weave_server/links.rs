//! Ops in turns and turns in ops: two places on the server, which know of each other.

use serde_json::json;
use weave::Conversation;

use crate::same::assert_same;
use crate::world::world;

#[weave::op]
fn look_up(what: &str) -> usize {
    spell(what)
}

#[weave::op]
fn spell(what: &str) -> usize {
    what.len()
}

#[test]
fn an_op_in_a_turn_says_which_span_it_was_called_in() {
    world();
    let talk = weave::start_conversation(Conversation::new().agent("finder"));
    let turn = talk.start_turn("Find it");
    let tool = turn.start_tool("search");
    tool.in_scope(|| look_up("it"));
    let (trace, tool_id) = (turn.handle().trace_id().unwrap(), tool.handle().id().unwrap());
    tool.end();
    turn.end();
    let (calls, spans) = assert_same(trace);
    assert_eq!((calls.len(), spans.len()), (2, 2));
    let span = &calls[0]["attributes"]["weave"]["invoking_span"];
    assert_eq!((&span["span_id"], &span["trace_id"]), (&json!(tool_id), &json!(trace)), "{}", calls[0]);
    assert_eq!((&calls[0]["parent_id"], &calls[1]["parent_id"]), (&json!(null), &calls[0]["id"]));
}

#[weave::op]
fn runs_an_agent() -> Option<weave::TraceId> {
    let turn = weave::start_turn("From an op");
    turn.start_tool("inner").end();
    turn.handle().trace_id()
}

#[test]
fn a_turn_in_an_op_says_which_call_it_was_begun_in() {
    world();
    let (trace, call) = weave::call(runs_an_agent);
    let (calls, _) = assert_same(call.trace_id().unwrap());
    assert_eq!(calls.len(), 1);
    let (_, spans) = assert_same(trace.unwrap());
    let attributes = spans[0].to_string();
    assert!(attributes.contains("parent_call") && attributes.contains(&call.id().unwrap().to_string()), "{attributes}");
}
