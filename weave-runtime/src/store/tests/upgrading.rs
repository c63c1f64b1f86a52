//! Stores that earlier versions left behind.

use std::path::Path;

use rusqlite::Connection;

use super::call;
use crate::id::CallId;
use crate::query::{ConversationFilter, Filter, Sort};
use crate::sink::Sink;
use crate::store::{Reader, Spill, SpillRow, Writer};

/// What version 1 left: one finished call of an op named `old`.
const VERSION_1: &str = r#"
    PRAGMA application_id = 0x57454156;
    PRAGMA user_version = 1;
    INSERT INTO writers (id, name, opened_at, closed) VALUES (1, '1', 0, 1);
    INSERT INTO ops (id, name, kind, module, file, line) VALUES (1, 'old', 'op', 'app', 'src/main.rs', 3);
    INSERT INTO calls (seq, id, trace_id, op_id, status, partial, started_at, ended_at, writer_id, has_usage, output)
        VALUES (1, 1, x'00000000000000000000000000000001', 1, 1, 0, 1000, 2000, 1, 0, '2');
"#;

/// What version 2 added: a thread of conversation and a name of the trace.
const VERSION_2: &str = r#"
    PRAGMA user_version = 2;
    UPDATE calls SET thread_id = 'chat-7', turn_id = 1;
    UPDATE ops SET identity = 'app.old', digest = 'd', source = 'fn old() {}';
    INSERT INTO trace_updates (call, trace_id, name) VALUES (1, x'00000000000000000000000000000001', 'support');
    INSERT INTO bodies (call, inputs, attributes) VALUES (1, '{"n":1}', '{"tier":"test"}');
"#;

/// What version 3 added: a span of an agent.
const VERSION_3: &str = r#"
    PRAGMA user_version = 3;
    INSERT INTO agent_spans (call, trace_id, active_at, conversation_id)
        VALUES (1, x'00000000000000000000000000000001', 2000, 'talk');
"#;

fn leave(dir: &Path, schema: &str, rows: &str) {
    let connection = Connection::open(dir.join("weave.db")).unwrap();
    connection.execute_batch(schema).unwrap();
    connection.execute_batch(rows).unwrap();
}

#[test]
fn a_store_of_version_1_is_brought_up_to_date_with_all_that_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    leave(dir.path(), include_str!("../schema.sql"), VERSION_1);

    Writer::open(dir.path()).unwrap().export(&[call(2)]).unwrap();

    let mut reader = Reader::open(dir.path()).unwrap();
    let calls = reader.list(&Filter { sort: Some(Sort::OldestFirst), ..Filter::default() }).unwrap();
    let mut lines: Vec<String> = calls.iter().map(|call| reader.call(call.id).unwrap().to_string()).collect();
    lines.sort();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("old"), "{lines:?}");
    assert!(lines[1].contains("work"), "{lines:?}");
}

#[test]
fn a_store_of_version_2_is_brought_up_to_date_with_all_that_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let schema = [include_str!("../schema.sql"), include_str!("../schema-2.sql")].concat();
    leave(dir.path(), &schema, &[VERSION_1, VERSION_2].concat());

    Writer::open(dir.path()).unwrap().export(&[call(2)]).unwrap();

    let mut reader = Reader::open(dir.path()).unwrap();
    let old = reader.call(CallId::from_int(1)).unwrap();
    assert_eq!((old.thread_id(), old.is_turn()), (Some("chat-7"), true));
    assert_eq!((old.op().digest(), old.op().source()), (Some("d"), Some("fn old() {}")));
    assert_eq!(old.trace_update().unwrap().name.as_deref(), Some("support"));
    assert_eq!((old.inputs_json(), old.output_json()), (r#"{"n":1}"#, Some("2")));
    assert_eq!(old.attributes()["tier"], "test");
    assert_eq!(reader.count(&Filter::default()).unwrap(), 2);
}

#[test]
fn a_store_of_version_3_is_brought_up_to_date_by_who_spills_into_it() {
    let dir = tempfile::tempdir().unwrap();
    let schema = [include_str!("../schema.sql"), include_str!("../schema-2.sql"), include_str!("../schema-3.sql")];
    leave(dir.path(), &schema.concat(), &[VERSION_1, VERSION_2, VERSION_3].concat());
    assert!(!Spill::is_left(dir.path(), "there").unwrap());

    let row = SpillRow { route: "calls", trace: None, call: Some(CallId::from_int(2)), body: b"body" };
    let mut spill = Spill::open(dir.path(), "there", std::time::Duration::MAX).unwrap();
    assert_eq!(spill.append([row], 1_000).unwrap().len(), 1);
    assert_eq!(spill.next(spill.own(), 0, 1_000).unwrap()[0].body, b"body");

    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.call(CallId::from_int(1)).unwrap().thread_id(), Some("chat-7"));
    assert_eq!(reader.conversations(&ConversationFilter::default()).unwrap().len(), 1);
}

#[test]
fn a_reader_says_how_a_store_of_version_1_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    leave(dir.path(), include_str!("../schema.sql"), VERSION_1);

    let message = Reader::open(dir.path()).unwrap_err().to_string();
    assert!(message.contains("has schema 1"), "{message}");
    assert!(message.contains("run a program that records to it once"), "{message}");
}
