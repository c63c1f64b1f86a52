//! What does not fit is dropped, newest first, and counted exactly; memory stays bounded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::alone::{alone, double, eventually};
use crate::programs::{program, run};
use crate::sinks::{Hanging, figures};

const THREADS: u64 = 4;
const CALLS: u64 = 2_000;

/// What became of all calls so far, in all figures together.
fn accounted(sinks: &[weave::SinkReport], dropped: u64) -> u64 {
    dropped + figures(sinks, "hanging").iter().sum::<u64>()
}

#[test]
fn every_call_is_sent_pending_or_dropped_at_every_moment() {
    let turn = alone();
    let hanging = Hanging::default();
    let builder = turn.builder().local(false).queue_calls(100).flush_timeout(Duration::from_millis(100));
    let weave = builder.sink(hanging.clone()).init().unwrap();
    let (begun, ended) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for n in 0..CALLS {
                    begun.fetch_add(1, Ordering::SeqCst);
                    double(n as u32);
                    ended.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        while ended.load(Ordering::SeqCst) < THREADS * CALLS {
            let least = ended.load(Ordering::SeqCst);
            let health = weave.health();
            let most = begun.load(Ordering::SeqCst);
            let accounted = accounted(&health.sinks, health.dropped);
            assert!((least..=most).contains(&accounted), "{least} <= {accounted} <= {most}");
        }
    });

    let all = THREADS * CALLS;
    for _ in 0..20 {
        let health = weave.health();
        assert_eq!(accounted(&health.sinks, health.dropped), all);
    }
    let report = weave.flush();
    assert!(report.timed_out);
    assert_eq!(accounted(&report.sinks, report.dropped), all);
    let [sent, pending, dropped, failed] = figures(&report.sinks, "hanging");
    // Both queues, before and behind the collector, a batch in its hands, and of each thread one that it fills and one
    // that was asked from it.
    assert!((100..=100 + 100 + 64 + 2 * THREADS * 64).contains(&pending), "{report:?}");
    assert_eq!([sent, dropped, failed], [0, 0, 0]);
    assert_eq!(report.dropped, all - pending);

    hanging.release();
    let report = eventually("the end", || Some(weave.flush()).filter(|report| !report.timed_out));
    assert_eq!(figures(&report.sinks, "hanging"), [pending, 0, 0, 0]);
    assert!(report.into_result().unwrap_err().is_delivery());
    let report = weave.shutdown();
    assert_eq!(accounted(&report.sinks, report.dropped), all);
}

#[test]
fn a_queue_is_bounded_in_bytes_as_well() {
    let turn = alone();
    let hanging = Hanging::default();
    let builder = turn.builder().local(false).queue_bytes(200_000).flush_timeout(Duration::from_millis(100));
    let weave = builder.sink(hanging.clone()).init().unwrap();
    let large = "x".repeat(10_000);
    for _ in 0..500 {
        shout(&large);
    }
    let report = weave.flush();
    let [sent, pending, dropped, _] = figures(&report.sinks, "hanging");
    assert_eq!(sent + pending + dropped + report.dropped, 500);
    // Inputs and output are kept, so each weighs a little more than twice its argument: ten in each queue, and as much as
    // a thread keeps to itself.
    assert!((5..=10 + 10 + 13).contains(&pending), "{report:?}");

    hanging.release();
    let report = weave.shutdown();
    assert_eq!(figures(&report.sinks, "hanging")[0] + dropped + report.dropped, 500);
}

#[test]
fn a_call_larger_than_the_queue_is_let_in_when_it_is_empty() {
    let turn = alone();
    let weave = turn.builder().queue_bytes(1_000).init().unwrap();
    shout(&"x".repeat(10_000));
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored()[0].output::<String>().unwrap().len(), 10_000);
}

#[test]
fn calls_left_by_threads_that_ended_are_neither_lost_nor_counted_twice() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    for _ in 0..300 {
        std::thread::spawn(|| double(1)).join().unwrap();
    }
    let report = weave.shutdown();
    assert_eq!(figures(&report.sinks, "local"), [300, 0, 0, 0]);
    assert_eq!(turn.stored().len(), 300);
}

#[test]
fn memory_stays_bounded_when_large_values_have_nowhere_to_go() {
    let dir = tempfile::tempdir().unwrap();
    run(&mut program("record large values", dir.path()));
}

/// Two hundred megabytes for a queue of sixteen.
pub(crate) fn record_large_values() {
    let builder = weave::builder("p").local(false).queue_bytes(8 << 20).flush_timeout(Duration::from_millis(50));
    let weave = builder.sink(Hanging::default()).init().unwrap();
    let large = "x".repeat(500_000);
    let before = peak();
    for _ in 0..200 {
        shout(&large);
    }
    let report = weave.shutdown();
    let dropped = figures(&report.sinks, "hanging")[2] + report.dropped;
    assert!(dropped > 150, "{report:?}");
    let grown = peak() - before;
    assert!(grown < 60_000, "{grown} kB");
}

/// The most memory that the process ever had, in kB.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[weave::op]
fn shout(text: &str) -> String {
    text.to_uppercase()
}
