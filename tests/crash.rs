//! What is left of a process that is killed while it records.
#![cfg(all(feature = "local", unix))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that cannot go on fails")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use weave::{CallId, CallRecord, Client, Status};

/// Where the killed process finds the directory of the test.
const DIR: &str = "TEST_KILLED_IN";

/// The default.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);

const THREADS: usize = 8;

/// Between two steps of a thread: with it, eight threads make some 50,000 calls a second in a debug build on two cores, and
/// the store is a tenth of a second behind. The limit is what is left of the processors for the store. Threads that do
/// nothing but record leave it next to nothing: then calls are dropped and counted, and those that wait may be lost.
const PAUSE: Duration = Duration::from_micros(200);

#[weave::op]
fn outer(thread: usize, step: usize) -> usize {
    let _ = thread;
    inner(step)
}

#[weave::op]
fn inner(step: usize) -> usize {
    step + 1
}

/// Run again as the process that is killed: records on eight threads, and writes down each call that has ended.
#[test]
fn record_until_killed() {
    let Some(dir) = std::env::var_os(DIR).map(PathBuf::from) else { return };
    let _weave = weave::builder("p").dir(dir.join("store")).print_call_link(false).init().unwrap();
    let _open = weave::start_call("never finished");
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let mut log = File::create(dir.join(format!("{thread}.log"))).unwrap();
            scope.spawn(move || {
                for step in 0.. {
                    let (_, call) = weave::call(|| outer(thread, step));
                    let ended = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
                    // One write for each line, which no buffer holds back.
                    log.write_all(format!("{} {ended}\n", call.id().unwrap()).as_bytes()).unwrap();
                    std::thread::sleep(PAUSE);
                }
            });
        }
    });
}

/// The calls that the killed process saw end before a time.
fn ended_before(dir: &Path, time: SystemTime) -> Vec<CallId> {
    let time = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
    let mut ended = Vec::new();
    for thread in 0..THREADS {
        let log = fs::read_to_string(dir.join(format!("{thread}.log"))).unwrap();
        let whole = log.rsplit_once('\n').map_or("", |(whole, _)| whole);
        ended.extend(whole.lines().filter_map(|line| {
            let (id, at) = line.split_once(' ').unwrap();
            (at.parse::<u128>().unwrap() < time).then(|| id.parse::<CallId>().unwrap())
        }));
    }
    ended
}

fn kill_after(running: Duration) {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "record_until_killed", "--nocapture"])
        .env(DIR, dir.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let store = dir.path().join("store");
    let client = Client::local(&store).blocking();
    let deadline = Instant::now() + Duration::from_secs(10);
    while client.calls().limit(1).count().unwrap_or(0) == 0 {
        assert!(Instant::now() < deadline, "nothing was recorded");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(running);
    let killed = SystemTime::now();
    child.kill().unwrap();
    child.wait().unwrap();

    let promised = ended_before(dir.path(), killed - 2 * FLUSH_INTERVAL);
    assert!(!promised.is_empty());
    let calls = client.calls().list().unwrap();
    let mut stored: Vec<_> = calls.iter().filter(|call| call.status() == Status::Success).map(CallRecord::id).collect();
    stored.sort_unstable();
    let missing = promised.iter().filter(|id| stored.binary_search(id).is_err()).count();
    let newest = calls.iter().filter_map(CallRecord::ended_at).max().unwrap();
    let behind = killed.duration_since(newest).unwrap_or_default();
    eprintln!("killed after {running:?}: {} promised, {} stored, {behind:?} behind", promised.len(), stored.len());
    assert_eq!(missing, 0, "of {} promised; the store was {behind:?} behind", promised.len());

    let open = client.calls().op("never finished").list().unwrap();
    assert_eq!(open.iter().map(CallRecord::status).collect::<Vec<_>>(), [Status::Interrupted]);
    assert!(calls.iter().all(|call| call.status() != Status::Running));
    let connection = rusqlite::Connection::open(store.join("weave.db")).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[test]
fn calls_that_ended_two_flush_intervals_before_the_kill_are_stored_and_open_ones_interrupted() {
    let random = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
    for round in 0..3 {
        let more = 300 + u64::from(random.rotate_left(round * 7) % 1_200);
        kill_after(2 * FLUSH_INTERVAL + Duration::from_millis(more));
    }
}
