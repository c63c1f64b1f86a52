//! Agents: conversations, turns, calls of models, tools and sub-agents, as the server shows them.

use serde_json::{Value, json};
use weave::{Conversation, Llm, Message, Tool, Turn, Usage};

use crate::same::assert_same;
use crate::world::world;

/// A conversation of two turns, whose second fails. Its id and the traces of the turns.
fn talk() -> (String, Vec<weave::TraceId>) {
    world();
    let id = format!("talk {}", fastrand::u64(..));
    let talk = Conversation::new().id(&*id).name("About the weather").agent("helper").model("gpt-4o");
    let talk = weave::start_conversation(talk);
    let turn = talk.start_turn("Weather in Paris?");
    let wish = Message::assistant("").tool_call("call-1", "get_weather", json!({ "city": "Paris" }));
    let llm = Llm::new("gpt-4o").provider("openai").system("Be brief.").user("Weather in Paris?");
    let llm = turn.start_llm(llm.temperature(0.0).max_tokens(100));
    llm.record(Llm::default().message(Message::user("now")).output_message(wish));
    llm.usage(Usage::new(120, 30)).end();
    let tool = Tool::new("get_weather").description("Asks the weather service.").call_id("call-1");
    turn.start_tool(tool.arguments(json!({ "city": "Paris" }))).result(json!({ "celsius": 21 })).end();
    let critic = turn.start_subagent("critic");
    critic.start_llm("gpt-4o-mini").user("Is 21 °C right?").output("Yes.").usage(Usage::new(5, 1)).end();
    critic.end();
    turn.start_llm("gpt-4o").output("21 °C.").usage(Usage::new(150, 5)).end();
    turn.output("21 °C.");
    let first = turn.handle().trace_id().unwrap();
    turn.end();
    let turn = talk.start_turn(Turn::new().user("And in Atlantis?"));
    turn.start_tool("get_weather").fail("no such place: Ἀτλαντίς");
    let second = turn.handle().trace_id().unwrap();
    turn.fail("gave up");
    (id, vec![first, second])
}

fn types(chat: &Value) -> Vec<&str> {
    chat["messages"].as_array().unwrap().iter().map(|message| message["type"].as_str().unwrap()).collect()
}

#[test]
fn the_spans_of_turns_are_there_as_they_were_recorded() {
    let (_, traces) = talk();
    let (calls, spans) = assert_same(traces[0]);
    assert_eq!((calls.len(), spans.len()), (0, 6), "{spans:?}");
    let (_, spans) = assert_same(traces[1]);
    assert_eq!(spans.iter().map(|span| span["status_code"].as_str().unwrap()).collect::<Vec<_>>(), ["ERROR", "ERROR"]);
}

#[test]
fn the_chat_of_a_turn_reads_as_it_was_said() {
    let (_, traces) = talk();
    world().settle();
    let chat = world().server.ask("/agents/traces/chat", json!({ "trace_id": traces[0] }));
    assert_eq!(types(&chat)[..2], ["user_message", "agent_start"], "{chat}");
    let said = chat["messages"].as_array().unwrap();
    assert_eq!(said[0]["user_message"]["text"], "Weather in Paris?", "{chat}");
    let tool = said.iter().find(|message| message["type"] == "tool_call").unwrap();
    assert!(tool["tool_call"].to_string().contains("celsius"), "{chat}");
    assert!(types(&chat).iter().filter(|kind| **kind == "agent_start").count() == 2, "{chat}");
    assert!(said.iter().any(|message| message["assistant_message"]["text"] == "21 °C."), "{chat}");
}

#[test]
fn a_conversation_has_its_turns_in_order() {
    let (id, _) = talk();
    world().settle();
    let chat = world().server.ask("/agents/conversations/chat", json!({ "conversation_id": id }));
    assert_eq!(chat["total_turns"], 2, "{chat}");
    let asked: Vec<_> = chat["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| turn["messages"][0]["user_message"]["text"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(asked, ["Weather in Paris?", "And in Atlantis?"], "{chat}");
}

#[test]
fn agents_are_counted_with_their_tokens() {
    talk();
    world().settle();
    let agents = world().server.ask("/agents/query", json!({}));
    let helper = agents["agents"].as_array().unwrap().iter().find(|agent| agent["agent_name"] == "helper");
    let helper = helper.unwrap_or_else(|| panic!("{agents}"));
    assert!(helper["invocation_count"].as_u64() >= Some(2), "{helper}");
    assert!(helper["error_count"].as_u64() >= Some(1), "{helper}");
}

#[weave::tool]
fn divide(a: i64, b: i64) -> Result<i64, String> {
    a.checked_div(b).ok_or_else(|| "by zero".to_owned())
}

#[weave::llm(model = model, provider = "openai", messages = question)]
fn ask(model: &str, question: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "model": "small-2", "usage": { "prompt_tokens": 3, "completion_tokens": 1 },
        "choices": [{ "finish_reason": "stop", "message": { "role": "assistant", "content": question.len().to_string() } }],
    })
}

#[weave::turn(agent = "calculator", user_message = question)]
fn answer(question: &str) -> Result<i64, String> {
    ask("small", question);
    divide(6, 2).and_then(|n| divide(n, 0))
}

#[test]
fn annotated_functions_are_agents_models_and_tools() {
    world();
    let (_, call) = weave::call(|| answer("6 / 2 / 0?"));
    let (_, spans) = assert_same(call.trace_id().unwrap());
    let names: Vec<_> = spans.iter().map(|span| span["span_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["invoke_agent calculator", "chat small", "execute_tool divide", "execute_tool divide"]);
    assert_eq!((&spans[1]["response_model"], &spans[1]["finish_reasons"]), (&json!("small-2"), &json!(["stop"])));
    assert_eq!(spans[2]["tool_call_result"], "3", "{}", spans[2]);
}

#[test]
fn what_was_logged_afterwards_has_the_times_it_says() {
    world();
    let began = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_760_000_000);
    let turn =
        Turn::new().user("Then?").output("Then.").started_at(began).ended_at(began + std::time::Duration::from_secs(5));
    let logged = weave::log_conversation(
        Conversation::new().agent("historian").turn(turn.step(Llm::new("old").output("Then."))),
    );
    let logged = logged.wait().unwrap();
    let (_, spans) = assert_same(logged.trace_ids[0]);
    assert!(spans[0]["started_at"].as_str().unwrap().starts_with("2025-10-09T08:53:20"), "{}", spans[0]);
}
