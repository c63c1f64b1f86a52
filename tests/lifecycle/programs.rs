//! Programs for the tests that need a process of their own: this test binary, run again with a name.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::alone::double;

/// Which program to be.
const PROGRAM: &str = "TEST_PROGRAM";

/// The directory of the test.
const DIR: &str = "TEST_DIR";

/// What a program wrote, and how it ended.
pub(crate) struct Written {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
}

/// A program to run in a directory, which is its working directory and has its store.
pub(crate) fn program(name: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "programs::be_a_program", "--nocapture", "--quiet"]).current_dir(dir);
    // Of whoever runs the tests, who may send calls of programs of their own elsewhere.
    let theirs = |name: &str| ["WEAVE_", "WANDB_", "WF_", "OTEL_"].iter().any(|theirs| name.starts_with(theirs));
    for (name, _) in std::env::vars_os().filter(|(name, _)| theirs(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command.env(PROGRAM, name).env(DIR, dir).env("WEAVE_DIR", dir.join("store"));
    command.env_remove("NO_COLOR").env_remove("COLUMNS").env_remove("RUST_BACKTRACE");
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Written {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let written =
        Written { stdout: own_lines(&text(output.stdout)), stderr: text(output.stderr), status: output.status };
    assert!(written.status.success(), "{}\n{}", written.stdout, written.stderr);
    written
}

/// Starts a program that reads its stdin to the end before it ends.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// What is not of the test harness.
fn own_lines(stdout: &str) -> String {
    let theirs = |line: &&str| !matches!(*line, "" | "." | "running 1 test") && !line.starts_with("test result: ok");
    stdout.lines().filter(theirs).collect::<Vec<_>>().join("\n")
}

/// Waits for the end of stdin: for the test to say that it has seen enough.
fn await_word() {
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}

#[test]
fn be_a_program() {
    let Ok(name) = std::env::var(PROGRAM) else { return };
    let dir = PathBuf::from(std::env::var_os(DIR).unwrap());
    match name.as_str() {
        "record" => record(),
        "record quietly" => record_quietly(),
        "drop the guard at once" => drop_the_guard_at_once(),
        "move away" => move_away(&dir),
        "leave a call open" => leave_a_call_open(),
        "record many" => record_many(),
        "lock the store" => lock_the_store(&dir),
        "be idle" => crate::idle::be_idle(),
        "drop the guard of a sink that hangs" => crate::flushing::drop_the_guard_of_a_sink_that_hangs(),
        "record large values" => crate::overflow::record_large_values(),
        "import large turns" => crate::importing::import_large_turns(),
        "record beside a global provider" => crate::opentelemetry::record_beside_a_global_provider(),
        "fail with a logger" => crate::diagnostics::fail_with_a_logger(&dir),
        "fail with a subscriber" => crate::diagnostics::fail_with_a_subscriber(&dir),
        "fail with a subscriber of one thread" => crate::diagnostics::fail_with_a_subscriber_of_one_thread(&dir),
        "fail with a logger that asks" => crate::diagnostics::fail_with_a_logger_that_asks(&dir),
        "fail with nobody listening" => crate::diagnostics::fail_with_nobody_listening(),
        "reshape and panic" => crate::diagnostics::reshape_and_panic(),
        "overlap turns" => crate::diagnostics::overlap_turns(),
        other => panic!("there is no program {other:?}"),
    }
}

fn record() {
    let _weave = weave::init("team/project").unwrap();
    double(21);
}

fn record_quietly() {
    let _weave = weave::builder("team/project").print_call_link(false).init().unwrap();
    double(21);
}

fn drop_the_guard_at_once() {
    let _ = weave::init("team/project").unwrap();
    double(21);
    std::thread::sleep(Duration::from_millis(600));
    std::process::exit(0);
}

fn move_away(dir: &Path) {
    // Relative to the working directory, as the default is.
    let weave = weave::builder("p").dir("here").init().unwrap();
    std::fs::create_dir(dir.join("elsewhere")).unwrap();
    std::env::set_current_dir(dir.join("elsewhere")).unwrap();
    double(21);
    assert_eq!(weave::client().blocking().calls().count().unwrap(), 1);
    weave.shutdown().into_result().unwrap();
}

fn leave_a_call_open() {
    let _weave = weave::init("p").unwrap();
    let call = weave::start_call("left open").input("n", 1);
    call.handle().set_attribute("stage", "first");
    await_word();
    std::process::exit(0);
}

fn record_many() {
    let weave = weave::init("p").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..250).map(double).sum::<u32>());
        }
    });
    weave.shutdown().into_result().unwrap();
}

fn lock_the_store(dir: &Path) {
    let connection = rusqlite::Connection::open(dir.join("store/weave.db")).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    std::fs::write(dir.join("locked"), "").unwrap();
    await_word();
}
