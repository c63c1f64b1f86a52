//! A flush returns in time, wherever it is called from and whatever a sink does.

use std::cell::RefCell;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use weave::CallRecord;

use crate::alone::{Alone, alone, double};
use crate::programs::{program, run};
use crate::sinks::{Doing, Hanging, figures};

const TIMEOUT: Duration = Duration::from_millis(150);

/// A client with a sink that hangs, and one call on its way to it.
fn stuck(turn: &Alone) -> (weave::Guard, Hanging) {
    let hanging = Hanging::default();
    let weave = turn.builder().flush_timeout(TIMEOUT).sink(hanging.clone()).init().unwrap();
    double(1);
    (weave, hanging)
}

/// Asserts that flushing gives up after the timeout, and that the other sink has everything by then.
fn assert_in_time(began: Instant, report: &weave::FlushReport) {
    let took = began.elapsed();
    assert!(report.timed_out);
    assert_eq!(figures(&report.sinks, "hanging"), [0, 1, 0, 0]);
    assert_eq!(figures(&report.sinks, "local"), [1, 0, 0, 0]);
    assert!(took >= TIMEOUT && took < TIMEOUT + Duration::from_secs(2), "{took:?}");
}

fn flush_in_time() {
    let began = Instant::now();
    assert_in_time(began, &weave::flush());
}

#[test]
fn from_a_plain_thread() {
    let turn = alone();
    let (_weave, hanging) = stuck(&turn);
    std::thread::spawn(flush_in_time).join().unwrap();
    hanging.release();
}

#[test]
fn from_inside_block_on_of_a_current_thread_runtime() {
    let turn = alone();
    let (_weave, hanging) = stuck(&turn);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        flush_in_time();
        tokio::spawn(async { flush_in_time() }).await.unwrap();
    });
    hanging.release();
}

#[test]
fn from_a_worker_of_a_multi_thread_runtime() {
    let turn = alone();
    let (_weave, hanging) = stuck(&turn);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async { tokio::spawn(async { flush_in_time() }).await.unwrap() });
    hanging.release();
}

#[test]
fn from_drop_while_a_panic_unwinds() {
    struct Flushing;
    impl Drop for Flushing {
        fn drop(&mut self) {
            flush_in_time();
        }
    }

    let turn = alone();
    let (_weave, hanging) = stuck(&turn);
    let unwound = std::panic::catch_unwind(|| {
        let _flushing = Flushing;
        std::panic::resume_unwind(Box::new("no"));
    });
    assert!(unwound.is_err());
    hanging.release();
}

#[test]
fn from_the_destructor_of_a_thread_local() {
    struct Flushing(mpsc::Sender<(Instant, weave::FlushReport)>);
    impl Drop for Flushing {
        fn drop(&mut self) {
            let began = Instant::now();
            self.0.send((began, weave::flush())).unwrap();
        }
    }
    thread_local! {
        static AT_END: RefCell<Option<Flushing>> = const { RefCell::new(None) };
    }

    let turn = alone();
    let (_weave, hanging) = stuck(&turn);
    let (sender, reports) = mpsc::channel();
    std::thread::spawn(move || AT_END.set(Some(Flushing(sender))));
    let (began, report) = reports.recv().unwrap();
    assert_in_time(began, &report);
    hanging.release();
}

#[test]
fn from_inside_an_op_and_from_inside_what_it_records() {
    struct Flushing;
    impl serde::Serialize for Flushing {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            assert!(weave::flush().timed_out);
            serializer.serialize_str("flushed")
        }
    }
    #[weave::op]
    fn show(value: Flushing) {
        let _ = value;
    }

    let turn = alone();
    let (weave, hanging) = stuck(&turn);
    show(Flushing);
    hanging.release();
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored()[1].inputs_json(), r#"{"value":"flushed"}"#);
}

#[test]
fn from_inside_a_sink_at_once() {
    let turn = alone();
    let (sender, reports) = mpsc::channel();
    let flushing = Doing("flushing", move |_: &[CallRecord]| {
        let began = Instant::now();
        let report = weave::flush();
        sender.send((began.elapsed(), report)).unwrap();
        Ok(())
    });
    let weave = turn.builder().sink(flushing).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    let (took, report) = reports.recv().unwrap();
    assert!(report.timed_out);
    assert_eq!(figures(&report.sinks, "flushing"), [0, 1, 0, 0]);
    assert!(took < Duration::from_millis(100), "{took:?}");
}

#[test]
fn many_flushes_at_once_each_return() {
    let turn = alone();
    let (_weave, hanging) = stuck(&turn);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(flush_in_time);
        }
    });
    hanging.release();
    assert!(weave::flush().is_complete());
}

#[test]
fn a_shutdown_waits_no_longer_than_a_flush_and_its_guard_does_not_wait_again() {
    let turn = alone();
    let (weave, hanging) = stuck(&turn);
    let began = Instant::now();
    let report = weave.shutdown();
    assert_in_time(began, &report);
    assert_eq!(turn.stored().len(), 1);
    hanging.release();
}

#[test]
fn a_dropped_guard_waits_for_five_seconds_at_most() {
    let dir = tempfile::tempdir().unwrap();
    run(&mut program("drop the guard of a sink that hangs", dir.path()));
}

/// With the default timeout, which is longer.
pub(crate) fn drop_the_guard_of_a_sink_that_hangs() {
    let weave = weave::builder("p").sink(Hanging::default()).init().unwrap();
    double(1);
    let began = Instant::now();
    drop(weave);
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(4_900) && took < Duration::from_secs(6), "{took:?}");
}
