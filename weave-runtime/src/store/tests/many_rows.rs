//! Batches that are written many rows to a statement, with calls among them that have a row already.

use super::{call, running};
use crate::id::CallId;
use crate::query::Filter;
use crate::record::{CallRecord, Status, Text};
use crate::sink::Sink;
use crate::store::{Reader, Writer};

fn with_output(id: u64, output: &str) -> CallRecord {
    CallRecord { text: Text::join("{}", Some(output)), ..call(id) }
}

fn long(id: u64) -> CallRecord {
    with_output(id, &format!("\"{}\"", "x".repeat(5_000)))
}

/// The outputs of the calls 1, 2, 3, ...
fn outputs(reader: &mut Reader, calls: u64) -> Vec<String> {
    let output = |id| reader.call(CallId::from_int(id)).unwrap().output_json().unwrap().to_owned();
    (1..=calls).map(output).collect()
}

#[test]
fn each_call_has_its_own_json_whatever_the_size_of_the_batch() {
    for size in [1, 7, 8, 9, 31, 32, 33, 75, 200] {
        let dir = tempfile::tempdir().unwrap();
        let calls: Vec<CallRecord> =
            (1..=size).map(|id| if id % 3 == 0 { long(id) } else { with_output(id, &id.to_string()) }).collect();
        Writer::open(dir.path()).unwrap().export(&calls).unwrap();

        let expected: Vec<&str> = calls.iter().map(|call| call.output_json().unwrap()).collect();
        assert_eq!(outputs(&mut Reader::open(dir.path()).unwrap(), size), expected, "in a batch of {size}");
    }
}

#[test]
fn calls_that_have_a_row_are_written_over_and_those_between_them_are_new() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.export(&[running(2), running(40), with_output(41, "\"before\"")]).unwrap();

    let calls: Vec<CallRecord> =
        (1..=100).map(|id| if id % 2 == 0 { long(id) } else { with_output(id, &id.to_string()) }).collect();
    writer.export(&calls).unwrap();

    let mut reader = Reader::open(dir.path()).unwrap();
    let expected: Vec<&str> = calls.iter().map(|call| call.output_json().unwrap()).collect();
    assert_eq!(outputs(&mut reader, 100), expected);
    assert_eq!(reader.count(&Filter::default()).unwrap(), 100);
}

#[test]
fn a_call_may_run_and_end_within_one_batch() {
    let dir = tempfile::tempdir().unwrap();
    let calls: Vec<CallRecord> = (1..=50).flat_map(|id| [running(id), with_output(id, &id.to_string())]).collect();
    Writer::open(dir.path()).unwrap().export(&calls).unwrap();

    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(outputs(&mut reader, 50), (1..=50).map(|id| id.to_string()).collect::<Vec<_>>());
    assert!(reader.list(&Filter::default()).unwrap().iter().all(|call| call.status() == Status::Success));
}

#[test]
fn json_that_grows_or_shrinks_leaves_nothing_of_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    let mut reader = Reader::open(dir.path()).unwrap();
    for now in [with_output(1, "1"), long(1), with_output(1, "2"), long(1)] {
        writer.export(std::slice::from_ref(&now)).unwrap();
        assert_eq!(outputs(&mut reader, 1), [now.output_json().unwrap()]);
    }
    writer.export(&[CallRecord { text: Text::join("{}", None), ..call(1) }]).unwrap();
    assert_eq!(reader.call(CallId::from_int(1)).unwrap().output_json(), None);
}
