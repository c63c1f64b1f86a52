//! What handles record, and when they end.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, SystemTime};

use serde_json::json;
use weave::testing::Recorder;
use weave::{Conversation, Llm, Message, Status, SubAgent, Tool, Turn, Usage};

use super::spans;

#[test]
fn a_conversation_by_hand_has_its_spans_below_their_turns() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation(Conversation::new().id("chat").agent("helper").model("gpt-4o"));
        for city in ["Paris", "Oslo"] {
            let turn = chat.start_turn(format!("Weather in {city}?"));
            turn.start_llm(Llm::default().provider("openai")).usage(Usage::new(10, 5)).end();
            turn.start_tool("get_weather").arguments(json!({ "city": city })).result("21 °C").end();
            let critic = turn.start_subagent("critic");
            critic.start_llm("gpt-4o-mini").output("Fine.").end();
            critic.start_subagent(SubAgent::new("fact checker")).start_tool("look_up").end();
        }
    });
    let turn = [
        "turn helper @chat",
        "  llm chat @chat",
        "  tool get_weather @chat",
        "  sub_agent critic @chat",
        "    llm chat @chat",
        "    sub_agent fact checker @chat",
        "      tool look_up @chat",
    ];
    assert_eq!(spans(&recorder), [turn, turn].concat());
    let calls = recorder.calls();
    assert!(calls.iter().all(|call| call.status() == Status::Success));
    assert_eq!(recorder.traces().len(), 2);
    assert_eq!(calls[0].turn().unwrap().messages, [Message::user("Weather in Paris?")]);
    assert_eq!((calls[1].model(), calls[4].model()), (Some("gpt-4o"), Some("gpt-4o-mini")));
    assert_eq!((calls[2].inputs_json(), calls[2].output_json()), (r#"{"city":"Paris"}"#, Some(r#""21 °C""#)));
    let agents: Vec<_> = calls.iter().take(7).map(|call| call.agent().unwrap().name.clone().unwrap()).collect();
    assert_eq!(agents, ["helper", "helper", "helper", "critic", "critic", "fact checker", "fact checker"]);
}

#[test]
fn what_is_recorded_in_bulk_replaces_what_was_said_before() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn(Turn::new().model("a").user("Hello").attribute("kept", 1));
        turn.set_attribute("late", 1);
        turn.record(Turn::new().model("b").output("Hi!").attribute("late", 2));
        turn.start_llm("").end();
    });
    let calls = recorder.calls();
    let turn = calls[0].turn().unwrap();
    assert_eq!((turn.model.as_deref(), turn.messages[0].text().as_str()), (Some("b"), "Hello"));
    assert_eq!(json!(calls[0].span_attributes()), json!({ "kept": 1, "late": 2 }));
    assert_eq!(calls[1].model(), Some("b"), "of a turn that was told later");
}

#[test]
fn a_span_ends_once_and_takes_nothing_after_that() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let llm = weave::start_llm("gpt-4o");
        let other = llm.clone();
        assert!(other.is_recording());
        llm.output("yes").end();
        assert!(!other.is_recording());
        other.output("no").set_attribute("a", 1).add_event("late", ()).error("late").fail("late");
        drop((llm, other));
    });
    let calls = recorder.calls();
    assert_eq!((calls.len(), calls[0].status()), (1, Status::Success));
    assert_eq!(calls[0].llm().unwrap().output_messages.len(), 1);
    assert!(calls[0].span_attributes().is_empty() && calls[0].events().is_empty());
}

#[test]
fn the_last_clone_that_is_dropped_ends_a_span() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        let other = turn.clone();
        drop(turn);
        assert!(other.is_recording());
        let call = other.handle();
        drop(other);
        assert!(!call.is_recording());
    });
    assert_eq!(recorder.calls()[0].status(), Status::Success);
}

#[test]
fn a_handle_dropped_by_a_panic_ends_as_failed() {
    let recorder = Recorder::new();
    let caught = std::panic::catch_unwind(AssertUnwindSafe(|| {
        recorder.run(|| {
            let _turn = weave::start_turn("Hello");
            panic!("on purpose");
        });
    }));
    assert!(caught.is_err());
    let calls = recorder.calls();
    assert_eq!((calls[0].status(), calls[0].error().unwrap().kind.as_str()), (Status::Error, "panic"));
}

#[test]
fn an_error_does_not_end_a_span_but_has_it_end_as_failed() {
    let recorder = Recorder::new();
    let error = "x".parse::<u32>().unwrap_err();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        let llm = turn.start_llm("gpt-4o");
        llm.error(&error).output("It goes on.").end();
        turn.start_tool("add").fail(&error);
    });
    let calls = recorder.calls();
    let statuses: Vec<_> = calls.iter().map(weave::CallRecord::status).collect();
    assert_eq!(statuses, [Status::Success, Status::Error, Status::Error]);
    let message = "invalid digit found in string";
    assert_eq!(calls[1].error().unwrap().message, message);
    assert_eq!(calls[1].llm().unwrap().output_messages[0].text(), "It goes on.");
    let event = &calls[1].events()[0];
    assert_eq!((event.name.as_str(), event.attributes["exception.message"].as_str()), ("exception", Some(message)));
    assert_eq!(calls[2].error().unwrap().message, message);
}

#[test]
fn times_and_failures_can_be_given_from_the_start() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn(Turn::new().started_at(at(100)));
        turn.add_event_at("thought", json!({ "n": 1 }), at(101));
        turn.start_tool(Tool::new("add").started_at(at(102)).failed("no")).end_at(at(103));
        turn.end_at(at(104));
    });
    let calls = recorder.calls();
    assert_eq!((calls[0].started_at(), calls[0].ended_at()), (at(100), Some(at(104))));
    assert_eq!(calls[0].events()[0].at, at(101));
    assert_eq!((calls[1].started_at(), calls[1].ended_at()), (at(102), Some(at(103))));
    assert_eq!((calls[1].status(), calls[1].error().unwrap().message.as_str()), (Status::Error, "no"));
}

#[test]
fn an_end_before_the_start_counts_as_the_start() {
    let later = SystemTime::now() + Duration::from_secs(100);
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_turn("Hello").end_at(SystemTime::UNIX_EPOCH);
        weave::start_turn(Turn::new().started_at(later)).end();
    });
    let calls = recorder.calls();
    assert!(calls.iter().all(|call| call.ended_at() == Some(call.started_at())));
}

#[test]
fn what_writes_a_value_of_a_tool_records_nothing_and_ends_nothing() {
    struct Meddling;
    impl serde::Serialize for Meddling {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            weave::start_tool("meddling").end();
            weave::end_turn();
            serializer.serialize_unit()
        }
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        turn.in_scope(|| turn.start_tool("add").arguments(Meddling).result(Meddling).end());
        assert!(turn.is_recording());
    });
    assert_eq!(spans(&recorder), ["turn turn", "  tool add"]);
}

#[test]
fn attributes_of_the_conversation_are_on_every_span_and_weaker_than_its_own() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let about = Conversation::new().id("chat").attribute("tenant", "acme").attribute("tier", "free");
        let turn = weave::start_conversation(about).start_turn(Turn::new().attribute("tier", "paid"));
        turn.start_llm("gpt-4o").end();
    });
    let attributes: Vec<_> = recorder.calls().iter().map(|call| json!(call.span_attributes())).collect();
    assert_eq!(attributes[0], json!({ "tenant": "acme", "tier": "paid" }));
    assert_eq!(attributes[1], json!({ "tenant": "acme", "tier": "free" }));
}

#[test]
fn names_that_are_blank_fall_back() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn(Turn::new().agent(" "));
        turn.start_tool("  ").end();
        turn.start_subagent("").end();
    });
    assert_eq!(spans(&recorder), ["turn turn", "  tool tool", "  sub_agent sub_agent"]);
}

#[test]
fn without_a_client_handles_are_empty_and_do_nothing() {
    let chat = weave::start_conversation("chat");
    let turn = chat.start_turn("Hello");
    let llm = turn.start_llm("gpt-4o");
    llm.user("a").output("b").error("c").set_attribute("d", 1).chunk().end();
    assert_eq!((chat.id(), turn.id(), llm.id(), turn.trace_id()), (None, None, None, None));
    let _entered = (chat.enter(), turn.enter());
    assert!(weave::current_conversation().is_none() && weave::current_turn().is_none());
    assert!(weave::current_llm().is_none() && chat.current_turn().is_none());
    weave::end_llm();
    weave::end_turn();
    weave::end_conversation();
    let back = futures::executor::block_on(turn.run(async |turn| turn.start_tool("add").run(async |_| 3).await));
    assert_eq!(back, 3);
}

#[test]
fn in_a_region_where_recording_is_off_nothing_is_current() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_turn("Hello").in_scope(|| {
            weave::scope().disabled().run(|| {
                assert!(weave::current_turn().is_none());
                weave::start_llm("gpt-4o").output("not recorded").end();
            });
            assert!(weave::current_turn().is_some());
        });
    });
    assert_eq!(spans(&recorder), ["turn turn"]);
}

#[test]
fn a_handle_works_on_a_thread_that_knows_nothing_of_it() {
    let recorder = Recorder::new();
    let chat = recorder.run(|| weave::start_conversation("chat"));
    std::thread::spawn(move || {
        let turn = chat.start_turn("Hello");
        let llm = turn.start_llm("gpt-4o");
        std::thread::spawn(move || llm.in_scope(|| super::ambient::work(1))).join().unwrap();
        turn.in_scope(|| weave::start_tool("add").end());
    })
    .join()
    .unwrap();
    assert_eq!(spans(&recorder), ["turn turn @chat", "  llm chat @chat", "    op work", "  tool add @chat"]);
}

#[test]
fn what_is_started_by_a_text_may_borrow_it() {
    let (id, name) = ("chat-7".to_owned(), "helper".to_owned());
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation(&id);
        let turn = chat.start_turn(&name);
        turn.start_llm(&name).end();
        turn.start_tool(&name).end();
        turn.start_subagent(&name).end();
        turn.end();
    });
    let calls = recorder.calls();
    assert_eq!((calls[0].conversation_id(), calls[1].model()), (Some("chat-7"), Some("helper")));
    assert_eq!((calls[2].op_name(), calls[3].op_name()), ("helper", "helper"));
}
