//! What becomes of calls that a backend did not take: processes that are killed, that share, that wait and that end.
#![cfg(all(feature = "local", feature = "otlp", unix))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use fake_backend::{Answer, Backend};
use weave::CallId;

/// Which program to be, where, and against which backend.
const PROGRAM: &str = "TEST_PROGRAM";
const DIR: &str = "TEST_DIR";
const URL: &str = "TEST_URL";

/// The file with the ids of a program's calls.
const IDS: &str = "TEST_IDS";

const FLUSH_INTERVAL: Duration = Duration::from_millis(200);

const TRACES: &str = "/v1/traces";

#[weave::op]
fn work(n: u64) -> u64 {
    n + 1
}

/// Run again as the program.
#[test]
fn be_a_program() {
    let Ok(program) = std::env::var(PROGRAM) else { return };
    let [dir, url, ids] = [DIR, URL, IDS].map(|name| std::env::var(name).unwrap());
    let weave = weave::builder("p")
        .dir(&dir)
        .otlp_endpoint(format!("{url}{TRACES}"))
        .flush_interval(FLUSH_INTERVAL)
        .flush_timeout(Duration::from_secs(3))
        .print_call_link(false)
        .init()
        .unwrap();
    let mut log = File::create(ids).unwrap();
    let mut record = |n| {
        let (_, call) = weave::call(|| work(n));
        let ended = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        log.write_all(format!("{} {ended}\n", call.id().unwrap()).as_bytes()).unwrap();
    };
    match program.as_str() {
        "record until killed" => {
            for n in 0.. {
                record(n);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        "record, and drop the guard" => (0..100).for_each(record),
        "record and flush" => {
            (0..100).for_each(record);
            let start = Instant::now();
            let report = weave.flush();
            println!("\nflushed {} {}", start.elapsed().as_millis(), report.sinks[0].spilled);
            assert!(report.into_result().is_err());
            // No second flush: what was promised is kept.
            std::process::exit(0);
        }
        "deliver" => {
            let report = weave.shutdown().into_result().unwrap();
            println!("\nrecovered {}", report.sinks[0].recovered);
        }
        other => panic!("there is no program {other:?}"),
    }
}

fn program(name: &str, dir: &Path, backend: &Backend) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "be_a_program", "--nocapture", "--quiet"]);
    let ours = |name: &str| ["WEAVE_", "WANDB_", "OTEL_"].iter().any(|ours| name.starts_with(ours));
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command.env(PROGRAM, name).env(DIR, dir.join("store")).env(URL, backend.url()).env(IDS, dir.join("ids"));
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a program says behind a word.
fn said(output: &std::process::Output, word: &str) -> Vec<u64> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}");
    let line = stdout.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("{stdout}"));
    line.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// The calls that a program wrote down as ended, with when.
fn ended(ids: &Path) -> Vec<(CallId, u128)> {
    let log = fs::read_to_string(ids).unwrap();
    let whole = log.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let line = |line: &str| {
        let (id, at) = line.split_once(' ').unwrap();
        (id.parse().unwrap(), at.parse().unwrap())
    };
    whole.lines().map(line).collect()
}

/// How often each span came. A span says its own id in field 2, of 8 bytes, right after its trace in field 1, of 16.
fn came(backend: &Backend) -> BTreeMap<[u8; 8], usize> {
    let mut spans = BTreeMap::new();
    for request in backend.requests_to(TRACES) {
        for at in request.body.windows(28).filter(|at| at[..2] == [0x0a, 16] && at[18..20] == [0x12, 8]) {
            let id: [u8; 8] = at[20..].try_into().unwrap();
            *spans.entry(id).or_default() += 1;
        }
    }
    spans
}

fn times(came: &BTreeMap<[u8; 8], usize>, id: CallId) -> usize {
    came.get(&id.to_int().to_be_bytes()).copied().unwrap_or_default()
}

#[test]
fn what_a_killed_process_could_not_deliver_is_delivered_by_the_next() {
    let random = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_millis();
    for answer in [None, Some(Answer::hang())] {
        let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start());
        match answer {
            None => backend.down(),
            Some(hang) => backend.answer(TRACES, hang),
        }
        let mut child = program("record until killed", dir.path(), &backend).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1_500) + Duration::from_millis(u64::from(random % 500)));
        child.kill().unwrap();
        let killed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        child.wait().unwrap();
        let promised = (killed - 2 * FLUSH_INTERVAL).as_millis();

        backend.down();
        backend.up();
        backend.answer(TRACES, Answer::status(200));
        backend.forget();
        let calls = ended(&dir.path().join("ids"));
        let recovered = said(&program("deliver", dir.path(), &backend).output().unwrap(), "recovered")[0];
        let came = came(&backend);
        let calls: Vec<_> = calls.into_iter().filter(|(_, at)| *at < promised).map(|(id, _)| id).collect();
        assert!(calls.len() > 20, "{} calls", calls.len());
        let missing = calls.iter().filter(|id| times(&came, **id) == 0).count();
        assert_eq!(missing, 0, "of {} promised, {recovered} recovered", calls.len());
        assert!(calls.iter().all(|id| times(&came, *id) == 1));
    }
}

#[test]
fn a_flush_ends_in_time_when_the_server_never_answers_and_what_it_could_not_deliver_is_kept() {
    let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start());
    backend.answer(TRACES, Answer::hang());
    let flushed = said(&program("record and flush", dir.path(), &backend).output().unwrap(), "flushed");
    assert!(flushed[0] < 3_500, "{} ms", flushed[0]);
    assert_eq!(flushed[1], 100);
    backend.answer(TRACES, Answer::status(200));
    let recovered = said(&program("deliver", dir.path(), &backend).output().unwrap(), "recovered");
    assert_eq!(recovered, [100]);
}

#[test]
fn a_program_that_ends_while_the_backend_is_down_ends_soon_and_the_next_delivers() {
    let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start());
    backend.down();
    let start = Instant::now();
    assert!(program("record, and drop the guard", dir.path(), &backend).status().unwrap().success());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let calls = ended(&dir.path().join("ids"));
    backend.up();
    let recovered = said(&program("deliver", dir.path(), &backend).output().unwrap(), "recovered");
    assert_eq!(recovered, [100]);
    let came = came(&backend);
    assert!(calls.iter().all(|(id, _)| times(&came, *id) == 1));
}

#[test]
fn processes_that_share_a_store_deliver_everything_once() {
    let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start());
    backend.down();
    let ids = [1, 2, 3].map(|n| dir.path().join(format!("ids-{n}")));
    let all = |name| {
        let start = |ids| program(name, dir.path(), &backend).env(IDS, ids).spawn().unwrap();
        let children = ids.each_ref().map(start);
        children.map(|child| child.wait_with_output().unwrap())
    };
    all("record, and drop the guard");
    let calls: Vec<_> = ids.iter().flat_map(|ids| ended(ids)).collect();
    assert_eq!(calls.len(), 300);
    backend.up();
    let recovered: u64 = all("deliver").iter().map(|output| said(output, "recovered")[0]).sum();
    assert_eq!(recovered, 300);
    let came = came(&backend);
    assert!(calls.iter().all(|(id, _)| times(&came, *id) == 1));
}

#[test]
fn no_store_is_made_when_all_goes_well() {
    let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start());
    assert!(program("record, and drop the guard", dir.path(), &backend).status().unwrap().success());
    let (came, calls) = (came(&backend), ended(&dir.path().join("ids")));
    assert!(calls.iter().all(|(id, _)| times(&came, *id) == 1));
    assert!(!dir.path().join("store").exists());
}
