//! What each form of an option comes to.

use serde_json::{Value, json};

use super::Options;
use crate::genai::{Agent, Llm, Message, Part, Said, SubAgent, Tool, Turn, Usage};
use crate::record::Kind;

/// The options as an annotation writes them.
fn options(value: &Value) -> Options {
    let text = value.to_string();
    Options::read(&text[1..text.len() - 1])
}

fn llm(value: Value) -> Llm {
    let Options(map) = Options::read("");
    assert!(map.is_empty());
    let Value::Object(map) = value else { panic!("no object") };
    Options(map).llm()
}

#[test]
fn a_turn_is_told_by_its_options() {
    let said = json!({
        "conversation": "chat-7", "agent": "helper", "model": "gpt-4o", "system": ["Be kind.", "Be brief."],
        "user_message": "why?",
    });
    let expected = Turn::new()
        .conversation("chat-7")
        .agent("helper")
        .model("gpt-4o")
        .system("Be kind.")
        .system("Be brief.")
        .user("why?");
    assert_eq!(options(&said).turn(), expected);
}

#[test]
fn an_agent_is_a_name_or_told_in_full() {
    let of = |agent: Value| Options([("agent".to_owned(), agent)].into_iter().collect()).sub_agent().agent;
    assert_eq!(of(json!("critic")), Agent::new("critic"));
    assert_eq!(of(json!({ "name": "critic", "version": "2" })), Agent::new("critic").version("2"));
    assert_eq!(of(json!(null)), Agent::default());
    assert_eq!(of(json!([1])), Agent::default());
}

#[test]
fn a_text_that_is_none_is_shown_and_one_that_is_absent_is_absent() {
    let turn = |conversation: Value| Options([("conversation".to_owned(), conversation)].into_iter().collect()).turn();
    assert_eq!(turn(json!(7)).conversation_id.as_deref(), Some("7"));
    assert_eq!(turn(json!(null)).conversation_id, None);
    assert_eq!(turn(json!("")).conversation_id, None);
}

#[test]
fn request_parameters_are_numbers_also_where_they_came_as_texts() {
    let said = llm(json!({
        "model": "gpt-4o", "provider": "openai", "temperature": 0, "top_p": "0.5", "top_k": null, "max_tokens": "64",
        "frequency_penalty": -0.5, "presence_penalty": "much", "seed": -1, "choice_count": 2, "stop_sequences": "END",
        "output_type": "json", "tools": [{ "name": "add" }],
    }));
    let expected = Llm::new("gpt-4o")
        .provider("openai")
        .temperature(0.0)
        .top_p(0.5)
        .max_tokens(64)
        .frequency_penalty(-0.5)
        .seed(-1)
        .choice_count(2)
        .stop_sequences(["END"])
        .output_type("json")
        .tool_definitions(json!([{ "name": "add" }]));
    assert_eq!(said, expected);
}

#[test]
fn messages_come_in_many_forms() {
    let cases = [
        (json!("hi"), vec![Message::user("hi")]),
        (json!(["a", "b"]), vec![Message::user("a"), Message::user("b")]),
        (json!({ "role": "assistant", "content": "yes" }), vec![Message::assistant("yes")]),
        (
            json!([{ "role": "system", "content": "Be kind." }, { "role": "user", "parts": [{ "type": "text", "content": "hi" }] }, null]),
            vec![Message::system("Be kind."), Message::user("hi")],
        ),
        (json!([{ "type": "text", "text": "hi" }]), vec![Message::user("hi")]),
        (json!(null), vec![]),
        (json!([]), vec![]),
    ];
    for (messages, expected) in cases {
        assert_eq!(llm(json!({ "messages": messages })).input_messages, expected, "{messages}");
    }
}

#[test]
fn a_message_that_cannot_be_read_is_kept_as_it_is() {
    let odd = json!({ "role": "user", "content": 7 });
    let messages = llm(json!({ "messages": [odd] })).input_messages;
    assert_eq!(messages.len(), 1);
    assert!(matches!(messages[0].parts[..], [Part::Other(_)]), "{messages:?}");
}

#[test]
fn system_instructions_may_be_parts() {
    for (system, expected) in [
        (json!("Be kind."), vec!["Be kind."]),
        (json!([{ "type": "text", "text": "a" }, "b"]), vec!["a", "b"]),
        (json!({ "parts": [{ "text": "a" }] }), vec!["a"]),
        (json!({ "role": "system", "content": "a" }), vec!["a"]),
        (json!({ "x": 1 }), vec![r#"{"x":1}"#]),
        (json!(null), vec![]),
    ] {
        assert_eq!(llm(json!({ "system": system })).system_instructions, expected, "{system}");
    }
}

#[test]
fn what_was_said_by_our_types_wins() {
    let read = || options(&json!({ "model": "small", "provider": "openai", "messages": "hi" }));
    let given = Llm::new("large").usage(Usage::new(1, 2));
    let Said::Llm(said) = read().below(Kind::Llm, Said::Llm(Box::new(given))) else { panic!("no call of a model") };
    assert_eq!(*said, Llm::new("large").provider("openai").user("hi").usage(Usage::new(1, 2)));

    let tool = options(&json!({ "call_id": "c1", "description": "d" })).below(Kind::Tool, Said::Nothing);
    let Said::Tool(said) = tool else { panic!("no tool") };
    assert_eq!(*said, Tool::default().call_id("c1").description("d"));

    let agent =
        options(&json!({ "agent": "critic" })).below(Kind::SubAgent, Said::SubAgent(Box::new(SubAgent::new("x"))));
    let Said::SubAgent(said) = agent else { panic!("no sub-agent") };
    assert_eq!(*said, SubAgent::new("x"));
}

#[test]
fn an_input_is_an_option_unless_that_was_given() {
    let mut read = options(&json!({ "model": "small" }));
    read.add("messages", json!("hi"));
    read.add("model", json!("large"));
    assert_eq!(read.llm(), Llm::new("small").user("hi"));
}

#[test]
fn what_is_no_json_says_nothing() {
    let broken = Options::read("\"model\":");
    assert!(matches!(broken.below(Kind::Llm, Said::Nothing), Said::Nothing));
}
