//! What agents did as people read it.

use serde_json::json;
use weave::testing::Recorder;
use weave::{Chat, Kind, Llm, Message, SubAgent, Tool, Turn};

/// A turn in which a tool asks another agent.
#[weave::op]
fn handle(question: &str) {
    let turn = weave::start_turn(Turn::from(question).agent("helper"));
    let ask = Message::assistant("Let me ask.").tool_call("call-1", "look_up", json!({ "topic": "Paris" }));
    turn.start_llm(Llm::new("gpt-4o").user(question)).output_message(ask).end();
    let tool = turn.start_tool(Tool::new("look_up").call_id("call-1").arguments(json!({ "topic": "Paris" })));
    tool.in_scope(|| {
        read_index();
        let librarian = weave::start_subagent(SubAgent::new("librarian").user("Paris?"));
        librarian.start_llm(Llm::new("small").user("Paris?")).output("21 °C").end();
        librarian.output("21 °C").end();
    });
    tool.result("21 °C").end();
    turn.output("It is 21 °C.").end();
}

#[weave::op]
fn read_index() {}

#[test]
fn a_turn_is_read_as_a_chat_whatever_ops_are_in_between() {
    let recorder = Recorder::new();
    recorder.run(|| handle("Weather in Paris?"));
    let chat = Chat::new(recorder.calls());
    assert_eq!(
        chat.to_string(),
        r#"user: Weather in Paris?
helper: Let me ask.
  look_up(topic: "Paris") -> "21 °C"
      librarian
        user: Paris?
        librarian: 21 °C
helper: It is 21 °C."#
    );
}

#[test]
fn a_turn_stands_below_its_op_in_the_tree_and_in_the_trace_of_that() {
    let recorder = Recorder::new();
    recorder.run(|| handle("Weather in Paris?"));
    assert_eq!(
        recorder.tree().outline(),
        r#"handle(question: "Weather in Paris?")
└─ turn helper(user: "Weather in Paris?") -> "It is 21 °C."
   ├─ llm chat gpt-4o(user: "Weather in Paris?") -> look_up(..), "Let me ask."
   └─ tool look_up(topic: "Paris") -> "21 °C"
      ├─ read_index()
      └─ sub_agent librarian(user: "Paris?") -> "21 °C"
         └─ llm chat small(user: "Paris?") -> "21 °C""#
    );
    let traces = recorder.traces();
    assert_eq!(traces.iter().map(weave::TraceRecord::len).collect::<Vec<_>>(), [1, 6]);
    assert_eq!(recorder.trace(traces[0].id()).len(), 7);
    assert_eq!(recorder.trace(traces[1].id()).len(), 6);
}

#[test]
fn ids_that_are_the_same_in_each_run_link_turns_as_well() {
    let recorder = Recorder::new();
    recorder.run(|| handle("Weather in Paris?"));
    let tree = weave::CallTree::new(recorder.stable_calls());
    assert_eq!(tree.outline(), recorder.tree().outline());
    let turn = serde_json::to_value(tree.iter().find(|call| call.kind() == Kind::Turn)).unwrap();
    assert_eq!(turn["agent"]["invoker"]["id"], "0000000000000001");
    assert_eq!(turn["agent"]["input_messages"][0]["parts"][0]["content"], "Weather in Paris?");
}

/// Looks up the weather.
#[weave::tool]
fn get_weather(city: &str) -> String {
    format!("21 °C in {city}")
}

#[weave::llm(model = "gpt-4o")]
fn ask(prompt: &str) -> Llm {
    match prompt {
        "Weather in Paris?" => {
            let check = Message::assistant("Let me check.");
            Llm::default().output_message(check.tool_call("call-1", "get_weather", json!({ "city": "Paris" })))
        }
        _ => Llm::default().output("It is 21 °C."),
    }
}

#[weave::turn(agent = "helper")]
fn answer(question: &str) -> String {
    ask(question);
    let answer = ask(&get_weather("Paris"));
    answer.output_messages[0].text()
}

#[test]
fn annotated_functions_are_read_as_a_chat_like_spans() {
    let recorder = Recorder::new();
    recorder.run(|| answer("Weather in Paris?"));
    assert_eq!(
        Chat::new(recorder.calls()).to_string(),
        r#"user: Weather in Paris?
helper: Let me check.
  get_weather(city: "Paris") -> "21 °C in Paris"
helper: It is 21 °C."#
    );
    let drawn = recorder.tree().draw(&weave::TreeStyle::new().width(120));
    assert!(drawn.contains(r#"llm ask(prompt: "Weather in Paris?") -> get_weather(..), "Let me check.""#), "{drawn}");
}
