//! A process without a key and without a backend: nothing of it looks for a network, waits or warns.
#![cfg(all(feature = "local", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on fails")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Where the process that is looked at finds its folder.
const DIR: &str = "TEST_WITHOUT_NETWORK_IN";

/// Enough for a store that is made, on a machine that is busy with other tests; far less than any wait for a network.
const NO_DELAY: Duration = Duration::from_millis(1_500);

#[weave::op]
fn work(n: u32) -> u32 {
    n + 1
}

/// How many sockets this process has open: names are asked of a resolver through one, too.
fn sockets() -> usize {
    let open = fs::read_dir("/proc/self/fd").unwrap().flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    open.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

/// Run again as the process that is looked at.
#[test]
fn record_without_a_network() {
    let Some(dir) = env::var_os(DIR) else { return };
    let before = sockets();
    let began = Instant::now();
    let weave = weave::init("p").unwrap();
    let started = began.elapsed();
    let most = (0..50).map(|n| {
        work(n);
        std::thread::sleep(Duration::from_millis(5));
        sockets()
    });
    let most = most.max().unwrap();
    let began = Instant::now();
    drop(weave);
    let ended = began.elapsed();
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let threads: Vec<_> = threads.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok()).collect();
    let ours =
        threads.iter().map(|name| name.trim()).filter(|name| name.starts_with("weave")).collect::<Vec<_>>().join(",");
    let told = format!("{} {} {} {ours}", most.max(sockets()) - before, started.as_micros(), ended.as_micros());
    fs::write(Path::new(&dir).join("told"), told).unwrap();
}

#[test]
fn without_a_key_nothing_opens_a_socket_waits_or_warns() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "record_without_a_network", "--nocapture"]).env_clear();
    command.env(DIR, dir.path()).env("WEAVE_DIR", dir.path().join("store")).env("HOME", dir.path());
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");

    let told = fs::read_to_string(dir.path().join("told")).unwrap();
    let [sockets, started, ended, threads] = told.split(' ').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((sockets, threads.contains("otlp")), ("0", false), "{told}");
    for micros in [started, ended] {
        assert!(Duration::from_micros(micros.parse().unwrap()) < NO_DELAY, "{told}");
    }
    let lines: Vec<_> = stderr.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 1, "one line says where calls go: {stderr}");
    assert!(lines[0].contains(dir.path().to_str().unwrap()), "{stderr}");
}
