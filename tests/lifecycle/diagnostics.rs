//! The library's own warnings: once per cause, where somebody listens, never on stdout.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::span;

use crate::alone::double;
use crate::programs::{program, run};
use crate::sinks::failing;

/// The warnings of a program with a sink that fails and a store below a file, in the order of the words in them.
fn assert_both(text: &str) {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].contains("calls are not stored: cannot write a store to "), "{text}");
    let lost = "the sink failing loses calls (1 so far, see weave::health()): the backend is away";
    assert!(lines[1].ends_with(lost), "{text}");
}

/// Runs a program whose store is below a file; what it wrote to stderr, and what its listener wrote to a file.
fn warnings_of(name: &str) -> (String, String) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("store"), "").unwrap();
    let written = run(&mut program(name, dir.path()));
    assert_eq!(written.stdout, "");
    (written.stderr, std::fs::read_to_string(dir.path().join("heard")).unwrap_or_default())
}

#[test]
fn a_logger_hears_each_cause_once() {
    let (stderr, heard) = warnings_of("fail with a logger");
    assert_eq!(stderr, "");
    assert_both(&heard);
    assert!(heard.lines().all(|line| line.starts_with("WARN weave ")), "{heard}");
}

#[test]
fn a_subscriber_hears_each_cause_once() {
    let (stderr, heard) = warnings_of("fail with a subscriber");
    assert_eq!(stderr, "");
    assert_both(&heard);
    assert!(heard.lines().all(|line| line.starts_with("WARN weave ")), "{heard}");
}

#[test]
fn without_a_listener_each_cause_is_on_stderr_once() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("store"), "").unwrap();
    let written = run(program("fail with nobody listening", dir.path()).env("WITH_A_FAILING_SINK", "1"));
    assert_eq!(written.stdout, "");
    assert_both(&written.stderr);
}

#[test]
fn what_a_subscriber_of_another_thread_cannot_hear_is_on_stderr() {
    let (stderr, heard) = warnings_of("fail with a subscriber of one thread");
    assert!(heard.contains("calls are not stored"), "{heard}");
    assert!(stderr.contains("the sink failing loses calls"), "{stderr}");
    assert_eq!((heard.lines().count(), stderr.lines().count()), (1, 1));
}

#[test]
fn a_logger_may_ask_for_the_health_flush_call_ops_and_panic() {
    let (_, heard) = warnings_of("fail with a logger that asks");
    assert_both(&heard);
}

#[weave::op(inputs = |_| panic!("no inputs"), output = |_| -> u8 { panic!("no output") })]
fn hidden(n: u64) -> u64 {
    n
}

#[weave::op(inputs = |_| panic!("no inputs"))]
fn also_hidden() {}

#[test]
fn a_hook_that_panics_is_told_of_once_for_each_op() {
    let dir = tempfile::tempdir().unwrap();
    let written = run(&mut program("reshape and panic", dir.path()));
    let mut warnings: Vec<&str> = written.stderr.lines().filter(|line| line.starts_with("weave: the")).collect();
    warnings.sort_unstable();
    let expected = [
        "weave: the function given as `inputs` panicked at a call of also_hidden: a placeholder stands for its inputs",
        "weave: the function given as `inputs` panicked at a call of hidden: a placeholder stands for its inputs",
        "weave: the function given as `output` panicked at a call of hidden: a placeholder stands for its output",
        "weave: the redaction function panicked at a call of manual: what it was shown then is stored as \"REDACTED\"",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn what_is_lost_of_turns_that_overlap_is_told_of_once() {
    let dir = tempfile::tempdir().unwrap();
    let written = run(&mut program("overlap turns", dir.path()));
    let warnings: Vec<&str> = written.stderr.lines().filter(|line| line.contains("overlap")).collect();
    assert_eq!(warnings.len(), 1, "{}", written.stderr);
    assert!(warnings[0].contains("told something, which is lost"), "{}", warnings[0]);
}

pub(crate) fn overlap_turns() {
    let weave = weave::builder("p").init().unwrap();
    let chat = weave::start_conversation("chat-7");
    // As they should, one after the other: neither the end nor a repeated one is a loss.
    let turn = chat.start_turn("one");
    turn.output("1");
    let next = chat.start_turn("two");
    turn.end();
    // As in a server that answers two at a time.
    turn.output("late");
    turn.record("later");
    next.output("2");
    weave.shutdown().into_result().unwrap();
}

pub(crate) fn reshape_and_panic() {
    let weave = weave::builder("p").redact(|path, _| assert!(path != "inputs.bad")).init().unwrap();
    for n in 0..20 {
        assert_eq!(hidden(n), n);
        also_hidden();
        weave::start_call("manual").input("bad", n).finish(n);
        let _ = weave.flush();
    }
    weave.shutdown().into_result().unwrap();
}

/// Records fifty calls with all that can fail failing, and `more` that the listener makes.
fn fail(more: u64) {
    let builder = weave::builder("p").flush_interval(Duration::from_millis(10));
    let weave = builder.sink(failing()).init().unwrap();
    for n in 0..50 {
        double(n);
        std::thread::sleep(Duration::from_millis(2));
        let _ = weave.flush();
    }
    assert_eq!(weave.shutdown().sinks[0].failed, 50 + more);
}

pub(crate) fn fail_with_nobody_listening() {
    if std::env::var_os("WITH_A_FAILING_SINK").is_some() {
        return fail(0);
    }
    let weave = weave::builder("p").flush_interval(Duration::from_millis(10)).init().unwrap();
    assert!(weave.health().recording);
    for n in 0..20 {
        assert_eq!(double(n), 2 * n);
        let _ = weave.flush();
    }
    let health = weave.health();
    assert_eq!(health.sinks[0].failed, 20);
    assert!(health.sinks[0].last_error.as_ref().unwrap().is_store());
}

pub(crate) fn fail_with_a_logger(dir: &Path) {
    listen(Listener { file: dir.join("heard"), asks: false });
    fail(0);
}

pub(crate) fn fail_with_a_logger_that_asks(dir: &Path) {
    listen(Listener { file: dir.join("heard"), asks: true });
    let began = Instant::now();
    // The warning at init is given on the thread that called it, where ops are recorded.
    fail(1);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

pub(crate) fn fail_with_a_subscriber(dir: &Path) {
    tracing::subscriber::set_global_default(Listener { file: dir.join("heard"), asks: false }).unwrap();
    fail(0);
}

pub(crate) fn fail_with_a_subscriber_of_one_thread(dir: &Path) {
    tracing::subscriber::with_default(Listener { file: dir.join("heard"), asks: false }, || fail(0));
}

fn listen(listener: Listener) {
    log::set_boxed_logger(Box::new(listener)).unwrap();
    log::set_max_level(log::LevelFilter::Info);
}

/// Writes what it hears to a file.
struct Listener {
    file: PathBuf,
    asks: bool,
}

impl Listener {
    fn write(&self, line: &str) {
        let mut file: File = OpenOptions::new().create(true).append(true).open(&self.file).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.write(&format!("{} {} {}\n", record.level(), record.target(), record.args()));
        if self.asks {
            double(1);
            let _ = weave::health();
            let _ = weave::flush();
            std::panic::resume_unwind(Box::new("a logger that panics"));
        }
    }

    fn flush(&self) {}
}

impl tracing::Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("weave")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        let metadata = event.metadata();
        self.write(&format!("{} {} {}\n", metadata.level(), metadata.target(), message.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
