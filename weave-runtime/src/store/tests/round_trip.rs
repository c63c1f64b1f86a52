//! What goes in comes out.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::{call, running};
use crate::id::{CallId, TraceId};
use crate::record::tests::any::record;
use crate::record::{CallRecord, Details, Kind, OpRef, Status, Text, Timestamp};
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
