//! What the sinks are given, and what one of them does to the others.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use weave::{CallRecord, Error};

use crate::alone::{alone, double};
use crate::sinks::{Doing, Hanging, Keeping, failing, figures, of, panicking};

#[test]
fn every_sink_gets_every_call_once() {
    let turn = alone();
    let (one, other) = (Keeping::default(), Keeping::default());
    let weave = turn.builder().sink(one.clone()).sink(other.clone()).init().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..500).map(double).sum::<u32>());
        }
    });
    weave.shutdown().into_result().unwrap();
    let ids = |calls: &[CallRecord]| calls.iter().map(CallRecord::id).collect::<HashSet<_>>();
    assert_eq!([one.ended().len(), other.ended().len(), turn.stored().len()], [2_000; 3]);
    assert_eq!(ids(&one.ended()).len(), 2_000);
    assert_eq!(ids(&one.ended()), ids(&other.ended()));
    assert_eq!(ids(&one.ended()), ids(&turn.stored()));
}

#[test]
fn a_sink_that_hangs_panics_or_fails_does_not_touch_the_others() {
    let turn = alone();
    let (keeping, hanging) = (Keeping::default(), Hanging::default());
    let weave = turn
        .builder()
        .flush_timeout(Duration::from_millis(200))
        .sink(hanging.clone())
        .sink(panicking())
        .sink(failing())
        .sink(keeping.clone())
        .init()
        .unwrap();
    for n in 0..3 {
        double(n);
    }

    let report = weave.flush();
    assert!(report.timed_out);
    assert_eq!(report.dropped, 0);
    assert_eq!(figures(&report.sinks, "hanging"), [0, 3, 0, 0]);
    assert_eq!(figures(&report.sinks, "panicking"), [0, 0, 0, 3]);
    assert_eq!(figures(&report.sinks, "failing"), [0, 0, 0, 3]);
    assert_eq!(figures(&report.sinks, "keeping"), [3, 0, 0, 0]);
    assert_eq!(figures(&report.sinks, "local"), [3, 0, 0, 0]);
    let last_error = |name| of(&report.sinks, name).last_error.as_ref().map(ToString::to_string);
    assert_eq!(last_error("panicking").unwrap(), "the sink panicked: no more");
    assert_eq!(last_error("failing").unwrap(), "the backend is away");
    assert_eq!(last_error("keeping"), None);
    assert_eq!([keeping.ended().len(), turn.stored().len()], [3, 3]);

    hanging.release();
    let report = weave.shutdown();
    assert!(!report.timed_out);
    assert_eq!(figures(&report.sinks, "hanging"), [3, 0, 0, 0]);
}

#[test]
fn a_report_of_success_is_itself_and_one_of_loss_is_an_error_that_tells_all() {
    let turn = alone();
    let weave = turn.builder().sink(failing()).init().unwrap();
    assert_eq!(weave.flush().into_result().unwrap().sinks.len(), 2);

    double(1);
    let error = weave.flush().into_result().unwrap_err();
    assert!(error.is_delivery() && !error.is_timeout());
    assert_eq!(
        error.to_string(),
        "not every call was delivered: failing: 0 sent, 0 pending, 0 dropped, 1 failed (the backend is away); \
         local: 1 sent, 0 pending, 0 dropped, 0 failed"
    );
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the backend is away");
}

#[test]
fn a_flush_that_is_late_is_an_error_that_says_so() {
    let turn = alone();
    let hanging = Hanging::default();
    let builder = turn.builder().local(false).flush_timeout(Duration::from_millis(100));
    let weave = builder.sink(hanging.clone()).init().unwrap();
    double(1);
    let error = weave.flush().into_result().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "not everything was delivered in time: hanging: 0 sent, 1 pending, 0 dropped, 0 failed"
    );
    hanging.release();
}

#[test]
fn a_sink_that_recovers_is_sent_later_calls() {
    let turn = alone();
    let mut attempts = 0;
    let recovering = Doing("recovering", move |_: &[CallRecord]| {
        attempts += 1;
        if attempts == 1 { Err(Error::undelivered("not yet")) } else { Ok(()) }
    });
    let weave = turn.builder().local(false).sink(recovering).init().unwrap();
    double(1);
    let _ = weave.flush();
    double(2);
    assert_eq!(figures(&weave.shutdown().sinks, "recovering"), [1, 0, 0, 1]);
}

#[test]
fn a_sink_that_cannot_flush_makes_the_flush_incomplete() {
    struct Forgetful;
    impl weave::Sink for Forgetful {
        fn name(&self) -> &str {
            "forgetful"
        }

        fn export(&mut self, _: &[CallRecord]) -> Result<(), Error> {
            Ok(())
        }

        fn flush(&mut self) -> Result<(), Error> {
            Err(Error::undelivered("what was it?"))
        }
    }

    let turn = alone();
    let weave = turn.builder().local(false).sink(Forgetful).init().unwrap();
    double(1);
    let report = weave.flush();
    assert_eq!(figures(&report.sinks, "forgetful"), [1, 0, 0, 0]);
    assert!(of(&report.sinks, "forgetful").flush_failed);
    assert!(report.into_result().unwrap_err().is_delivery());
}

#[test]
fn ops_inside_a_sink_are_not_recorded() {
    let turn = alone();
    let calling = Doing("calling", |calls: &[CallRecord]| {
        double(calls.len() as u32);
        Ok(())
    });
    let weave = turn.builder().sink(calling).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored().len(), 1);
}

#[test]
fn a_flush_is_complete_while_other_threads_go_on_recording() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let end = Instant::now() + Duration::from_millis(300);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while Instant::now() < end {
                double(1);
                std::thread::sleep(Duration::from_micros(50));
            }
        });
        while Instant::now() < end {
            weave.flush().into_result().unwrap();
        }
    });
}

#[test]
fn a_sink_that_ends_the_recording_itself_is_not_waited_for() {
    let turn = alone();
    let ending = Doing("ending", |_: &[CallRecord]| {
        assert!(weave::shutdown().timed_out);
        Ok(())
    });
    let weave = turn.builder().sink(ending).init().unwrap();
    double(1);
    let began = Instant::now();
    let _ = weave.flush();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(!weave::health().recording);
    assert_eq!(double(2), 4);
}
