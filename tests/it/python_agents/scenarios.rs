//! What is run in Rust as it was in Python, whoever looks at what comes of it.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use weave::{Agent, Conversation, Llm, Message, Tool, Turn, Usage};

pub(crate) fn conv_basic() {
    let conversation = Conversation::new().id("conv-1").name("Weather chat").agent("helper").model("gpt-4o");
    let conversation = weave::start_conversation(conversation);
    for city in ["Paris", "Oslo"] {
        let question = format!("Weather in {city}?");
        let turn = conversation.start_turn(Turn::new().user(&question).system("Be brief."));
        let _current = turn.enter();

        let llm = turn.start_llm(Llm::default().provider("openai").system("Be brief."));
        llm.user(&question);
        llm.think("I should call the tool.");
        let asks = Message::assistant("Let me check.").tool_call("call-1", "get_weather", json!({ "city": city }));
        llm.output_message(asks);
        llm.usage(Usage::new(10, 5).reasoning(2));
        llm.finish_reason("tool_calls");
        llm.record(Llm::default().temperature(0.0).max_tokens(256));
        llm.end();

        let tool = Tool::new("get_weather").arguments(json!({ "city": city })).call_id("call-1");
        let tool = turn.start_tool(tool);
        tool.result(json!({ "temp_c": 21, "city": city }));
        tool.record(Tool::default().tool_type("function"));
        tool.end();

        let answer = format!("It is 21C in {city}.");
        let llm = weave::start_llm(Llm::new("gpt-4o-mini").provider("openai"));
        let asked = [Message::user(&question), Message::tool_result("call-1", json!({ "temp_c": 21 }))];
        llm.record(
            Llm::default()
                .messages(asked)
                .usage(Usage::new(20, 8).total(28).cache_creation(4).cache_read(6))
                .response_id("resp-1")
                .response_model("gpt-4o-mini-2024")
                .finish_reason("stop")
                .output_type("text")
                .think("short"),
        );
        llm.output(&answer);
        llm.end();
        turn.record(Turn::new().output(&answer).agent(Agent::default().id("agent-7").version("1.2")));
    }
}

pub(crate) fn conv_attributes_events() {
    let conversation = Conversation::new()
        .id("conv-attr")
        .agent("a")
        .attribute("weave.integration.name", "demo")
        .attribute("team", "x")
        .attribute("n", 3)
        .attribute("on", true)
        .attribute("l", ["a", "b"]);
    let conversation = weave::start_conversation(conversation);
    let turn = conversation.start_turn("hi");
    turn.set_attribute("custom.turn", "t");
    turn.set_attribute("ratio", 0.5);
    turn.set_attribute("bad", json!({ "not": "allowed" }));
    turn.set_attribute("none", Value::Null);
    turn.add_event_at("turn.marker", json!({ "k": "v" }), SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200));
    let llm = turn.start_llm("m");
    llm.set_attribute("custom.llm", 1);
    llm.set_attribute("gen_ai.request.model", "overwritten-later?");
    llm.add_event("first_token", json!({}));
    llm.output("ok");
    llm.end();
    turn.start_tool("t").set_attribute("custom.tool", [1, 2]);
    turn.start_subagent("s").set_attribute("custom.sub", "s");
    turn.end();
    turn.set_attribute("late", "ignored");
}

pub(crate) fn conv_deprecated_session() {
    let session = weave::start_session(Conversation::new().id("sess-1").name("Old").agent("old"));
    session.start_turn("hi").end();
    weave::log_session(Conversation::new().id("sess-2").turn("x")).wait().unwrap();
}
