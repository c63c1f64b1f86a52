//! The example `batch_import`, run as it is: what its log has is in the store, with the times of then.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, also in what it calls")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use weave::{Client, Kind};

fn run(arguments: &[&Path], variables: &[(&str, &str)]) -> (Output, TempDir) {
    let store = tempfile::tempdir().unwrap();
    let mut command = Command::new(example());
    command.args(arguments).env_clear().envs(env::vars_os().filter(|(name, _)| name == "SYSTEMROOT"));
    (command.env("WEAVE_DIR", store.path()).envs(variables.iter().copied()).output().unwrap(), store)
}

/// `cargo test` builds the examples beside its tests.
fn example() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let folder = tests.parent().and_then(Path::parent).unwrap().join("examples");
    let path = folder.join(format!("batch_import{}", env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not there: run `cargo build --example batch_import` first", path.display());
    path
}

#[test]
fn the_conversations_of_the_log_are_in_the_store_with_their_times() {
    let (output, store) = run(&[], &[]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.starts_with(
            "desk-1041: turns 2, spans 11\ndesk-1042: turns 1, spans 2\nnight-7: turns 2, spans 6\n\n\
             night-7 \"Lost parcel\" 2 turns, 6 calls, 398 tokens\n"
        ),
        "{printed}"
    );
    let chat = "user: My new kettle leaks. What now?\n  find_order(item: \"kettle\") -> ";
    assert!(printed.contains(chat) && printed.contains("\n  refund(order: \"A-77\") failed: the bank"), "{printed}");

    let client = Client::local(store.path()).blocking();
    let turns = client.turns("desk-1041").unwrap();
    let refund = &turns[0];
    assert_eq!(refund.started_at, SystemTime::UNIX_EPOCH + Duration::from_millis(1_704_193_201_200));
    // The steps took 1.4, 0.2, 0.1, 0.8 and 1.1 seconds, one after the other.
    assert_eq!(refund.duration, Some(Duration::from_millis(3_600)));
    assert_eq!((refund.llm_calls, refund.tool_calls, refund.errors, turns[1].errors), (3, 2, 0, 1));
    assert_eq!(refund.asked.as_deref(), Some("My new kettle leaks. What now?"));

    let failed = client.calls().op("refund").first().unwrap().unwrap();
    assert_eq!(failed.error().unwrap().message, "the bank did not answer");
    let policy = client.calls().kind(Kind::SubAgent).first().unwrap().unwrap();
    let inside = client.calls().parent(policy.id()).list().unwrap();
    assert_eq!((policy.op_name(), inside.len()), ("policy", 2));
}

#[test]
fn a_log_of_ones_own_is_imported_and_a_line_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.jsonl");
    let line = r#"{"chat":"c","bot":"b","turns":[{"at":1500,"user":"u","answer":"a"}]}"#;
    std::fs::write(&file, line).unwrap();
    let (output, store) = run(&[&file], &[]);
    assert!(output.status.success());
    assert_eq!(Client::local(store.path()).blocking().calls().count().unwrap(), 1);

    std::fs::write(&file, "{}").unwrap();
    let (output, _store) = run(&[&file], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("batch_import: missing field `chat`"), "{told}");
}
