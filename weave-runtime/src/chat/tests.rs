use serde_json::json;

use super::{Chat, ChatItem};
use crate::genai::{Llm, Message, SubAgent, Tool, Turn, Usage};
use crate::log_turn;
use crate::record::Kind;
use crate::testing::Recorder;
use crate::tree::sample::Sample;
use crate::value::Content;

fn chat(turn: Turn) -> Chat {
    let recorder = Recorder::new();
    recorder.run(|| log_turn(turn).wait()).unwrap();
    Chat::new(recorder.calls())
}

fn asks(id: &str, tool: &str) -> Message {
    Message::assistant("").tool_call(id, tool, json!({ "city": id }))
}

#[test]
fn tools_stand_where_they_were_executed_with_what_was_asked_for() {
    let answer = Message::new("assistant").tool_call("a", "weather", json!({ "city": "Paris" })).tool_call(
        "b",
        "weather",
        json!({ "city": "Rome" }),
    );
    let turn = Turn::from("Where is it warm?")
        .agent("helper")
        .step(Llm::new("m").output_message(answer))
        .step(Tool::new("weather").call_id("b").result(json!({ "degrees": 25 })))
        .step(Tool::new("weather").call_id("a").arguments(json!({ "city": "PARIS" })).result(21))
        .step(Tool::new("log"));
    assert_eq!(
        chat(turn).to_string(),
        r#"user: Where is it warm?
  weather(city: "Rome") -> {"degrees":25}
  weather(city: "PARIS") -> 21
  log()"#
    );
}

#[test]
fn tools_without_an_id_are_found_by_their_name_in_order() {
    let turn = Turn::from("Hi")
        .step(Llm::new("m").output_message(asks("1", "weather")))
        .step(Tool::new("weather").result("one"))
        .step(Llm::new("m").output_message(asks("2", "weather")))
        .step(Tool::new("weather").result("two"));
    assert_eq!(
        chat(turn).to_string(),
        "user: Hi\n  weather(city: \"1\") -> \"one\"\n  weather(city: \"2\") -> \"two\""
    );
}

#[test]
fn what_was_not_recorded_of_a_tool_is_looked_for_in_what_models_were_told() {
    let turn = Turn::from("Hi")
        .step(Llm::new("m").output_message(asks("1", "weather").said("Let me look.")))
        .step(Llm::new("m").user("Hi").message(Message::tool_result("1", "sunny")).output("It is sunny."));
    let chat = chat(turn);
    assert_eq!(
        chat.to_string(),
        "user: Hi\nassistant: Let me look.\n  weather(city: \"1\") -> \"sunny\"\nassistant: It is sunny."
    );
    let [_, _, ChatItem::Tool(tool), _] = &*chat.turns[0].items else { panic!("{chat:?}") };
    assert_eq!((tool.id, tool.call_id.as_deref()), (None, Some("1")));
}

#[test]
fn agents_that_work_for_others_are_indented_and_have_tools_of_their_own() {
    let inner = SubAgent::new("counter").user("How many?").output("3");
    let critic =
        SubAgent::new("critic").user("Is it so?").step(Tool::new("weather").result("no")).step(inner).output("No.");
    let turn = Turn::from("Hi")
        .agent("helper")
        .step(Llm::new("m").output_message(asks("1", "weather")))
        .step(critic)
        .output("No.");
    assert_eq!(
        chat(turn).to_string(),
        r#"user: Hi
  weather(city: "1")
  critic
    user: Is it so?
      weather() -> "no"
      counter
        user: How many?
        counter: 3
    critic: No.
helper: No."#
    );
}

#[test]
fn what_a_model_said_the_agent_does_not_say_again() {
    let turn =
        |answer: &str| Turn::from("Hi").agent("helper").step(Llm::new("m").output("It is\n21 °C.")).output(answer);
    assert_eq!(chat(turn("It is 21 °C.")).to_string(), "user: Hi\nhelper: It is\n  21 °C.");
    assert_eq!(chat(turn("Warm.")).to_string(), "user: Hi\nhelper: It is\n  21 °C.\nhelper: Warm.");
}

#[test]
fn a_question_that_the_turn_does_not_have_is_that_of_the_first_model() {
    let llm = || Llm::new("m").user("before").message(Message::assistant("x")).user("Hello").output("Hi");
    assert_eq!(chat(Turn::new().step(llm())).to_string(), "user: Hello\nassistant: Hi");
}

#[test]
fn an_error_is_told_once_where_it_came_from() {
    let turn = Turn::from("Hi").step(Llm::new("m").failed("too many requests")).failed("too many requests");
    assert_eq!(chat(turn).to_string(), "user: Hi\n✗ chat failed: too many requests");
    let tool = Turn::from("Hi").step(Tool::new("weather").failed("no network")).failed("no answer");
    assert_eq!(chat(tool).to_string(), "user: Hi\n  weather() failed: no network\n✗ turn failed: no answer");
}

#[test]
fn without_content_the_tools_are_left() {
    let turn =
        Turn::from("Hi").include_content(false).step(Tool::new("weather").arguments(json!({"a": 1}))).output("x");
    assert_eq!(chat(turn).to_string(), "  weather()");
}

#[test]
fn what_is_said_is_text_for_people_and_acts_on_no_terminal() {
    let image = Content::from_bytes([0_u8; 2_000], "image/png");
    let turn = Turn::new()
        .message(Message::user("Who\u{1b}[31m is this?").part(image))
        .step(Llm::new("m").think("A cat,\n\nI think.").output("Tom.\r\nA cat.\n"));
    assert_eq!(
        chat(turn).to_string(),
        "user: Who\\u001b[31m is this? <image/png, 2.0 kB>\n\
         assistant (thinking): A cat,\n\n  I think.\n\
         assistant: Tom.\n  A cat."
    );
}

#[test]
fn tokens_are_added_up() {
    let llm = |input| Llm::new("m").usage(Usage::new(input, 1));
    let turn = Turn::from("Hi").step(llm(10)).step(SubAgent::new("critic").step(llm(5)));
    assert_eq!(chat(turn).turns[0].usage, Usage::new(15, 2).total(17));
}

#[test]
fn calls_in_no_turn_are_one_and_ops_do_not_show() {
    let calls = [
        Sample::new(1, "main").call(),
        Sample::new(2, "search").kind(Kind::Tool).below(1).inputs(r#"{"text":"x"}"#).output("3").call(),
        Sample::new(3, "parse").below(2).call(),
        Sample::new(4, "read").kind(Kind::Tool).below(3).call(),
    ];
    let chat = Chat::new(calls);
    assert_eq!(chat.to_string(), "  search(text: \"x\") -> 3\n      read()");
    assert_eq!(chat.turns[0].id.to_int(), 2);
    assert_eq!(Chat::new([Sample::new(1, "main").call()]), Chat::default());
}

#[test]
fn agents_may_be_nested_deeper_than_the_stack_is() {
    let calls = (1..=20_000).map(|id| {
        let sample = Sample::new(id, "agent").kind(Kind::SubAgent);
        if id == 1 { sample.call() } else { sample.below(id - 1).call() }
    });
    assert!(Chat::new(calls).to_string().lines().count() <= 201);
}

#[test]
fn code_keeps_its_indentation_and_a_turn_without_words_takes_no_room() {
    let recorder = Recorder::new();
    recorder.run(|| {
        for text in ["one", "", "fn f() {\n\tg();\n}"] {
            log_turn(Turn::new().conversation("c").user(text)).wait().unwrap();
        }
    });
    let chat = Chat::new(recorder.calls());
    assert_eq!(chat.to_string(), "user: one\n\nuser: fn f() {\n      g();\n  }");
    assert_eq!(chat.turns.len(), 3);
}
