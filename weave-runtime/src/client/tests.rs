mod agents;
mod figures;
mod surroundings;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{BlockingClient, Calls, Client};
use crate::id::{CallId, TraceId};
use crate::query::Sort;
use crate::record::OpRef;
use crate::record::{CallRecord, Details, Kind, Status, Text, Timestamp, Usage};
use crate::sink::Sink;
use crate::store::Writer;
use crate::store::tests::{call, running};

fn details(attributes: &Value, usage: Option<u64>) -> Option<Box<Details>> {
    let attributes = attributes.as_object().unwrap().clone();
    let usage = usage.map(|total| Usage { total_tokens: Some(total), ..Usage::default() });
    Some(Box::new(Details { attributes, usage, ..Details::default() }))
}

/// A plan that asks a model twice and fails, a turn of an agent, and a plan that runs.
fn scenario() -> Vec<CallRecord> {
    let at =
        |start: i64, end: i64| CallRecord { started_at: Timestamp(start), ended_at: Some(Timestamp(end)), ..call(1) };
    let below = |id, op: OpRef, times: CallRecord| CallRecord {
        id: CallId::from_int(id),
        parent_id: Some(CallId::from_int(1)),
        op,
        ..times
    };
    let ask = OpRef::named(Kind::Llm, "ask");
    vec![
        CallRecord { details: details(&json!({"model": "a"}), Some(30)), ..below(2, ask.clone(), at(110, 150)) },
        CallRecord { details: details(&json!({"model": "b"}), Some(12)), ..below(3, ask, at(160, 180)) },
        CallRecord {
            op: OpRef::named(Kind::Op, "plan"),
            status: Status::Error,
            text: Text::join(r#"{"city":"Rome","days":3,"who":{"name":"Ada"}}"#, None),
            details: details(&json!({"http.method": "GET", "env": {"tier": "test"}}), None),
            ..at(100, 200)
        },
        CallRecord {
            id: CallId::from_int(4),
            trace_id: TraceId::from_int(4),
            op: OpRef::named(Kind::Turn, "plan"),
            ..at(300, 1_300)
        },
        CallRecord { op: OpRef::named(Kind::Op, "plan"), started_at: Timestamp(400), ..running(5) },
    ]
}

/// A store with the calls, the writer that keeps what runs running, and a client.
fn store(calls: &[CallRecord]) -> (TempDir, Writer, Client) {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.export(calls).unwrap();
    let client = Client::local(dir.path());
    (dir, writer, client)
}

fn asked(question: impl FnOnce(Calls<BlockingClient>) -> Calls<BlockingClient>) -> Vec<u64> {
    let (_dir, _writer, client) = store(&scenario());
    let question = question(client.blocking().calls());
    let ids: Vec<u64> = question.clone().list().unwrap().iter().map(|call| call.id().to_int()).collect();
    let unlimited = question.clone().offset(0).limit(usize::MAX).list().unwrap().len();
    assert_eq!(question.count().unwrap(), unlimited as u64);
    ids
}

fn nanos(n: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(n)
}

#[test]
fn the_newest_calls_come_first() {
    assert_eq!(asked(|calls| calls), [5, 4, 3, 2, 1]);
}

#[test]
fn within_a_trace_or_a_call_the_oldest_come_first() {
    assert_eq!(asked(|calls| calls.trace(TraceId::from_int(1))), [1, 2, 3]);
    assert_eq!(asked(|calls| calls.parent(CallId::from_int(1))), [2, 3]);
    assert_eq!(asked(|calls| calls.trace(TraceId::from_int(1)).sort(Sort::NewestFirst)), [3, 2, 1]);
}

#[test]
fn roots_are_calls_without_a_parent() {
    assert_eq!(asked(Calls::roots), [5, 4, 1]);
}

#[test]
fn repeated_names_kinds_and_statuses_mean_any_of_them() {
    assert_eq!(asked(|calls| calls.op("ask")), [3, 2]);
    assert_eq!(asked(|calls| calls.op("ask").op("plan")), [5, 4, 3, 2, 1]);
    assert_eq!(asked(|calls| calls.op("plan").kind(Kind::Turn)), [4]);
    assert_eq!(asked(|calls| calls.kind(Kind::Turn).kind(Kind::Llm)), [4, 3, 2]);
    assert_eq!(asked(|calls| calls.status(Status::Error)), [1]);
    assert_eq!(asked(|calls| calls.status(Status::Error).status(Status::Running)), [5, 1]);
    assert_eq!(asked(|calls| calls.status(Status::Error).status(Status::Success)), [4, 3, 2, 1]);
    assert_eq!(asked(|calls| calls.op("nothing")), [0; 0]);
}

#[test]
fn a_period_includes_its_start_and_not_its_end() {
    assert_eq!(asked(|calls| calls.since(nanos(110)).until(nanos(300))), [3, 2]);
    assert_eq!(asked(|calls| calls.since(nanos(300))), [5, 4]);
}

#[test]
fn inputs_and_attributes_are_found_by_their_value() {
    assert_eq!(asked(|calls| calls.input("city", "Rome")), [1]);
    assert_eq!(asked(|calls| calls.input("days", 3.0).input("who.name", "Ada")), [1]);
    assert_eq!(asked(|calls| calls.input("who", json!({"name": "Ada"}))), [1]);
    assert_eq!(asked(|calls| calls.input("city", "Rom")), [0; 0]);
    assert_eq!(asked(|calls| calls.attribute("http.method", "GET")), [1]);
    assert_eq!(asked(|calls| calls.attribute("env.tier", "test")), [1]);
    assert_eq!(asked(|calls| calls.kind(Kind::Llm).attribute("model", "b")), [3]);
}

#[test]
fn attributes_set_on_the_span_are_found_too() {
    let mut details = Details::default();
    details.span_attributes.insert("db.rows".to_owned(), 7.into());
    let (_dir, _writer, client) = store(&[CallRecord { details: Some(Box::new(details)), ..call(9) }]);
    assert_eq!(client.blocking().calls().attribute("db.rows", 7).count().unwrap(), 1);
}

#[test]
fn calls_are_sorted_by_duration_or_tokens_with_those_that_have_none_last() {
    assert_eq!(asked(|calls| calls.sort(Sort::OldestFirst)), [1, 2, 3, 4, 5]);
    assert_eq!(asked(|calls| calls.sort(Sort::LongestFirst)), [4, 1, 2, 3, 5]);
    assert_eq!(asked(|calls| calls.sort(Sort::ShortestFirst)), [3, 2, 1, 4, 5]);
    assert_eq!(asked(|calls| calls.sort(Sort::MostTokensFirst).limit(2)), [2, 3]);
}

#[test]
fn pages_adjoin() {
    assert_eq!(asked(|calls| calls.limit(2)), [5, 4]);
    assert_eq!(asked(|calls| calls.limit(2).offset(2)), [3, 2]);
    assert_eq!(asked(|calls| calls.limit(2).offset(4)), [1]);
    assert_eq!(asked(|calls| calls.offset(3)), [2, 1]);
    assert_eq!(asked(|calls| calls.limit(0)), [0; 0]);
    assert_eq!(asked(|calls| calls.attribute("model", "a").limit(1)), [2]);
    assert_eq!(asked(|calls| calls.attribute("model", "a").offset(1)), [0; 0]);
}

#[test]
fn a_client_says_where_it_reads() {
    let client = Client::local("some/where");
    assert_eq!((client.dir(), client.blocking().dir()), (Path::new("some/where"), Path::new("some/where")));
}

#[test]
fn a_call_is_found_by_its_id_or_not_found() {
    let (_dir, _writer, client) = store(&scenario());
    let client = client.blocking();
    assert_eq!(client.call(CallId::from_int(1)).unwrap().input::<String>("city").unwrap(), "Rome");
    let error = client.call(CallId::from_int(99)).unwrap_err();
    assert!(error.is_not_found());
    assert!(error.to_string().starts_with("there is no call 0000000000000063 in the store "), "{error}");
    assert_eq!(client.trace(TraceId::from_int(99)).unwrap().len(), 0);
}

#[test]
fn text_of_filters_is_never_part_of_the_statement() {
    for attack in ["' OR 1=1 --", "\"; DROP TABLE calls; --", "') UNION SELECT 1 --", "%", "*", "\0", "$.a", "a\\\"b"] {
        assert_eq!(asked(|calls| calls.op(attack)), [0; 0], "{attack:?}");
        assert_eq!(asked(|calls| calls.input(attack, 1)), [0; 0], "{attack:?}");
        assert_eq!(asked(|calls| calls.input("city", attack)), [0; 0], "{attack:?}");
        assert_eq!(asked(|calls| calls.attribute(attack, attack)), [0; 0], "{attack:?}");
    }
    assert_eq!(asked(|calls| calls), [5, 4, 3, 2, 1]);
}

#[test]
fn an_op_with_a_hostile_name_is_found_by_it() {
    let name = "'; DROP TABLE calls; -- \u{0} 🦀";
    let (_dir, _writer, client) = store(&[CallRecord { op: OpRef::named(Kind::Op, name), ..call(1) }, call(2)]);
    let found = client.blocking().calls().op(name).list().unwrap();
    assert_eq!(found.iter().map(CallRecord::op_name).collect::<Vec<_>>(), [name]);
}

#[test]
fn a_value_that_is_not_json_makes_the_question_invalid() {
    let by_pair = std::collections::HashMap::from([((1, 2), 3)]);
    let error = Client::local("anywhere").blocking().calls().input("map", by_pair).list().unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(error.to_string(), r#"the value for "map" is not JSON: key must be a string"#);
}

#[test]
fn a_client_finds_a_store_that_is_made_later() {
    let dir = tempfile::tempdir().unwrap();
    let client = Client::local(dir.path()).blocking();
    assert!(client.calls().count().unwrap_err().is_not_found());

    Writer::open(dir.path()).unwrap().export(&[call(1)]).unwrap();
    assert_eq!(client.calls().count().unwrap(), 1);
}

#[test]
fn a_client_follows_a_store_that_is_removed_and_made_anew() {
    let (dir, writer, client) = store(&scenario());
    let client = client.blocking();
    assert_eq!(client.calls().count().unwrap(), 5);

    drop(writer);
    std::fs::remove_file(dir.path().join("weave.db")).unwrap();
    assert!(client.calls().count().unwrap_err().is_not_found());

    Writer::open(dir.path()).unwrap().export(&[call(1)]).unwrap();
    assert_eq!(client.calls().count().unwrap(), 1);
}

#[test]
fn the_reading_thread_ends_with_the_last_clone() {
    let (dir, _writer, _) = store(&scenario());
    let hook = Arc::new(|| ());
    let alive = Arc::downgrade(&hook);
    let client = Client::attached(dir.path(), hook);
    let blocking = client.blocking();
    blocking.calls().count().unwrap();

    drop(client);
    blocking.calls().count().unwrap();
    drop(blocking);
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while alive.upgrade().is_some() {
        assert!(std::time::Instant::now() < deadline, "the thread still holds the hook");
        std::thread::yield_now();
    }
}

#[test]
fn calls_of_one_tick_are_listed_with_parents_before_children() {
    let tick = |id, parent: Option<u64>, end: i64| CallRecord {
        id: CallId::from_int(id),
        parent_id: parent.map(CallId::from_int),
        ended_at: Some(Timestamp(end)),
        ..call(1)
    };
    // Recorded as they end.
    let (_dir, _writer, client) = store(&[tick(3, Some(2), 1_001), tick(2, Some(1), 1_002), tick(1, None, 1_003)]);
    let ids = |calls: Vec<CallRecord>| calls.iter().map(|call| call.id().to_int()).collect::<Vec<_>>();
    assert_eq!(ids(client.blocking().calls().trace(TraceId::from_int(1)).list().unwrap()), [1, 2, 3]);
    let newest = client.blocking().calls().trace(TraceId::from_int(1)).sort(Sort::NewestFirst);
    assert_eq!(ids(newest.list().unwrap()), [3, 2, 1]);
}

#[test]
fn an_attached_client_runs_the_hook_before_each_question() {
    let dir = tempfile::tempdir().unwrap();
    let (path, written) = (dir.path().to_owned(), AtomicU64::new(0));
    let client = Client::attached(
        dir.path(),
        Arc::new(move || {
            let id = written.fetch_add(1, Ordering::Relaxed) + 1;
            Writer::open(&path).unwrap().export(&[call(id)]).unwrap();
        }),
    );
    assert_eq!(client.blocking().calls().count().unwrap(), 1);
    assert_eq!(client.blocking().calls().count().unwrap(), 2);
}

#[test]
fn a_panic_on_the_reading_thread_is_an_error_and_the_next_question_is_answered() {
    let (dir, _writer, _) = store(&scenario());
    let first = std::sync::Once::new();
    let client = Client::attached(dir.path(), Arc::new(move || first.call_once(|| panic!("a failing hook"))));
    let client = client.blocking();

    assert!(client.calls().count().unwrap_err().to_string().ends_with("panicked"));
    // A `Once` that panicked is poisoned: each later hook panics, and each question is answered nonetheless.
    assert!(client.calls().count().unwrap_err().is_store());
}

#[tokio::test]
async fn async_and_blocking_questions_have_the_same_answers() {
    let (_dir, _writer, client) = store(&scenario());
    let ids = |calls: Vec<CallRecord>| calls.iter().map(|call| call.id().to_int()).collect::<Vec<_>>();

    let listed = ids(client.calls().kind(Kind::Llm).list().await.unwrap());
    assert_eq!(listed, ids(client.blocking().calls().kind(Kind::Llm).list().unwrap()));
    assert_eq!(ids(client.trace(TraceId::from_int(1)).await.unwrap().into_iter().collect()), [1, 2, 3]);
    assert_eq!(client.call(CallId::from_int(4)).await.unwrap().kind(), Kind::Turn);
    assert_eq!(client.calls().roots().count().await.unwrap(), 3);
    assert_eq!(client.calls().first().await.unwrap().unwrap().id(), CallId::from_int(5));
    assert_eq!(client.calls().count_by_op().await.unwrap().len(), 4);
    assert_eq!(client.calls().totals().await.unwrap(), client.blocking().calls().totals().unwrap());
}

#[tokio::test]
async fn questions_need_no_runtime_and_can_be_asked_from_another_thread() {
    let (_dir, _writer, client) = store(&scenario());
    let answer = tokio::spawn(client.calls().op("ask").count());
    drop(client);
    assert_eq!(answer.await.unwrap().unwrap(), 2);
}
