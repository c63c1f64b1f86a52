use serde_json::value::to_raw_value;

use crate::genai::{Facts, Message};
use crate::record::{CallRecord, Kind};
use crate::tree::sample::Sample;
use crate::tree::{CallTree, TreeStyle};

fn said(asked: Message, answered: Message) -> impl FnOnce(&mut Facts) {
    move |facts| {
        facts.input_messages = to_raw_value(&[asked]).ok();
        facts.output_messages = to_raw_value(&[answered]).ok();
    }
}

/// What a turn says of the weather.
fn weather() -> [CallRecord; 4] {
    let turn = said(Message::user("Weather in Paris?"), Message::assistant("It is\n21 °C."));
    let looks = Message::assistant("Let me check.").tool_call("1", "get_weather", serde_json::json!({"city": "Paris"}));
    let tells = said(Message::tool_result("1", "21 °C"), Message::assistant("It is 21 °C."));
    [
        Sample::new(1, "helper").kind(Kind::Turn).facts(turn).call(),
        Sample::new(2, "chat")
            .kind(Kind::Llm)
            .below(1)
            .tokens(10, 5)
            .facts(said(Message::user("Weather in Paris?"), looks))
            .facts(|facts| facts.model = Some("gpt-4o".to_owned()))
            .call(),
        Sample::new(3, "get_weather")
            .kind(Kind::Tool)
            .below(1)
            .inputs(r#"{"city":"Paris"}"#)
            .output(r#""21 °C""#)
            .call(),
        Sample::new(4, "chat").kind(Kind::Llm).below(1).facts(tells).call(),
    ]
}

#[test]
fn spans_of_agents_show_what_was_said() {
    assert_eq!(
        CallTree::new(weather()).outline(),
        r#"turn helper(user: "Weather in Paris?") -> "It is 21 °C."
├─ llm chat gpt-4o(user: "Weather in Paris?") -> get_weather(..), "Let me check."
├─ tool get_weather(city: "Paris") -> "21 °C"
└─ llm chat(tool: "21 °C") -> "It is 21 °C.""#
    );
    assert_eq!(
        CallTree::new(weather()).draw(&TreeStyle::new().width(90)),
        r#"✓ turn helper(user: "Weather in Paris?") -> "It is 21 °C."              15 tokens  1.00 ms
├─ ✓ llm chat gpt-4o(user: "Weather in Pa…") -> get_weather(..), "Let…  15 tokens  1.00 ms
├─ ✓ tool get_weather(city: "Paris") -> "21 °C"                                    1.00 ms
└─ ✓ llm chat(tool: "21 °C") -> "It is 21 °C."                                     1.00 ms"#
    );
}

#[test]
fn a_turn_of_nobody_is_called_by_its_kind_alone() {
    let turn = Sample::new(1, "turn").kind(Kind::Turn).facts(said(Message::user("Hi"), Message::assistant(""))).call();
    assert_eq!(CallTree::new([turn]).outline(), r#"turn(user: "Hi")"#);
}

#[test]
fn arguments_that_are_no_object_and_media_are_shown_as_they_are() {
    let tool = Sample::new(1, "look_up").kind(Kind::Tool).output("null");
    let tool = tool.facts(|facts| facts.tool_arguments = to_raw_value(&["Paris", "Rome"]).ok());
    assert_eq!(CallTree::new([tool.call()]).outline(), r#"tool look_up(["Paris","Rome"])"#);

    let part = crate::genai::Part::uri("https://x.org/cat.png", Some("image/png"));
    let asked = Message::user("What is it?").part(part);
    let llm = Sample::new(1, "chat").kind(Kind::Llm).facts(said(asked, Message::assistant("A cat")));
    assert_eq!(CallTree::new([llm.call()]).outline(), r#"llm chat(user: "What is it? <image/png>") -> "A cat""#);
}

#[test]
fn a_turn_in_a_trace_of_its_own_stands_below_the_op_that_it_was_started_in() {
    let calls = [
        Sample::new(1, "main").takes(9_000_000).call(),
        Sample::new(2, "before").below(1).call(),
        Sample::new(3, "helper").kind(Kind::Turn).invoked_by(1).call(),
        Sample::new(4, "chat").kind(Kind::Llm).below(3).call(),
        Sample::new(5, "after").below(1).call(),
    ];
    assert_eq!(
        CallTree::new(calls.clone()).outline(),
        "\
main()
├─ before()
├─ turn helper()
│  └─ llm chat()
└─ after()"
    );
    let alone = calls.into_iter().filter(|call| call.kind() != Kind::Op);
    assert_eq!(CallTree::new(alone).outline(), "turn helper()\n└─ llm chat()");
}

#[test]
fn what_agents_work_with_gives_way_to_what_they_were_told() {
    let inputs = r#"{"client":"<&http::Client>","question":"Weather in Paris?"}"#;
    let turn = Sample::new(1, "answer").kind(Kind::Turn).inputs(inputs).call();
    let op = Sample::new(2, "parse").below(1).inputs(inputs).call();
    assert_eq!(
        CallTree::new([turn, op]).draw(&TreeStyle::new()),
        r#"✓ turn answer(question: "Weather in Paris?")                    1.00 ms
└─ ✓ parse(client: "<&Client>", question: "Weather in Paris?")  1.00 ms"#
    );
}
