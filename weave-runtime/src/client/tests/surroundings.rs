use serde_json::{Map, Value, json};

use super::store;
use crate::client::{BlockingClient, Calls};
use crate::id::{CallId, TraceId};
use crate::query::Sort;
use crate::record::{CallRecord, Details, InThread, Timestamp, TraceUpdate};
use crate::sink::Sink;
use crate::store::tests::{call, running};

fn in_thread(id: u64, thread: &str, turn: u64, start: i64) -> CallRecord {
    let thread = InThread { id: thread.into(), turn: Some(CallId::from_int(turn)) };
    let details = Details { thread: Some(thread), ..Details::default() };
    let (started_at, ended_at) = (Timestamp(start), Some(Timestamp(start + 5)));
    CallRecord { started_at, ended_at, details: Some(Box::new(details)), ..call(id) }
}

fn saying(id: u64, trace: u128, end: i64, update: TraceUpdate) -> CallRecord {
    let details = Details { trace: Some(Box::new(update)), ..Details::default() };
    let trace_id = TraceId::from_int(trace);
    CallRecord { trace_id, ended_at: Some(Timestamp(end)), details: Some(Box::new(details)), ..call(id) }
}

fn update(name: Option<&str>, tags: &[&str], metadata: Value) -> TraceUpdate {
    TraceUpdate {
        name: name.map(str::to_owned),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        metadata: serde_json::from_value::<Map<String, Value>>(metadata).unwrap(),
    }
}

fn ids(question: Calls<BlockingClient>) -> Vec<u64> {
    let listed = question.clone().sort(Sort::OldestFirst).list().unwrap();
    assert_eq!(question.count().unwrap(), listed.len() as u64);
    listed.iter().map(|call| call.id().to_int()).collect()
}

#[test]
fn calls_are_found_by_their_thread_and_as_its_turns() {
    let calls = [
        in_thread(1, "a", 1, 10),
        in_thread(2, "a", 1, 11),
        in_thread(3, "b", 3, 20),
        in_thread(4, "a", 4, 12),
        call(5),
    ];
    let (_dir, _writer, client) = store(&calls);
    let client = client.blocking();
    assert_eq!(ids(client.calls().thread("a")), [1, 2, 4]);
    assert_eq!(ids(client.calls().thread("a").turns_only()), [1, 4]);
    assert_eq!(ids(client.calls().turns_only()), [1, 4, 3]);
    assert_eq!(ids(client.calls().thread("' OR 1=1")), [0; 0]);

    let threads = client.threads().unwrap();
    let shown: Vec<_> = threads.iter().map(|thread| (&*thread.id, thread.turns, thread.calls)).collect();
    assert_eq!(shown, [("b", 1, 1), ("a", 2, 3)]);
    assert_eq!(threads[1].first, Timestamp(10).to_system_time());
    assert_eq!(threads[1].last, Timestamp(17).to_system_time());
}

#[test]
fn a_store_without_threads_lists_none() {
    let (_dir, _writer, client) = store(&[call(1)]);
    assert_eq!(client.blocking().threads().unwrap(), []);
}

#[test]
fn a_trace_is_what_its_calls_said_in_the_order_in_which_they_ended() {
    let last = saying(1, 7, 30, update(Some("support"), &["beta"], json!({ "by": "last", "user": { "id": "u1" } })));
    let first =
        saying(2, 7, 20, update(Some("draft"), &["slow"], json!({ "by": "first", "user": { "plan": "free" } })));
    let (_dir, mut writer, client) = store(&[last.clone(), first.clone()]);
    for _ in 0..2 {
        let trace = client.blocking().trace(TraceId::from_int(7)).unwrap();
        assert_eq!(
            (trace.name(), trace.tags(), trace.len()),
            (Some("support"), &["slow".into(), "beta".into()][..], 2)
        );
        let expected = json!({ "by": "last", "user": { "id": "u1", "plan": "free" } });
        assert_eq!(Value::Object(trace.metadata().clone()), expected);
        writer.export(&[first.clone(), last.clone()]).unwrap();
    }
}

#[test]
fn what_a_call_says_while_it_runs_is_replaced_by_what_it_said_in_the_end() {
    let open = CallRecord { details: saying(1, 1, 0, update(None, &["a"], json!({}))).details, ..running(1) };
    let (_dir, mut writer, client) = store(std::slice::from_ref(&open));
    let tags = || client.blocking().trace(TraceId::from_int(1)).unwrap().tags().to_vec();
    assert_eq!(tags(), ["a"]);
    writer.export(&[saying(1, 1, 9, update(None, &["a", "b"], json!({}))), open]).unwrap();
    assert_eq!(tags(), ["a", "b"]);
}

#[test]
fn calls_are_found_by_what_is_known_of_their_trace() {
    let calls = [
        saying(1, 1, 20, update(Some("support"), &["beta", "eu"], json!({ "user": { "id": "u1" } }))),
        saying(2, 1, 10, update(Some("draft"), &["slow"], json!({ "user": { "id": "u0" } }))),
        saying(3, 2, 20, update(Some("sales"), &["eu"], json!({ "user.id": "u1" }))),
        call(4),
    ];
    let (_dir, _writer, client) = store(&calls);
    let calls = || client.blocking().calls();
    assert_eq!(ids(calls().tag("eu")), [1, 2, 3]);
    assert_eq!(ids(calls().tag("eu").tag("slow")), [1, 2]);
    assert_eq!(ids(calls().trace_metadata("user.id", "u1")), [1, 2, 3]);
    assert_eq!(ids(calls().trace_metadata("user.id", "u0")), [0; 0], "the call that ended last is right");
    assert_eq!(ids(calls().trace_name("support")), [1, 2]);
    assert_eq!(ids(calls().trace_name("draft")), [0; 0]);
    assert_eq!(ids(calls().tag("beta").trace_name("sales")), [0; 0]);
    assert_eq!(ids(calls().tag("eu").op("work").limit(9).since(std::time::SystemTime::UNIX_EPOCH)), [1, 2, 3]);
    assert_eq!(ids(calls().tag("\"]') --")), [0; 0]);
}
