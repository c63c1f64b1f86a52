//! Any record there may be.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::genai::{Agent, Facts, Invoker};
use crate::id::{CallId, TraceId};
use crate::record::{
    CallError, CallRecord, Details, Event, InThread, Kind, Op, OpRef, Status, StatusCounts, StoredOp, Text, Timestamp,
    TraceUpdate, Usage,
};

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

/// Any object of JSON.
pub(crate) fn object() -> impl Strategy<Value = Map<String, Value>> {
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

/// Any record of ours.
pub(crate) fn record() -> impl Strategy<Value = CallRecord> {
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

/// Any record that may be exported: also of functions and of foreign spans, with links.
pub(crate) fn any_span() -> impl Strategy<Value = CallRecord> {
    let link = json!({ "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7", "why": 1 });
    let foreign = json!({
        "span.kind": "server",
        "otel.scope.name": "http",
        "otel.scope.version": "1.0",
        "otel.dropped_attributes_count": 7,
        "otel.dropped_events_count": 300,
        "otel.dropped_links_count": 1,
        "http.status": [200, 500],
    });
    let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (link, foreign) = (fields(&link), fields(&foreign));
    (record(), 0..5_u8, any::<bool>()).prop_map(move |(mut call, shape, linked)| {
        let details = call.details.get_or_insert_default();
        if linked {
            let (name, at) = (Event::LINK.to_owned(), Timestamp(5).to_system_time());
            details.events.push(Event { name, at, attributes: link.clone() });
        }
        match shape {
            0 => call.op = function(call.op.kind()),
            3 => call.op = annotated(call.op.kind()),
            1 => {
                details.span_attributes.extend(foreign.clone());
                call.op = OpRef::named(Kind::Span, "GET /");
            }
            2 => {
                details.attributes = Map::new();
                details.span_attributes = Map::new();
                details.trace = None;
            }
            _ => {}
        }
        call
    })
}

/// A function of a program.
pub(crate) fn function(kind: Kind) -> OpRef {
    OpRef::stored(StoredOp {
        identity: "shop.price".to_owned(),
        name: "price".to_owned(),
        kind,
        module: "app::shop".to_owned(),
        file: "src/shop.rs".to_owned(),
        line: 300,
        digest: Some("x".repeat(43)),
        source: None,
    })
}

/// The same as an annotation makes it.
pub(crate) fn annotated(kind: Kind) -> OpRef {
    const fn op(kind: Kind) -> Op {
        Op::new(kind, "price", "app::shop", "src/shop.rs", 300)
            .version("0123456789012345678901234567890123456789012", None)
    }
    static OP: Op = op(Kind::Op);
    static LLM: Op = op(Kind::Llm);
    static TOOL: Op = op(Kind::Tool);
    static TURN: Op = op(Kind::Turn);
    OpRef::Static(match kind {
        Kind::Llm => &LLM,
        Kind::Tool => &TOOL,
        Kind::Turn | Kind::SubAgent => &TURN,
        Kind::Op | Kind::Span => &OP,
    })
}
