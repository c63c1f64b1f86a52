//! What spans have of the conversation, the turn and the agent that they are in.

use weave::testing::Recorder;
use weave::{Conversation, SubAgent, Turn};

use super::spans;

#[test]
fn blank_names_say_nothing_and_hide_nothing() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation(Conversation::new().id("chat").agent("helper").model("gpt-4o"));
        let turn = chat.start_turn(Turn::new().agent(" ").model("\t"));
        turn.start_llm(" ").end();
        turn.start_subagent(SubAgent::new("critic").model("")).start_llm("").end();
        drop(turn);
        let chat = weave::start_conversation(Conversation::new().id("blank").agent(" ").model(" "));
        chat.start_turn("Hello").start_llm("").end();
    });
    let calls = recorder.calls();
    let said: Vec<_> = calls
        .iter()
        .map(|call| (call.agent().and_then(|agent| agent.name.clone()), call.model().map(str::to_owned)))
        .collect();
    let of = |agent: &str, model: &str| {
        let known = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        (known(agent), known(model))
    };
    let expected = [
        of("helper", "gpt-4o"),
        of("helper", "gpt-4o"),
        of("critic", "gpt-4o"),
        of("critic", "gpt-4o"),
        of("", ""),
        of("", ""),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_turn_stays_in_the_conversation_that_it_was_started_in() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_conversation("chat").start_turn("Hello");
        turn.record(Turn::new().conversation("other").conversation_name("Weather"));
        turn.start_tool("add").end();
    });
    assert_eq!(spans(&recorder), ["turn turn @chat", "  tool add @chat"]);
    assert_eq!(recorder.calls()[0].turn().unwrap().conversation_name.as_deref(), Some("Weather"));
}

#[test]
fn a_turn_finds_a_conversation_of_its_id_for_as_long_as_one_is_held() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let about = |agent: &str| Conversation::new().id("chat").agent(agent);
        let first = weave::start_conversation(about("first"));
        let second = weave::start_conversation(about("second"));
        let start = || weave::start_turn(Turn::new().conversation("chat")).end();
        start();
        drop(second);
        start();
        drop(first);
        start();
    });
    assert_eq!(spans(&recorder), ["turn second @chat", "turn first @chat", "turn turn @chat"]);
}
