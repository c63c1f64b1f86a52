//! The example `two_processes`, run as it is: one tree of the calls of two processes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, also in what it calls")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use weave::{CallTree, Client, Kind};

fn run(cities: &[&str], variables: &[(&str, &str)]) -> (Output, TempDir) {
    let store = tempfile::tempdir().unwrap();
    let mut command = Command::new(example());
    command.args(cities).env_clear().envs(env::vars_os().filter(|(name, _)| name == "SYSTEMROOT"));
    let output = command.env("WEAVE_DIR", store.path()).envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (output, store)
}

/// `cargo test` builds the examples beside its tests.
fn example() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let path = tests
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("examples")
        .join(format!("two_processes{}", env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not there: run `cargo build --example two_processes` first", path.display());
    path
}

#[test]
fn the_calls_of_both_processes_are_one_tree() {
    let (output, store) = run(&["Rome", "Atlantis"], &[]);
    let client = Client::local(store.path()).blocking();
    let calls = client.calls().list().unwrap();
    let expected = r#"advise(self: "<two_processes::planner::Planner>", cities: ["Rome","Atlantis"]) -> "Rome: sun, 18 degrees, take a hat\nAtlantis: there is no satellite above Atlantis"
├─ get(self: "<two_processes::planner::Planner>", path: "weather/Atlantis") failed: there is no satellite above Atlantis
│  └─ forecast(city: "Atlantis") failed: there is no satellite above Atlantis
│     ├─ tool degrees(city: "Atlantis") -> 27
│     └─ tool sky(city: "Atlantis") failed: there is no satellite above Atlantis
└─ get(self: "<two_processes::planner::Planner>", path: "weather/Rome") -> "sun, 18 degrees"
   └─ forecast(city: "Rome") -> "sun, 18 degrees"
      ├─ tool degrees(city: "Rome") -> 18
      └─ tool sky(city: "Rome") -> "sun""#;
    assert_eq!(CallTree::new(calls.clone()).sorted().outline(), expected);
    assert!(calls.iter().all(|call| call.trace_id() == calls[0].trace_id()));

    // The baggage became an attribute where the trace came in, and there only.
    let of_tenant = client.calls().attribute("tenant", "acme").list().unwrap();
    assert!(of_tenant.iter().all(|call| call.attributes()["process"] == "service"));
    assert_eq!((of_tenant.len(), client.calls().kind(Kind::Tool).count().unwrap()), (6, 4));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.starts_with("Rome: sun, 18 degrees, take a hat\n"), "{printed}");
    assert!(printed.ends_with("\nplanner: 3 calls\nservice: 6 calls\n"), "{printed}");
}

#[test]
fn both_processes_do_their_work_where_nothing_is_recorded() {
    let (output, store) = run(&["Bergen"], &[("WEAVE_DISABLED", "1")]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.starts_with("Bergen: rain,") && printed.ends_with("\nNothing was recorded.\n"), "{printed}");
    assert!(!store.path().join("weave.db").exists());
}
