//! Scenarios of what is logged when it is over.

use std::time::{Duration, SystemTime};

use serde_json::json;
use weave::testing::Recorder;
use weave::{Agent, Conversation, Kind, Llm, SubAgent, Tool, Turn, Usage};

use super::compare::assert_same;

/// Seconds after 2024-05-06T07:08:00Z.
fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_714_979_280 + second)
}

#[test]
fn conv_deprecated_session() {
    let recorder = Recorder::new();
    recorder.run(super::scenarios::conv_deprecated_session);
    assert_same(&recorder, include_str!("../../fixtures/python-agents/conv_deprecated_session.json"));
}

#[test]
fn log_turn() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let agent = Agent::new("logger").id("ag").description("desc").version("2");
        let asked =
            Llm::new("gpt-4o").provider("openai").user("q1").output("a").think("because").usage(Usage::new(1, 2));
        let tool = Tool::new("tool").arguments(json!({ "a": 1 })).result([1, 2]).call_id("c");
        let turn = Turn::new()
            .user("q1")
            .user("q2")
            .output("a")
            .system("sys1")
            .system("sys2")
            .step(asked.started_at(at(1)).ended_at(at(2)))
            .step(tool.started_at(at(2)).ended_at(at(3)))
            .step(SubAgent::new("sub").model("m2").started_at(at(3)).ended_at(at(4)));
        // What is on every span is of the conversation.
        let conversation = Conversation::new().id("conv-log").name("Logged").agent(agent).model("gpt-4o");
        let conversation = conversation.attribute("batch", "yes").turn(turn);
        let logged = weave::log_conversation(conversation).wait().unwrap();
        assert_eq!((logged.conversation_id.as_str(), logged.trace_ids.len(), logged.span_count), ("conv-log", 1, 4));
        let calls = recorder.calls();
        let root = calls.iter().find(|call| call.kind() == Kind::Turn).unwrap();
        assert_eq!(logged.root_span_ids, [root.id()]);
        assert_eq!(weave::log_turn(Turn::new().conversation("conv-min")).wait().unwrap().span_count, 1);
        let private = Turn::new().conversation("conv-private").user("hidden").include_content(false);
        weave::log_turn(private.started_at(at(10)).ended_at(at(11))).wait().unwrap();
    });
    assert_same(&recorder, include_str!("../../fixtures/python-agents/log_turn.json"));
}
