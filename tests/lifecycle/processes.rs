//! Several processes at one store.

use std::process::{Command, Stdio};

use weave::{Client, Status};

use crate::programs::program;

#[test]
fn two_processes_record_into_one_store_while_a_third_reads() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let spawn = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let record = || spawn(program("record many", dir.path()).env("WEAVE_FLUSH_INTERVAL_MS", "5"));
    let mut writers = [record(), record()];

    let client = Client::local(&store).blocking();
    let mut seen = 0;
    while writers.iter_mut().any(|writer| writer.try_wait().unwrap().is_none()) {
        match client.calls().count() {
            Ok(count) => {
                assert!(count >= seen, "{count} calls where {seen} were before");
                seen = count;
            }
            Err(error) => assert!(error.is_not_found(), "{error}"),
        }
    }
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    assert_eq!(client.calls().status(Status::Success).count().unwrap(), 2_000);
}

#[test]
fn processes_that_begin_at_once_make_one_store() {
    let dir = tempfile::tempdir().unwrap();
    let spawn = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let writers: Vec<_> = (0..6).map(|_| spawn(&mut program("record quietly", dir.path()))).collect();
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }
    assert_eq!(Client::local(dir.path().join("store")).blocking().calls().count().unwrap(), 6);
}
