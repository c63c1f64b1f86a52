//! What is kept beside the calls of agents.

use rusqlite::Connection;
use serde_json::value::RawValue;

use super::{call, running};
use crate::genai::{Facts, Message, Usage};
use crate::id::CallId;
use crate::record::{CallRecord, Contents, Details, Kind, OpRef};
use crate::sink::Sink;
use crate::store::conversations::{SELECT_CONVERSATIONS, SELECT_TRACES};
use crate::store::spans::select_of_trace;
use crate::store::{Reader, Writer};
use crate::value::Blob;

fn messages(messages: &[Message]) -> Option<Box<RawValue>> {
    Some(serde_json::value::to_raw_value(messages).unwrap())
}

fn turn(id: u64, facts: Facts) -> CallRecord {
    let details = Details { agent: Some(Box::new(facts)), ..Details::default() };
    CallRecord { op: OpRef::named(Kind::Turn, "helper"), details: Some(Box::new(details)), ..call(id) }
}

/// The conversation, what was asked and what was answered, of each row.
fn rows(dir: &tempfile::TempDir) -> Vec<[Option<String>; 3]> {
    let connection = Connection::open(dir.path().join("weave.db")).unwrap();
    let mut statement =
        connection.prepare("SELECT conversation_id, asked, answered FROM agent_spans ORDER BY call").unwrap();
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?])).unwrap();
    rows.map(Result::unwrap).collect()
}

fn some(texts: [&str; 3]) -> [Option<String>; 3] {
    texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

#[test]
fn only_calls_of_agents_have_a_row() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts { conversation_id: Some("chat-7".to_owned()), ..Facts::default() };
    Writer::open(dir.path()).unwrap().export(&[call(1), turn(2, facts), call(3)]).unwrap();
    // What it gave is what was answered.
    assert_eq!(rows(&dir), [some(["chat-7", "", "2"])]);
}

#[test]
fn a_row_has_the_last_that_was_asked_and_answered_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts {
        input_messages: messages(&[
            Message::user("before"),
            Message::user("Weather\n in Paris?"),
            Message::assistant("x"),
        ]),
        output_messages: messages(&[Message::assistant("It is 21 °C.")]),
        ..Facts::default()
    };
    let long = Facts { input_messages: messages(&[Message::user("é ".repeat(1_000))]), ..Facts::default() };
    Writer::open(dir.path()).unwrap().export(&[turn(1, facts), turn(2, long)]).unwrap();

    let rows = rows(&dir);
    assert_eq!(rows[0], some(["", "Weather in Paris?", "It is 21 °C."]));
    assert_eq!(rows[1][1].as_ref().unwrap().chars().count(), 241);
}

#[test]
fn what_ended_replaces_what_ran() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    let asked = Facts { input_messages: messages(&[Message::user("why?")]), ..Facts::default() };
    let answered = Facts { output_messages: messages(&[Message::assistant("because")]), ..asked.clone() };
    writer
        .export(&[CallRecord { details: turn(1, asked).details, op: turn(1, answered.clone()).op, ..running(1) }])
        .unwrap();
    writer.export(&[turn(1, answered)]).unwrap();
    assert_eq!(rows(&dir), [some(["", "why?", "because"])]);
}

#[test]
fn tokens_of_a_cache_are_read_back_also_of_an_op() {
    let dir = tempfile::tempdir().unwrap();
    let usage = Usage::new(20, 8).cache_read(6).reasoning(0);
    let details = Some(Box::new(Details { usage: Some(usage), ..Details::default() }));
    Writer::open(dir.path()).unwrap().export(&[CallRecord { details, ..call(1) }]).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().call(CallId::from_int(1)).unwrap().usage(), Some(usage));
}

#[test]
fn bytes_that_only_a_message_names_are_stored_and_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let blob = Blob::new(b"GIF89a".to_vec());
    let mark =
        serde_json::json!({ "weave.content": { "mime_type": "image/gif", "digest": blob.digest().to_string() } });
    let part = serde_json::json!([{ "role": "user", "parts": [
        { "type": "blob", "modality": "image", "mime_type": "image/gif", "content": mark }
    ] }]);
    let input_messages = Some(serde_json::value::to_raw_value(&part).unwrap());
    let mut call = turn(1, Facts { input_messages, ..Facts::default() });
    call.details.as_mut().unwrap().contents = Some(Contents::held(vec![blob]).into());
    Writer::open(dir.path()).unwrap().export(&[call]).unwrap();

    let read = Reader::open(dir.path()).unwrap().call(CallId::from_int(1)).unwrap();
    assert_eq!(read.contents().unwrap()[0].bytes(), b"GIF89a");
}

#[test]
fn conversations_are_read_off_indexes_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(Writer::open(dir.path()).unwrap());
    let connection = Connection::open(dir.path().join("weave.db")).unwrap();
    let plan = |sql: &str| {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = statement.query_map([], |row| row.get::<_, String>("detail")).unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    let of = |sql: &str| plan(&sql.replace("?1", "'x'"));
    let listed = of(&format!("{SELECT_CONVERSATIONS} GROUP BY conversation_id ORDER BY last DESC LIMIT 20"));
    assert!(listed.contains("agent_spans USING COVERING INDEX agent_spans_by_conversation"), "{listed}");
    let traces = of(SELECT_TRACES);
    assert!(traces.contains("SEARCH agent_spans USING COVERING INDEX agent_spans_by_conversation"), "{traces}");
    let calls = of(&select_of_trace());
    assert!(calls.contains("SEARCH c USING INDEX calls_by_trace (trace_id=?)"), "{calls}");
}
