//! The Python SDK's scenarios of conversations in Rust, span by span the same. What is not the same is in the table of
//! `src/docs/python.md`.

mod batch;
mod compare;
mod described;
mod differences;
mod scenarios;

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use weave::testing::Recorder;
use weave::{Content, Conversation, Kind, Llm, Message};

use compare::assert_same;
use differences::DIFFERENCES;

#[test]
fn conv_basic() {
    let recorder = Recorder::new();
    recorder.run(scenarios::conv_basic);
    assert_same(&recorder, include_str!("../fixtures/python-agents/conv_basic.json"));
}

#[test]
fn conv_attributes_events() {
    let recorder = Recorder::new();
    recorder.run(scenarios::conv_attributes_events);
    assert_same(&recorder, include_str!("../fixtures/python-agents/conv_attributes_events.json"));
    let calls = recorder.calls();
    let marker = &calls[0].events()[0];
    assert_eq!(marker.at, SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200));
}

#[test]
fn conv_media() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let conversation = weave::start_conversation(Conversation::new().id("conv-media").agent("a"));
        let turn = conversation.start_turn("look");
        let asked = [Message::user("first"), Message::user("what is this?"), Message::assistant("prev")];
        let llm = turn.start_llm(Llm::new("m").messages(asked));
        llm.media(Content::from_bytes(*b"\x89PNG\r\n\x1a\n0000", "image/png"));
        llm.media(Content::from_data_url("data:text/plain;base64,aGVsbG8=").unwrap());
        llm.output("a picture");
    });
    assert_same(&recorder, include_str!("../fixtures/python-agents/conv_media.json"));
}

/// A second `init` of ours is an error, or the same client; what it was about is that one project gets nothing of another.
/// Here each recorder has its own.
#[test]
fn conv_reinit() {
    let (first, second) = (Recorder::new(), Recorder::new());
    let ask = |id: &str, text: &str| {
        weave::start_conversation(Conversation::new().id(id).agent("a")).start_turn(text).end();
    };
    first.run(|| ask("c1", "to first"));
    second.run(|| ask("c2", "to second"));
    let fixture: Value = serde_json::from_str(include_str!("../fixtures/python-agents/conv_reinit.json")).unwrap();
    for (recorder, span) in [first, second].iter().zip(fixture["spans"].as_array().unwrap()) {
        assert_same(recorder, &json!({ "spans": [span] }).to_string());
    }
}

/// A provider that the program has set stays as it is, and gets nothing of ours: the exporter that the program gives to us does.
#[test]
fn conv_user_provider() {
    use opentelemetry::trace::{Tracer, TracerProvider};

    #[weave::op]
    fn f(x: i64) -> i64 {
        let tool = weave::start_tool("no op link without the processor");
        x
    }
    let theirs = opentelemetry_sdk::trace::InMemorySpanExporter::default();
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().with_simple_exporter(theirs.clone()).build();
    let recorder = Recorder::new();
    recorder.run(|| {
        provider.tracer("program").in_span("of the program", |_| {
            let conversation = weave::start_conversation(Conversation::new().id("conv-own").agent("a"));
            let turn = conversation.start_turn("hi");
            turn.start_llm("m").output("x");
            turn.end();
        });
        f(1);
    });
    assert_same(&recorder, include_str!("../fixtures/python-agents/conv_user_provider.json"));
    assert_eq!(theirs.get_finished_spans().unwrap().len(), 1);
}

#[test]
fn ops_in_turn() {
    #[weave::op]
    fn lookup(q: &str) -> String {
        inner(q)
    }
    #[weave::op]
    fn inner(q: &str) -> String {
        q.to_uppercase()
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        lookup("before any span");
        let conversation = weave::start_conversation(Conversation::new().id("conv-ops").agent("a"));
        conversation.in_scope(|| lookup("in conversation, no turn yet"));
        conversation.start_turn("hi").in_scope(|| {
            lookup("in turn");
            let tool = weave::start_tool("lookup");
            let result = tool.in_scope(|| lookup("in tool"));
            tool.result(result);
        });
        conversation.end();
    });
    assert_same(&recorder, include_str!("../fixtures/python-agents/ops_in_turn.json"));
    assert_eq!(ops_of_rust(&recorder), ops_of_python(include_str!("../fixtures/python-agents/ops_in_turn_calls.json")));
}

/// Each op with the span of an agent that it was called in.
fn ops_of_rust(recorder: &Recorder) -> Vec<String> {
    let calls = recorder.calls();
    let ops = calls.iter().filter(|call| call.kind() == Kind::Op);
    let form = |call: &weave::CallRecord| {
        let agents: Vec<_> = calls.iter().filter(|call| call.kind() != Kind::Op).map(weave::CallRecord::id).collect();
        let place = call.agent_parent_id().and_then(|id| agents.iter().position(|agent| *agent == id));
        let span = place.map(|place| format!("@span{}", place + 1));
        told(call.op_name(), &call.input("q").unwrap(), &call.output().unwrap(), span.as_deref())
    };
    ops.map(form).collect()
}

fn ops_of_python(fixture: &str) -> Vec<String> {
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let form = |call: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let span = call["attributes"]["weave"]["invoking_span"]["span_id"].as_str();
        told(&text(&call["op"]), &text(&call["inputs"]["q"]), &text(&call["output"]), span)
    };
    fixture["calls"].as_array().unwrap().iter().map(form).collect()
}

fn told(op: &str, input: &String, output: &String, span: Option<&str>) -> String {
    format!("{op}({input}) -> {output} in {}", span.unwrap_or("none"))
}

#[test]
fn every_difference_has_a_row_in_the_docs_and_every_row_a_difference() {
    let docs = include_str!("../../src/docs/python.md");
    let (_, table) = docs.split_once("# What is different of agents").unwrap();
    let (table, _) = table.split_once("\n# ").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let named: Vec<&str> = rows.map(|row| row.split(" | ").next().unwrap().trim_start_matches("| ")).collect();
    let expected: Vec<&str> = DIFFERENCES.iter().map(|difference| difference.of).collect();
    assert_eq!(named, expected);
}
