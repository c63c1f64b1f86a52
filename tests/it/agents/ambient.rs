//! Where spans go that are started by what is current.

use std::sync::Barrier;

use weave::testing::Recorder;
use weave::{Conversation, Turn};

use super::spans;

#[weave::op]
pub(super) fn work(n: u32) -> u32 {
    n
}

#[weave::op]
fn think() {
    weave::start_llm("gpt-4o").end();
    weave::start_tool("add").end();
}

#[weave::tool]
fn search(query: &str) -> String {
    weave::start_llm("gpt-4o").end();
    think();
    weave::start_tool("fetch").end();
    query.to_owned()
}

#[weave::llm]
fn complete(prompt: &str) -> String {
    let llm = weave::current_llm().unwrap();
    llm.user(prompt).output("yes").finish_reason("stop");
    weave::start_llm("gpt-4o").end();
    "yes".to_owned()
}

#[weave::turn]
fn answer(question: &str) -> String {
    weave::current_turn().unwrap().user(question);
    complete(question);
    search(question)
}

#[test]
fn a_call_of_a_model_goes_below_the_nearest_op_or_agent_and_beside_tools() {
    let recorder = Recorder::new();
    recorder.run(|| weave::start_conversation("chat").in_scope(|| answer("why?")));
    let expected = [
        "turn answer @chat",
        "  llm complete @chat",
        "  llm chat @chat",
        "  tool search @chat",
        "  llm chat @chat",
        "    op think",
        "      llm chat @chat",
        "      tool add @chat",
        "    tool fetch @chat",
    ];
    assert_eq!(spans(&recorder), expected);
    let llm = recorder.calls()[1].llm().unwrap();
    assert_eq!((llm.input_messages[0].text(), llm.output_messages[0].text()), ("why?".into(), "yes".into()));
    assert_eq!(recorder.calls()[0].turn().unwrap().messages[0].text(), "why?");
}

#[test]
fn with_nothing_around_each_span_begins_a_trace() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_llm("gpt-4o").end();
        weave::start_tool("add").in_scope(|| weave::start_llm("gpt-4o").end());
        weave::start_turn("Hello").end();
        weave::start_subagent("critic").end();
        weave::start_conversation("chat").in_scope(|| weave::start_llm("gpt-4o").end());
    });
    let expected = ["llm chat", "tool add", "  llm chat", "turn turn", "sub_agent critic", "llm chat @chat"];
    assert_eq!(spans(&recorder), expected);
    assert_eq!(recorder.traces().len(), 5);
}

#[test]
fn a_turn_ends_the_one_before_it_unless_it_is_concurrent() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        let first = chat.start_turn("1");
        let second = chat.start_turn("2");
        assert_eq!((first.is_recording(), second.is_recording()), (false, true));
        let third = chat.start_turn(Turn::new().concurrent());
        assert!(second.is_recording() && third.is_recording());
        assert_eq!(chat.current_turn().unwrap().id(), second.id());
        chat.end();
        assert!(!second.is_recording() && third.is_recording());
        assert!(chat.current_turn().is_none());
    });
}

#[test]
fn of_turns_that_are_started_at_the_same_time_one_stays_open() {
    for _ in 0..50 {
        let recorder = Recorder::new();
        let chat = recorder.run(|| weave::start_conversation("chat"));
        let start = Barrier::new(8);
        let turns: Vec<_> = std::thread::scope(|threads| {
            let starts = || {
                start.wait();
                (0..8).map(|_| chat.start_turn("Hello")).collect::<Vec<_>>()
            };
            let threads: Vec<_> = (0..8).map(|_| threads.spawn(starts)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(turns.iter().filter(|turn| turn.is_recording()).count(), 1);
        chat.end();
        assert!(!turns.iter().any(weave::OpenTurn::is_recording));
    }
}

#[test]
fn turns_of_one_id_are_of_one_conversation_while_that_is_held() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation(Conversation::new().id("chat").agent("helper"));
        let first = weave::start_turn(Turn::new().conversation("chat"));
        assert_eq!(chat.current_turn().unwrap().id(), first.id());
        let other = weave::start_turn(Turn::new().conversation("other"));
        assert!(first.is_recording() && other.is_recording());
        drop(chat);
        weave::start_conversation("chat-2").in_scope(|| {
            weave::start_turn(Turn::new().conversation("chat")).end();
            weave::start_turn(Turn::new()).end();
        });
    });
    let expected = ["turn helper @chat", "turn turn @other", "turn helper @chat", "turn turn @chat-2"];
    assert_eq!(spans(&recorder), expected, "the turn that is open keeps the conversation");
}

#[test]
fn current_things_are_those_of_the_innermost_region() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let id = || weave::current_turn().and_then(|turn| turn.id());
        let conversation = || weave::current_conversation().and_then(|chat| chat.id().map(str::to_owned));
        let chat = weave::start_conversation("a");
        let _entered = chat.enter();
        assert_eq!((conversation().as_deref(), id()), (Some("a"), None));
        let turn = weave::start_turn("Hello");
        assert_eq!(id(), None, "only a region makes it current");
        turn.in_scope(|| {
            assert_eq!(id(), turn.id());
            let llm = weave::start_llm("gpt-4o");
            llm.in_scope(|| {
                assert_eq!((weave::current_llm().unwrap().id(), id()), (llm.id(), turn.id()));
                weave::start_subagent("critic").in_scope(|| assert!(weave::current_llm().is_none()));
                weave::end_llm();
                assert!(weave::current_llm().is_none());
            });
            weave::start_conversation("b").in_scope(|| {
                assert_eq!((conversation().as_deref(), id()), (Some("b"), turn.id()));
                weave::start_turn("Nested").in_scope(|| assert_ne!(id(), turn.id()));
                weave::start_tool("add").end();
            });
            assert_eq!((conversation().as_deref(), id()), (Some("a"), turn.id()));
            weave::end_turn();
            assert_eq!(id(), None);
        });
    });
    let expected = ["turn turn @a", "  llm chat @a", "    sub_agent critic @a", "turn turn @b", "  tool add @a"];
    assert_eq!(spans(&recorder), expected);
}

#[test]
fn what_a_call_outside_of_a_turn_runs_is_not_in_the_turn() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let outside = weave::start_call("outside");
        weave::start_conversation("chat").start_turn("Hello").in_scope(|| {
            outside.in_scope(|| {
                assert!(weave::current_turn().is_none() && weave::current_conversation().is_none());
                weave::start_llm("gpt-4o").end();
            });
            weave::start_llm("gpt-4o").end();
        });
    });
    assert_eq!(spans(&recorder), ["op outside", "turn turn @chat", "  llm chat", "  llm chat @chat"]);
}

#[test]
fn whoever_looks_for_the_last_call_finds_a_turn_although_it_begins_a_trace() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_call("outer").run(|| {
            let (_, call) = weave::call(|| answer("why?"));
            assert_eq!(call.op_name(), Some("answer"));
            let (turn, call) = weave::call(|| weave::start_turn("Hello"));
            assert_eq!((call.id().is_some(), call.id()), (true, turn.id()));
        });
    });
}

#[test]
fn an_id_that_is_not_given_is_made() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let (one, other) = (weave::start_conversation(Conversation::new()), weave::start_session(""));
        assert_ne!(one.id(), other.id());
        assert!([&one, &other].iter().all(|chat| chat.id().unwrap().len() == 32));
        assert_eq!(serde_json::to_value(&one).unwrap(), one.id().unwrap());
    });
}

#[test]
fn a_turn_that_names_an_open_conversation_keeps_to_what_that_says() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let about = Conversation::new().id("chat").include_content(false).attribute("tenant", "acme");
        let chat = weave::start_conversation(about);
        let turn = weave::start_turn(Turn::new().conversation("chat").user("secret").model("gpt-4o"));
        turn.in_scope(|| drop(complete("secret")));
        drop(chat);
    });
    let calls = recorder.calls();
    assert!(!serde_json::to_string(&calls).unwrap().contains("secret"));
    assert!(calls.iter().all(|call| call.span_attributes()["tenant"] == "acme"));
    assert!(calls.iter().all(|call| call.model() == Some("gpt-4o")));
}
