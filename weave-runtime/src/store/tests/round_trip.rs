//! What goes in comes out.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{call, running};
use crate::genai::{Agent, Facts, Invoker};
use crate::id::{CallId, TraceId};
use crate::record::OpRef;
use crate::record::{
    CallError, CallRecord, Details, Event, InThread, Kind, Status, StatusCounts, Text, Timestamp, TraceUpdate, Usage,
};
use crate::sink::Sink;
use crate::store::{Reader, Writer};

/// Everything a user can see of a record.
fn shown(call: &CallRecord) -> String {
    let facts = call.details.as_deref().and_then(|details| details.agent.as_deref());
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        (call.id, call.trace_id, call.parent_id, call.op_parent_id, call.agent_parent_id),
        (call.op_name(), call.kind(), call.display_name(), call.error(), call.status, call.partial),
        (call.started_at, call.ended_at, call.inputs_json(), call.output_json()),
        (call.attributes(), call.span_attributes()),
        (call.summary(), call.usage()),
        (call.events(), call.thread_id(), call.turn_id(), call.trace_update(), facts),
    )
}

fn stored(calls: &[CallRecord]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.export(calls).unwrap();
    let mut reader = Reader::open(dir.path()).unwrap();
    calls.iter().map(|call| shown(&reader.call(call.id).unwrap())).collect()
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    btree_map(any::<String>(), value(), 0..3).prop_map(|map| map.into_iter().collect())
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (any::<String>(), any::<i64>(), object());
    vec(event.prop_map(|(name, at, attributes)| Event { name, at: Timestamp(at).to_system_time(), attributes }), 0..3)
}

fn usage() -> impl Strategy<Value = Usage> {
    let count = option::of(any::<u64>());
    proptest::array::uniform6(count).prop_map(|[input, output, total, cache_read, cache_creation, reasoning]| Usage {
        input_tokens: input,
        output_tokens: output,
        total_tokens: total,
        cache_read_input_tokens: cache_read,
        cache_creation_input_tokens: cache_creation,
        reasoning_tokens: reasoning,
    })
}

fn details() -> impl Strategy<Value = Details> {
    let error = (any::<String>(), any::<String>()).prop_map(|(kind, message)| CallError { kind, message });
    let maps = (object(), object(), object());
    let below = (0..9_u64, 0..9_u64).prop_map(|(success, error)| StatusCounts { success, error });
    let around = (option::of(thread()), option::of(trace()), below, option::of(facts()));
    (option::of(any::<String>()), option::of(error), maps, option::of(usage()), events(), around).prop_map(
        |(
            display_name,
            error,
            (attributes, span_attributes, summary),
            usage,
            events,
            (thread, trace, below, agent),
        )| {
            Details {
                display_name,
                error,
                attributes,
                span_attributes,
                summary,
                usage,
                events,
                thread,
                trace: trace.filter(|trace| *trace != TraceUpdate::default()).map(Box::new),
                contents: None,
                below,
                agent: agent.map(Box::new),
            }
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let text = || option::of(any::<String>());
    let is_there = |value: &Value| !value.is_null();
    let said = move || {
        let value = value().prop_filter("null says nothing", is_there);
        option::of(value.prop_map(|value| RawValue::from_string(value.to_string()).unwrap()))
    };
    let invoker = (any::<u128>(), any::<u64>())
        .prop_map(|(trace, id)| Invoker { trace_id: TraceId::from_int(trace), id: CallId::from_int(id) });
    let agent = (text(), text()).prop_map(|(name, version)| Agent { name, version, ..Agent::default() });
    let model = (text(), text(), any::<bool>());
    (text(), option::of(invoker), agent, model, (said(), said())).prop_map(
        |(
            conversation_id,
            invoker,
            agent,
            (model, response_model, without_content),
            (input_messages, tool_arguments),
        )| {
            Facts {
                conversation_id,
                invoker,
                agent,
                model,
                response_model,
                without_content,
                input_messages,
                tool_arguments,
                ..Facts::default()
            }
        },
    )
}

fn thread() -> impl Strategy<Value = InThread> {
    let turn = any::<u64>().prop_map(CallId::from_int);
    (any::<String>(), proptest::option::of(turn)).prop_map(|(id, turn)| InThread { id: id.into(), turn })
}

fn trace() -> impl Strategy<Value = TraceUpdate> {
    let given = (option::of(any::<String>()), vec(any::<String>(), 0..3), object());
    given.prop_map(|(name, tags, metadata)| TraceUpdate { name, tags, metadata })
}

fn op() -> impl Strategy<Value = OpRef> {
    let kind = proptest::sample::select(vec![Kind::Op, Kind::Turn, Kind::Llm, Kind::Tool, Kind::SubAgent]);
    (kind, any::<String>()).prop_map(|(kind, name)| OpRef::named(kind, name))
}

fn record() -> impl Strategy<Value = CallRecord> {
    let status = proptest::sample::select(vec![
        Status::Running,
        Status::Success,
        Status::Error,
        Status::Cancelled,
        Status::Interrupted,
    ]);
    let parent = || option::of(any::<u64>().prop_map(CallId::from_int));
    (
        (any::<u64>(), any::<u128>(), parent(), parent(), parent()),
        (op(), status, any::<bool>(), any::<i64>(), option::of(any::<i64>())),
        (object(), option::of(value()), option::of(details())),
    )
        .prop_map(|((id, trace, parent_id, op_parent_id, agent_parent_id), flags, (inputs, output, details))| {
            let (op, status, partial, started_at, ended_at) = flags;
            CallRecord {
                id: CallId::from_int(id),
                trace_id: TraceId::from_int(trace),
                parent_id,
                op_parent_id,
                agent_parent_id,
                op,
                status,
                partial,
                started_at: Timestamp(started_at),
                ended_at: ended_at.map(Timestamp),
                text: Text::join(
                    &Value::Object(inputs).to_string(),
                    output.map(|output| output.to_string()).as_deref(),
                ),
                details: details.map(Box::new),
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_part_of_a_record_comes_back_as_it_was(
        calls in vec(record(), 1..12).prop_filter("ids differ", |calls| {
            let ids: std::collections::HashSet<_> = calls.iter().map(|call| call.id).collect();
            ids.len() == calls.len()
        })
    ) {
        prop_assert_eq!(stored(&calls), calls.iter().map(shown).collect::<Vec<_>>());
    }
}

#[test]
fn extreme_numbers_come_back_as_they_were() {
    let extreme = CallRecord {
        id: CallId::from_int(u64::MAX),
        trace_id: TraceId::from_int(u128::MAX),
        parent_id: Some(CallId::from_int(1 << 63)),
        op_parent_id: Some(CallId::from_int(0)),
        started_at: Timestamp(i64::MIN),
        ended_at: Some(Timestamp(i64::MAX)),
        ..call(1)
    };
    assert_eq!(stored(std::slice::from_ref(&extreme)), [shown(&extreme)]);
}

#[test]
fn an_output_of_null_is_not_a_missing_one() {
    let null = CallRecord { text: Text::join("{}", Some("null")), ..call(1) };
    let none = CallRecord { text: Text::join("{}", None), ..call(2) };
    let dir = tempfile::tempdir().unwrap();
    Writer::open(dir.path()).unwrap().export(&[null, none]).unwrap();

    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.call(CallId::from_int(1)).unwrap().output_json(), Some("null"));
    assert_eq!(reader.call(CallId::from_int(2)).unwrap().output_json(), None);
}

#[test]
fn text_is_kept_to_the_letter_even_where_it_is_odd() {
    let odd = CallRecord {
        op: OpRef::named(Kind::Tool, "tool '); DROP TABLE calls; --"),
        text: Text::join("{ \"a\" :1e2 , \"\u{0}\": \"🦀\\u0000\"}", Some("  [1]  ")),
        ..call(1)
    };
    assert_eq!(stored(std::slice::from_ref(&odd)), [shown(&odd)]);
}

#[test]
fn a_call_that_ends_completes_its_running_row() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    let details = Details { summary: json!({"n": 1}).as_object().unwrap().clone(), ..Details::default() };
    let ended = CallRecord { details: Some(Box::new(details)), ..call(7) };

    writer.export(&[running(7)]).unwrap();
    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.call(CallId::from_int(7)).unwrap().status(), Status::Running);

    writer.export(std::slice::from_ref(&ended)).unwrap();
    assert_eq!(shown(&reader.call(CallId::from_int(7)).unwrap()), shown(&ended));
}

#[test]
fn a_call_that_has_ended_never_runs_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();

    writer.export(&[call(7), running(7)]).unwrap();
    writer.export(&[running(7)]).unwrap();

    let kept = Reader::open(dir.path()).unwrap().call(CallId::from_int(7)).unwrap();
    assert_eq!(shown(&kept), shown(&call(7)));
}

#[test]
fn a_batch_may_come_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();

    writer.export(&[call(1), call(2)]).unwrap();
    writer.export(&[call(1), call(2)]).unwrap();

    let count = Reader::open(dir.path()).unwrap().count(&crate::query::Filter::default());
    assert_eq!(count.unwrap(), 2);
}

#[test]
fn more_ops_than_a_writer_remembers_keep_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    let named = |id: u64| CallRecord { op: OpRef::named(Kind::Op, format!("op {}", id % 5_000)), ..call(id) };

    writer.export(&(1..=10_000).map(named).collect::<Vec<_>>()).unwrap();

    let mut reader = Reader::open(dir.path()).unwrap();
    let names: Vec<String> =
        [1, 4_999, 5_001].map(|id| reader.call(CallId::from_int(id)).unwrap().op_name().to_owned()).into();
    assert_eq!(names, ["op 1", "op 4999", "op 1"]);
}
