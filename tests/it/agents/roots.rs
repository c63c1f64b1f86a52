//! Turns as the first spans of traces of their own: where they start, and whether they are recorded.

use weave::testing::Recorder;
use weave::{Conversation, Status, Turn};

use super::ambient::work;
use super::spans;

#[weave::turn]
fn turn(depth: u32) {
    work(depth);
    if depth > 0 {
        turn(depth - 1);
    }
    weave::start_tool("add").end();
}

#[weave::op]
fn outer() -> Option<weave::CallId> {
    let turn = weave::start_turn("Hello");
    turn.start_llm("gpt-4o").end();
    turn.in_scope(|| work(1));
    weave::current_call().id()
}

#[test]
fn a_turn_inside_of_an_op_begins_a_trace() {
    let recorder = Recorder::new();
    recorder.run(outer);
    let calls = recorder.calls();
    assert_eq!((calls[1].op_name(), calls[1].parent_id()), ("turn", None));
    assert_ne!(calls[0].trace_id(), calls[1].trace_id());
    assert!(calls[2..].iter().all(|call| call.trace_id() == calls[1].trace_id()));
}

#[weave::tool]
fn ask_the_expert(question: &str) -> &'static str {
    expert(question)
}

#[weave::turn(agent = "expert")]
fn expert(question: &str) -> &'static str {
    "Yes."
}

#[weave::op]
fn by_an_op() -> &'static str {
    expert("Why?")
}

#[weave::tool]
fn ask_by_an_op() -> &'static str {
    by_an_op()
}

#[test]
fn an_agent_that_works_as_a_tool_is_shown_below_that() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Is it?");
        turn.in_scope(|| (ask_the_expert("Is it?"), ask_by_an_op()));
    });
    let outline = recorder.tree().outline();
    let expected = "turn(user: \"Is it?\")
├─ tool ask_the_expert(question: \"Is it?\") -> \"Yes.\"
│  └─ turn expert(question: \"Is it?\") -> \"Yes.\"
└─ tool ask_by_an_op() -> \"Yes.\"
   └─ by_an_op() -> \"Yes.\"
      └─ turn expert(question: \"Why?\") -> \"Yes.\"";
    assert_eq!(outline, expected);
    // It is a trace of its own all the same.
    assert_eq!(recorder.traces().len(), 3);
}

#[test]
fn a_turn_continues_the_trace_around_where_the_conversation_says_so() {
    let recorder = Recorder::new();
    let chat = || weave::start_conversation(Conversation::new().id("chat").continue_parent_trace(true));
    recorder.run(|| chat().in_scope(outer));
    assert_eq!(spans(&recorder), ["op outer", "  turn turn @chat", "    llm chat @chat", "    op work"]);
    recorder.run(|| chat().start_turn("Hello").end());
    assert_eq!(recorder.traces().len(), 2);
}

#[test]
fn turns_that_call_themselves_do_not_end_those_around() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        chat.in_scope(|| turn(2));
        chat.in_scope(|| turn(0));
    });
    let nested = ["turn turn @chat", "  op work", "turn turn @chat", "  op work", "turn turn @chat", "  op work"];
    let ends = ["  tool add @chat"; 3];
    assert_eq!(spans(&recorder), [&nested[..], &ends, &nested[..2], &ends[..1]].concat());
    assert!(recorder.calls().iter().all(|call| call.status() == Status::Success));
    assert_eq!(recorder.traces().len(), 4);
}

#[test]
fn an_annotated_turn_ends_the_open_one_of_its_conversation() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        let open = chat.start_turn("Hello");
        chat.in_scope(|| turn(0));
        assert!(!open.is_recording());
    });
}

#[test]
fn it_is_decided_for_each_turn_whether_it_is_recorded() {
    let recorder = Recorder::with(weave::builder("test").sample_rate(0.0)).unwrap();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        let turn = chat.start_turn("Hello");
        assert_eq!((turn.id(), turn.is_recording()), (None, false));
        turn.in_scope(|| {
            assert!(weave::current_turn().is_none());
            weave::start_llm("gpt-4o").in_scope(|| work(1));
            weave::scope().sample_rate(1.0).run(|| weave::start_turn("Recorded").in_scope(|| work(2)));
        });
        let llm = turn.start_llm("gpt-4o");
        std::thread::spawn(move || llm.in_scope(|| work(3))).join().unwrap();
    });
    assert_eq!(spans(&recorder), ["turn turn @chat", "  op work"]);
}

#[test]
fn inside_of_a_turn_that_is_not_recorded_the_one_around_is_not_current() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_turn("Hello").in_scope(|| {
            weave::scope().sample_rate(0.0).run(|| {
                weave::start_turn("Not recorded").in_scope(|| {
                    assert!(weave::current_turn().is_none());
                    weave::start_llm("gpt-4o").end();
                    work(1);
                });
            });
        });
    });
    assert_eq!(spans(&recorder), ["turn turn"]);
}

#[test]
fn a_turn_that_fails_is_recorded_with_what_is_around_it_or_not() {
    let recorder = Recorder::with(weave::builder("test").sample_rate(0.0).keep_errors(true)).unwrap();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        let fails = |fails: bool| {
            let turn = chat.start_turn(Turn::new().agent(if fails { "bad" } else { "good" }));
            // These have something to say to those below, too, but it is not theirs to give the trace up.
            turn.start_llm("gpt-4o").end();
            turn.in_scope(|| weave::scope().thread("t").run(|| work(1)));
            if fails {
                turn.start_tool("add").error("no").end();
            }
        };
        fails(false);
        fails(true);
        weave::start_call("outer").run(|| fails(false));
        weave::start_call("outer").run(|| fails(true));
    });
    let bad = ["turn bad @chat", "  llm chat @chat", "  op work", "  tool add @chat"];
    assert_eq!(spans(&recorder), [bad, bad].concat());
}

#[test]
fn a_turn_is_recorded_when_a_span_was_told_of_an_error_that_ends_after_it() {
    let recorder = Recorder::with(weave::builder("test").sample_rate(0.0).keep_errors(true)).unwrap();
    recorder.run(|| {
        let turn = weave::start_turn(Turn::new().agent("bad"));
        let llm = turn.start_llm("gpt-4o");
        llm.error("no");
        turn.end();
        llm.end();
        let turn = weave::start_turn(Turn::new().agent("good"));
        let llm = turn.start_llm("gpt-4o");
        turn.end();
        llm.error("too late").end();
    });
    assert_eq!(spans(&recorder), ["turn bad", "  llm chat"]);
}

#[test]
fn what_is_said_in_a_conversation_without_content_stays_out_of_ops_too() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation(Conversation::new().id("chat").include_content(false));
        let turn = chat.start_turn("secret");
        turn.in_scope(|| work(7));
        turn.start_tool("add").arguments(1).result(2).end();
        weave::start_turn(Turn::new().conversation("chat").user("secret")).end();
        turn.in_scope(|| weave::start_turn(Turn::new().conversation("other").user("told")).end());
        weave::start_turn(Turn::new().include_content(false).user("secret")).in_scope(|| work(8));
    });
    let text = serde_json::to_string(&recorder.calls()).unwrap();
    assert!(!text.contains("secret") && !text.contains("\"n\""), "{text}");
    let calls = recorder.calls();
    let other = calls.iter().find(|call| call.conversation_id() == Some("other")).unwrap();
    assert_eq!(other.turn().unwrap().messages[0].text(), "told");
}
