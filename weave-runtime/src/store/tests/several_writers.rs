//! Several writers of one store, and what they leave behind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::{call, running};
use crate::id::CallId;
use crate::query::Filter;
use crate::record::Status;
use crate::sink::Sink;
use crate::store::{Reader, Writer};

/// Where the test finds the directory when it is run again as the process that is killed.
const CHILD: &str = "WEAVE_TEST_KILLED_WRITER";

fn status(dir: &Path, id: u64) -> Status {
    Reader::open(dir).unwrap().call(CallId::from_int(id)).unwrap().status()
}

fn locks(dir: &Path) -> usize {
    fs::read_dir(dir.join("writers")).unwrap().count()
}

#[test]
fn calls_of_a_killed_process_become_interrupted() {
    if let Some(dir) = std::env::var_os(CHILD) {
        let mut writer = Writer::open(Path::new(&dir)).unwrap();
        writer.export(&[call(1), running(2)]).unwrap();
        println!("\nwritten");
        loop {
            thread::park();
        }
    }

    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::several_writers::calls_of_a_killed_process_become_interrupted", "--nocapture"])
        .env(CHILD, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    assert!(output.lines().any(|line| line.unwrap() == "written"));
    assert_eq!(status(dir.path(), 2), Status::Running);

    child.kill().unwrap();
    child.wait().unwrap();
    drop(Writer::open(dir.path()).unwrap());

    assert_eq!(status(dir.path(), 1), Status::Success);
    assert_eq!(status(dir.path(), 2), Status::Interrupted);
    assert_eq!(locks(dir.path()), 0);
}

#[test]
fn calls_left_open_by_a_writer_that_is_dropped_become_interrupted() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.export(&[running(1)]).unwrap();
    drop(writer);
    assert_eq!(locks(dir.path()), 0);

    drop(Writer::open(dir.path()).unwrap());
    assert_eq!(status(dir.path(), 1), Status::Interrupted);
}

#[test]
fn a_reader_sees_that_a_writer_died_before_anybody_opens_the_store_to_write() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path()).unwrap();
    writer.export(&[running(1)]).unwrap();
    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.call(CallId::from_int(1)).unwrap().status(), Status::Running);

    drop(writer);
    assert_eq!(reader.call(CallId::from_int(1)).unwrap().status(), Status::Interrupted);
}

#[test]
fn calls_of_a_living_writer_go_on_running() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Writer::open(dir.path()).unwrap();
    first.export(&[running(1)]).unwrap();

    let mut second = Writer::open(dir.path()).unwrap();
    second.export(&[running(2)]).unwrap();
    assert_eq!(status(dir.path(), 1), Status::Running);

    first.export(&[call(1)]).unwrap();
    assert_eq!(status(dir.path(), 1), Status::Success);
    assert_eq!(status(dir.path(), 2), Status::Running);
}

#[test]
fn an_interrupted_call_that_ends_after_all_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Writer::open(dir.path()).unwrap();
    first.export(&[running(1)]).unwrap();
    drop(first);

    let mut second = Writer::open(dir.path()).unwrap();
    assert_eq!(status(dir.path(), 1), Status::Interrupted);
    second.export(&[running(1), call(1)]).unwrap();
    assert_eq!(status(dir.path(), 1), Status::Success);
}

#[test]
fn lock_files_that_belong_to_nobody_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    drop(Writer::open(dir.path()).unwrap());
    fs::write(dir.path().join("writers").join("stray.lock"), "").unwrap();
    fs::write(dir.path().join("writers").join("notes.txt"), "").unwrap();

    let _writer = Writer::open(dir.path()).unwrap();
    let mut left: Vec<String> = fs::read_dir(dir.path().join("writers"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.retain(|name| !name.starts_with(|first: char| first.is_ascii_hexdigit()));
    assert_eq!(left, ["notes.txt"]);
}

#[test]
fn a_store_can_be_opened_for_the_first_time_by_many_at_once() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    thread::scope(|scope| {
        for id in 1..=8 {
            let dir = &dir;
            scope.spawn(move || Writer::open(dir).unwrap().export(&[call(id), running(100 + id)]).unwrap());
        }
    });

    let mut reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.count(&Filter::default()).unwrap(), 16);
    let interrupted = Filter { statuses: vec![Status::Interrupted], ..Filter::default() };
    assert_eq!(reader.count(&interrupted).unwrap(), 8);
    assert_eq!(locks(&dir), 0);
}

#[test]
fn writers_and_readers_do_not_lose_each_others_calls() {
    let dir = tempfile::tempdir().unwrap();
    drop(Writer::open(dir.path()).unwrap());
    thread::scope(|scope| {
        for writer in 0..3_u64 {
            let dir = dir.path();
            scope.spawn(move || {
                let mut sink = Writer::open(dir).unwrap();
                for batch in 0..20 {
                    let first = 1 + writer * 10_000 + batch * 50;
                    sink.export(&(first..first + 50).map(call).collect::<Vec<_>>()).unwrap();
                }
            });
        }
        scope.spawn(|| {
            let mut reader = Reader::open(dir.path()).unwrap();
            let mut seen = 0;
            while seen < 3_000 {
                let now = reader.count(&Filter::default()).unwrap();
                assert_eq!(now % 50, 0, "a batch is seen whole or not at all");
                assert!(now >= seen);
                seen = now;
            }
        });
    });
}
