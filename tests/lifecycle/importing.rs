//! Importing more than the queues hold: it waits, and loses nothing.

use std::cell::Cell;
use std::time::{Duration, Instant, SystemTime};

use weave::{CallRecord, Conversation, Kind, Llm, SubAgent, Tool, Turn};

use crate::alone::{alone, double, eventually};
use crate::sinks::{Doing, Hanging, figures};

const TURNS: usize = 10_000;

/// A turn of three spans, or of four.
fn turn(n: usize) -> Turn {
    let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_000_000 + n as u64);
    let turn = Turn::new()
        .user(format!("question {n}"))
        .started_at(began)
        .step(Llm::new("m").user("question").output("let me see"))
        .step(Tool::new("look_up").arguments([("n", n)]).result("found"))
        .output("answer");
    if n.is_multiple_of(2) { turn.step(SubAgent::new("critic")) } else { turn }
}

fn conversation(turns: usize) -> Conversation {
    let mut conversation = Conversation::new().id("chat-7").agent("helper");
    conversation.turns.extend((0..turns).map(turn));
    conversation
}

const SPANS: usize = TURNS / 2 * 7;

#[test]
fn a_long_conversation_goes_through_a_small_queue_without_losing_a_span() {
    let turn = alone();
    let weave = turn.builder().queue_calls(100).init().unwrap();
    let result = weave::log_conversation(conversation(TURNS)).wait().unwrap();
    assert_eq!((result.trace_ids.len(), result.span_count), (TURNS, SPANS));
    let report = weave.shutdown().into_result().unwrap();
    assert_eq!(figures(&report.sinks, "local"), [SPANS as u64, 0, 0, 0]);

    let client = weave::Client::local(turn.dir()).blocking();
    assert_eq!(client.calls().count().unwrap(), SPANS as u64);
    assert_eq!(client.calls().op("look_up").count().unwrap(), TURNS as u64);
    let last = client.calls().trace(result.trace_ids[TURNS - 1]).list().unwrap();
    assert_eq!(last.len(), 3);
    assert!(last.iter().any(|call| call.kind() == Kind::Turn && call.id() == result.root_span_ids[TURNS - 1]));
}

#[tokio::test]
async fn other_tasks_of_the_thread_go_on_meanwhile() {
    let turn = alone();
    let weave = turn.builder().queue_calls(100).init().unwrap();
    let (ticks, longest) = (Cell::new(0), Cell::new(Duration::ZERO));
    let ticking = async {
        loop {
            let before = Instant::now();
            tokio::time::sleep(Duration::from_millis(1)).await;
            longest.set(longest.get().max(before.elapsed()));
            ticks.set(ticks.get() + 1);
        }
    };
    let result = tokio::select! {
        result = weave::log_conversation(conversation(TURNS)) => result.unwrap(),
        () = ticking => unreachable!(),
    };
    assert_eq!(result.span_count, SPANS);
    assert!(ticks.get() > 10, "{} ticks", ticks.get());
    assert!(longest.get() < Duration::from_millis(500), "{longest:?}");
    weave.flush().into_result().unwrap();
    assert_eq!(weave.client().calls().count().await.unwrap(), SPANS as u64);
}

#[test]
fn many_that_import_at_once_share_the_room() {
    let turn = alone();
    let weave = turn.builder().queue_calls(50).init().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..2_000 {
            tasks.spawn(async move { weave::log_turn(self::turn(n)).await.unwrap().span_count });
        }
        assert_eq!(tasks.join_all().await.iter().sum::<usize>(), 7_000);
    });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| weave::log_conversation(conversation(100)).wait().unwrap());
        }
    });
    let report = weave.shutdown().into_result().unwrap();
    assert_eq!(figures(&report.sinks, "local"), [7_000 + 4 * 350, 0, 0, 0]);
}

#[test]
fn calls_that_are_made_meanwhile_are_not_dropped_for_it() {
    let turn = alone();
    let slow = Doing("slow", |_: &[CallRecord]| {
        std::thread::sleep(Duration::from_millis(1));
        Ok(())
    });
    let weave = turn.builder().local(false).sink(slow).queue_calls(200).init().unwrap();
    std::thread::scope(|scope| {
        let import = scope.spawn(|| weave::log_conversation(conversation(1_000)).wait().unwrap());
        let mut calls = 0;
        while !import.is_finished() {
            double(1);
            calls += 1;
            std::thread::sleep(Duration::from_millis(1));
        }
        let report = weave.flush().into_result().unwrap();
        assert_eq!(figures(&report.sinks, "slow"), [3_500 + calls, 0, 0, 0]);
    });
}

#[test]
fn a_sink_that_takes_its_time_is_given_much_at_once() {
    let turn = alone();
    let (batch, batches) = std::sync::mpsc::channel();
    let slow = Doing("slow", move |calls: &[CallRecord]| {
        std::thread::sleep(Duration::from_millis(5));
        batch.send(calls.len()).map_err(|_| weave::Error::undelivered("nobody counts"))
    });
    let weave = turn.builder().local(false).sink(slow).queue_calls(100).init().unwrap();
    assert_eq!(weave::log_conversation(conversation(1_000)).wait().unwrap().span_count, 3_500);
    weave.shutdown().into_result().unwrap();
    let count = batches.iter().count();
    assert!(count < 3_500 / 10, "{count} batches");
}

#[test]
fn a_sink_that_is_slower_than_another_is_waited_for() {
    let turn = alone();
    let slow = Doing("slow", |calls: &[CallRecord]| {
        std::thread::sleep(Duration::from_micros(20) * calls.len() as u32);
        Ok(())
    });
    let weave = turn.builder().sink(slow).queue_calls(100).init().unwrap();
    assert_eq!(weave::log_conversation(conversation(1_000)).wait().unwrap().span_count, 3_500);
    let report = weave.shutdown().into_result().unwrap();
    assert_eq!(figures(&report.sinks, "slow"), [3_500, 0, 0, 0]);
    assert_eq!(figures(&report.sinks, "local"), [3_500, 0, 0, 0]);
}

#[test]
fn when_no_sink_makes_room_it_says_how_far_it_came() {
    let turn = alone();
    let hanging = Hanging::default();
    let builder = turn.builder().local(false).queue_calls(20).flush_timeout(Duration::from_millis(200));
    let weave = builder.sink(hanging.clone()).init().unwrap();
    let began = Instant::now();
    let error = weave::log_conversation(conversation(10)).wait().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "the sinks took nothing for 200ms: 5 of 10 turns were logged (18 spans), the others are lost"
    );
    assert!((Duration::from_millis(200)..Duration::from_secs(5)).contains(&began.elapsed()));

    let began = Instant::now();
    let error = futures::executor::block_on(weave::log_turn(self::turn(1))).unwrap_err();
    assert!(error.is_timeout());
    assert!((Duration::from_millis(200)..Duration::from_secs(5)).contains(&began.elapsed()));

    hanging.release();
    let report = eventually("the end", || Some(weave.flush()).filter(|report| !report.timed_out));
    assert_eq!((figures(&report.sinks, "hanging"), report.dropped), ([18, 0, 0, 0], 17 + 3));
    assert_eq!(weave::log_turn(self::turn(1)).wait().unwrap().span_count, 3);
}

#[test]
fn a_task_that_waits_is_told_in_time_also_where_nothing_else_wakes_the_collector() {
    let turn = alone();
    let hanging = Hanging::default();
    let builder = turn.builder().local(false).queue_calls(20).flush_timeout(Duration::from_millis(200));
    let weave = builder.flush_interval(Duration::from_secs(3_600)).sink(hanging.clone()).init().unwrap();
    // The first time the collector has nothing to do, the second time it has calls that it finds no room for.
    for calls in [0, 1_000] {
        (0..calls).for_each(|n| {
            double(n);
        });
        let began = Instant::now();
        assert!(futures::executor::block_on(weave::log_conversation(conversation(10))).unwrap_err().is_timeout());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    hanging.release();
    let _ = weave.shutdown();
}

#[test]
fn one_who_waits_is_told_when_recording_ends() {
    let turn = alone();
    let hanging = Hanging::default();
    let builder = turn.builder().local(false).queue_calls(20).flush_timeout(Duration::from_secs(60));
    let weave = builder.sink(hanging.clone()).init().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| weave::log_conversation(conversation(10)).wait());
        let in_a_task = scope.spawn(|| futures::executor::block_on(weave::log_conversation(conversation(10))));
        std::thread::sleep(Duration::from_millis(50));
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            hanging.release();
        });
        let _ = weave.shutdown();
        for result in [waiting.join().unwrap(), in_a_task.join().unwrap()] {
            match result {
                Ok(result) => assert_eq!(result.span_count, 0),
                Err(error) => assert!(error.is_delivery(), "{error}"),
            }
        }
    });
    assert_eq!(weave::log_turn("later").wait().unwrap().span_count, 0);
}

#[test]
fn what_is_not_waited_for_is_recorded_where_there_is_room_and_else_counts_as_dropped() {
    let turn = alone();
    let hanging = Hanging::default();
    let weave = turn.builder().local(false).queue_calls(20).sink(hanging.clone()).init().unwrap();
    drop(weave::log_conversation(conversation(10)));
    assert_eq!(weave.health().dropped, 17);
    hanging.release();
    let report = weave.shutdown();
    assert_eq!((figures(&report.sinks, "hanging"), report.dropped), ([18, 0, 0, 0], 17));
}

#[test]
fn a_turn_larger_than_all_room_goes_in_alone() {
    let turn = alone();
    let weave = turn.builder().queue_calls(10).init().unwrap();
    let large = (0..500).fold(Turn::new(), |turn, _| turn.step(Tool::new("t")));
    let conversation = Conversation::new().turn("before").turn(large).turn("after");
    assert_eq!(weave::log_conversation(conversation).wait().unwrap().span_count, 503);
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored().len(), 503);
}

#[test]
fn sinks_that_fail_make_room_as_well() {
    let turn = alone();
    let weave = turn.builder().local(false).queue_calls(20).sink(crate::sinks::panicking()).init().unwrap();
    assert_eq!(weave::log_conversation(conversation(100)).wait().unwrap().span_count, 350);
    let report = weave.shutdown();
    assert_eq!(figures(&report.sinks, "panicking"), [0, 0, 0, 350]);
}

#[test]
fn without_a_sink_there_is_always_room() {
    let turn = alone();
    let weave = turn.builder().local(false).queue_calls(20).init().unwrap();
    assert_eq!(weave::log_conversation(conversation(100)).wait().unwrap().span_count, 350);
    weave.shutdown().into_result().unwrap();
}

#[test]
fn memory_stays_bounded_however_much_is_imported() {
    let dir = tempfile::tempdir().unwrap();
    crate::programs::run(&mut crate::programs::program("import large turns", dir.path()));
}

/// Sixty megabytes, turn by turn, through a queue of two.
pub(crate) fn import_large_turns() {
    let slow = Doing("slow", |_: &[CallRecord]| {
        std::thread::sleep(Duration::from_millis(1));
        Ok(())
    });
    let weave = weave::builder("p").local(false).queue_bytes(2 << 20).sink(slow).init().unwrap();
    let large = "x".repeat(500_000);
    let before = crate::overflow::peak();
    for _ in 0..120 {
        weave::log_turn(large.as_str()).wait().unwrap();
    }
    weave.shutdown().into_result().unwrap();
    let grown = crate::overflow::peak() - before;
    assert!(grown < 30_000, "{grown} kB");
}
