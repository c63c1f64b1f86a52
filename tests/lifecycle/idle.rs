//! A program that does nothing is left to sleep.

use std::fs;
use std::time::Duration;

use crate::alone::double;
use crate::programs::{program, run};

#[test]
fn an_idle_client_wakes_at_most_twice_a_second() {
    let dir = tempfile::tempdir().unwrap();
    run(&mut program("be idle", dir.path()));
}

/// Counts how often the threads of the library begin to run.
pub(crate) fn be_idle() {
    let _weave = weave::init("p").unwrap();
    double(1);
    assert_eq!(weave::client().blocking().calls().count().unwrap(), 1);
    std::thread::sleep(Duration::from_secs(1));
    let before = wakes();
    std::thread::sleep(Duration::from_secs(3));
    let woken = wakes() - before;
    assert!(woken <= 6, "{woken} times in three seconds");
}

fn wakes() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let ours = tasks
        .flatten()
        .filter(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with("weave")));
    ours.map(|task| {
        let status = fs::read_to_string(task.path().join("status")).unwrap();
        let switches = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
        switches.trim().parse::<u64>().unwrap()
    })
    .sum()
}
