use std::time::Duration;

use serde_json::value::to_raw_value;

use super::store;
use crate::client::{BlockingClient, Calls};
use crate::genai::{Agent, Facts, Invoker, Message, Usage};
use crate::id::{CallId, TraceId};
use crate::query::Sort;
use crate::record::{CallRecord, Details, Kind, OpRef, Status, Timestamp};
use crate::store::tests::call;

/// A call of an agent in conversation `chat`, in a trace and from a millisecond to another.
fn span(id: u64, kind: Kind, chat: &str, (trace, parent): (u128, u64), (start, end): (i64, i64)) -> CallRecord {
    let parent = Some(CallId::from_int(parent)).filter(|parent| parent.to_int() > 0);
    let facts = Facts {
        conversation_id: Some(chat.to_owned()).filter(|chat| !chat.is_empty()),
        agent: Agent::new("helper"),
        ..Facts::default()
    };
    CallRecord {
        trace_id: TraceId::from_int(trace),
        parent_id: parent,
        agent_parent_id: parent,
        op: OpRef::named(kind, kind.as_str()),
        started_at: Timestamp(start * 1_000_000),
        ended_at: Some(Timestamp(end * 1_000_000)),
        details: Some(Box::new(Details { agent: Some(Box::new(facts)), ..Details::default() })),
        ..call(id)
    }
}

fn with(mut call: CallRecord, change: impl FnOnce(&mut Details, &mut Facts)) -> CallRecord {
    let mut details = call.details.take().unwrap();
    let mut facts = details.agent.take().unwrap();
    change(&mut details, &mut facts);
    details.agent = Some(facts);
    CallRecord { details: Some(details), ..call }
}

fn asks(call: CallRecord, model: &str, usage: Usage) -> CallRecord {
    with(call, |details, facts| {
        facts.model = Some(model.to_owned());
        details.usage = Some(usage);
    })
}

fn says(call: CallRecord, asked: &str, answered: &str) -> CallRecord {
    with(call, |_, facts| {
        facts.input_messages = to_raw_value(&[Message::user(asked)]).ok();
        facts.output_messages = to_raw_value(&[Message::assistant(answered)]).ok();
    })
}

/// Two turns of `chat-7`, the second with a critic who fails, an op in between; and one of `chat-8`.
fn scenario() -> Vec<CallRecord> {
    let first = says(span(1, Kind::Turn, "chat-7", (1, 0), (10, 20)), "Weather\nin Paris?", "It is 21 °C.");
    let first = with(first, |_, facts| facts.agent.version = Some("1".to_owned()));
    let second = says(span(4, Kind::Turn, "chat-7", (4, 0), (30, 60)), "And in Rome?", "Sunny.");
    let second = with(second, |_, facts| {
        facts.agent.version = Some("2".to_owned());
        facts.conversation_name = Some("Weather".to_owned());
    });
    let critic =
        with(span(6, Kind::SubAgent, "chat-7", (4, 4), (40, 50)), |_, facts| facts.agent = Agent::new("critic"));
    let critic = CallRecord { status: Status::Error, ..critic };
    let op = CallRecord {
        op: OpRef::named(Kind::Op, "look_up"),
        op_parent_id: Some(CallId::from_int(3)),
        details: None,
        ..span(7, Kind::Op, "", (1, 3), (14, 15))
    };
    vec![
        first,
        asks(span(2, Kind::Llm, "chat-7", (1, 1), (11, 13)), "gpt-4o", Usage::new(20, 8).cache_read(6)),
        span(3, Kind::Tool, "chat-7", (1, 1), (14, 16)),
        op,
        second,
        asks(span(5, Kind::Llm, "chat-7", (4, 4), (31, 39)), "small", Usage::new(5, 2).total(7)),
        critic,
        says(span(8, Kind::Turn, "chat-8", (8, 0), (70, 75)), "Hello", "Hi"),
    ]
}

fn asked(question: impl FnOnce(Calls<BlockingClient>) -> Calls<BlockingClient>) -> Vec<u64> {
    let (_dir, _writer, client) = store(&scenario());
    let calls = question(client.blocking().calls().sort(Sort::OldestFirst));
    let all = calls.clone().limit(usize::MAX).list().unwrap();
    assert_eq!(calls.clone().count().unwrap(), all.len() as u64);
    calls.list().unwrap().iter().map(|call| call.id().to_int()).collect()
}

fn millis(n: u64) -> std::time::SystemTime {
    std::time::SystemTime::UNIX_EPOCH + Duration::from_millis(n)
}

#[test]
fn conversations_are_listed_by_what_happened_last_and_counted_with_all_in_their_traces() {
    let (_dir, _writer, client) = store(&scenario());
    let conversations = client.blocking().conversations().list().unwrap();
    let shown: Vec<String> = conversations.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["chat-8 1 turn, 1 call", "chat-7 \"Weather\" 2 turns, 7 calls, 1 error, 35 tokens"]);

    let chat = &conversations[1];
    assert_eq!((chat.llm_calls, chat.tool_calls), (2, 1));
    assert_eq!(chat.usage, Usage::new(25, 10).total(35).cache_read(6));
    assert_eq!(
        (&chat.agents, &chat.models),
        (&vec!["helper".into(), "critic".into()], &vec!["gpt-4o".into(), "small".into()])
    );
    assert_eq!((chat.first, chat.last, chat.duration), (millis(10), millis(60), Duration::from_millis(40)));
}

#[test]
fn conversations_are_found_by_agent_and_time_a_page_at_a_time() {
    let (_dir, _writer, client) = store(&scenario());
    let client = client.blocking();
    let ids = |question: crate::client::Conversations<BlockingClient>| {
        question.list().unwrap().into_iter().map(|conversation| conversation.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(client.conversations().agent("critic")), ["chat-7"]);
    assert_eq!(ids(client.conversations().agent("critic").agent("helper")), ["chat-8", "chat-7"]);
    assert_eq!(ids(client.conversations().agent("nobody")), [""; 0]);
    assert_eq!(ids(client.conversations().since(millis(61))), ["chat-8"]);
    assert_eq!(ids(client.conversations().until(millis(61))), ["chat-7"]);
    assert_eq!(ids(client.conversations().limit(1)), ["chat-8"]);
    assert_eq!(ids(client.conversations().limit(1).offset(1)), ["chat-7"]);
}

#[test]
fn turns_are_listed_in_order_with_the_beginning_of_what_was_said() {
    let (_dir, _writer, client) = store(&scenario());
    let turns = client.blocking().turns("chat-7").unwrap();
    let shown: Vec<String> = turns.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            r#"helper: "Weather in Paris?" -> "It is 21 °C." 4 calls, 28 tokens"#,
            r#"helper: "And in Rome?" -> "Sunny." 3 calls, 1 error, 7 tokens"#
        ]
    );
    assert_eq!((turns[1].trace_id, turns[1].id), (TraceId::from_int(4), CallId::from_int(4)));
    assert_eq!(turns[0].duration, Some(Duration::from_millis(10)));
}

#[test]
fn turns_in_one_trace_have_the_calls_below_them_and_the_first_what_is_around() {
    let calls = [
        CallRecord { details: None, op: OpRef::named(Kind::Op, "main"), ..span(1, Kind::Op, "", (1, 0), (0, 90)) },
        span(2, Kind::Turn, "a", (1, 1), (10, 20)),
        span(3, Kind::Llm, "a", (1, 2), (11, 12)),
        span(4, Kind::Turn, "a", (1, 1), (30, 40)),
        span(5, Kind::Turn, "b", (1, 1), (50, 60)),
        span(6, Kind::Llm, "b", (1, 5), (51, 52)),
    ];
    let (_dir, _writer, client) = store(&calls);
    let counts = |id| client.blocking().turns(id).unwrap().iter().map(|turn| turn.calls).collect::<Vec<_>>();
    assert_eq!(counts("a"), [3, 1]);
    assert_eq!(counts("b"), [3], "the op around, which is of both");
}

#[test]
fn a_conversation_without_turns_has_one_for_each_trace() {
    let calls = [span(1, Kind::Llm, "a", (1, 0), (1, 2)), span(2, Kind::Llm, "a", (2, 0), (3, 4))];
    let (_dir, _writer, client) = store(&calls);
    let turns = client.blocking().turns("a").unwrap();
    assert_eq!(turns.iter().map(|turn| turn.id.to_int()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(client.blocking().conversation("a").unwrap().to_string(), "a 2 turns, 2 calls");
}

#[test]
fn agents_are_listed_with_how_often_they_were_asked_and_how_long_that_took() {
    let (_dir, _writer, client) = store(&scenario());
    let agents = client.blocking().agents().unwrap();
    let shown: Vec<String> = agents.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["helper 3 invocations, 2 conversations, 35 tokens", "critic 1 invocation, 1 conversation, 1 failure"]
    );
    let helper = &agents[0];
    assert_eq!((&*helper.versions, helper.llm_calls, helper.tool_calls), (&["1".into(), "2".into()][..], 2, 1));
    let durations = [helper.durations.total, helper.durations.mean, helper.durations.p50, helper.durations.max];
    assert_eq!(durations.map(|duration| duration.as_millis()), [45, 15, 10, 30]);
    assert_eq!((helper.first, helper.last), (millis(10), millis(70)));
}

#[test]
fn a_trace_comes_with_the_turns_that_were_started_in_it() {
    let main = |id| CallRecord {
        details: None,
        op: OpRef::named(Kind::Op, "main"),
        ..span(id, Kind::Op, "", (1, 0), (0, 90))
    };
    let invoked = |call, trace, id| {
        let invoker = Invoker { trace_id: TraceId::from_int(trace), id: CallId::from_int(id) };
        with(call, |_, facts| facts.invoker = Some(invoker))
    };
    let calls = [
        main(1),
        invoked(span(2, Kind::Turn, "a", (2, 0), (10, 20)), 1, 1),
        span(3, Kind::Tool, "a", (2, 2), (11, 19)),
        invoked(span(4, Kind::Turn, "b", (4, 0), (12, 13)), 2, 3),
        span(5, Kind::Turn, "c", (5, 0), (30, 40)),
    ];
    let (_dir, _writer, client) = store(&calls);
    let trace = client.blocking().trace(TraceId::from_int(1)).unwrap();
    assert_eq!(trace.iter().map(|call| call.id().to_int()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(client.blocking().calls().trace(TraceId::from_int(1)).count().unwrap(), 1);
}

#[test]
fn a_trace_and_a_conversation_are_read_as_a_chat() {
    let (dir, _writer, client) = store(&scenario());
    let client = client.blocking();
    let paris = "user: Weather\n  in Paris?\n  tool(n: 1) -> 2\nhelper: It is 21 °C.";
    assert_eq!(client.chat(TraceId::from_int(1)).unwrap().to_string(), paris);
    assert_eq!(
        client.conversation_chat("chat-7").unwrap().to_string(),
        format!("{paris}\n\nuser: And in Rome?\n  critic\n    critic: 2\nhelper: Sunny.")
    );
    assert!(client.conversation_chat("chat-9").unwrap_err().to_string().contains("did you mean"));

    let error = client.chat(TraceId::from_int(9)).unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string().replace(&dir.path().display().to_string(), "DIR"),
        "trace 00000000000000000000000000000009 has no calls of agents in the store DIR: `turns(..)` lists the traces of a \
         conversation"
    );
}

#[test]
fn calls_are_found_by_conversation_agent_and_model() {
    assert_eq!(asked(|calls| calls.conversation("chat-7")), [1, 2, 3, 7, 4, 5, 6]);
    assert_eq!(asked(|calls| calls.conversation("chat-7").kind(Kind::Turn)), [1, 4]);
    assert_eq!(asked(|calls| calls.conversation("chat-7").kind(Kind::Llm).limit(1)), [2], "the oldest first");
    assert_eq!(asked(|calls| calls.agent("critic")), [6]);
    assert_eq!(asked(|calls| calls.agent("critic").agent("helper").kind(Kind::SubAgent)), [6]);
    assert_eq!(asked(|calls| calls.model("small").model("gpt-4o")), [2, 5]);
    assert_eq!(asked(|calls| calls.model("' OR 1=1")), [0; 0]);
}

#[test]
fn a_conversation_that_is_not_there_is_an_error_that_names_those_near() {
    let (dir, _writer, client) = store(&scenario());
    let client = client.blocking();
    assert_eq!(client.conversation("chat-8").unwrap().turns, 1);
    let message = |error: crate::error::Error| {
        assert!(error.is_not_found());
        error.to_string().replace(&dir.path().display().to_string(), "DIR")
    };
    assert_eq!(
        message(client.conversation("chat-9").unwrap_err()),
        r#"there is no conversation "chat-9" in the store DIR: did you mean "chat-8", "chat-7"?"#
    );
    assert_eq!(
        message(client.turns("support").unwrap_err()),
        r#"there is no conversation "support" in the store DIR: `conversations()` lists those that are there"#
    );
}
