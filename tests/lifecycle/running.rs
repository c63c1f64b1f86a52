//! Calls that are still open are there to see, and are completed in place.

use std::time::Duration;

use weave::Status;

use crate::alone::{alone, double, eventually, stored};
use crate::programs::{program, start};
use crate::sinks::{Keeping, of};

#[test]
fn an_op_that_takes_longer_than_the_flush_interval_is_seen_running_then_completed_in_place() {
    #[weave::op]
    fn think(question: &str, go_on: std::sync::mpsc::Receiver<()>) -> u32 {
        assert_eq!(question, "why?");
        go_on.recv().unwrap();
        double(21)
    }

    let turn = alone();
    let keeping = Keeping::default();
    let weave = turn.builder().sink(keeping.clone()).init().unwrap();
    let (go, go_on) = std::sync::mpsc::channel();
    let thinking = std::thread::spawn(move || think("why?", go_on));

    let running = eventually("the running call", || turn.stored().pop());
    assert_eq!(running.status(), Status::Running);
    assert_eq!(running.input::<String>("question").unwrap(), "why?");
    assert_eq!((running.ended_at(), running.output_json()), (None, None));
    assert_eq!(of(&weave.health().sinks, "local").pending, 0);

    go.send(()).unwrap();
    assert_eq!(thinking.join().unwrap(), 42);
    let report = weave.shutdown();
    let calls = turn.stored();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].id(), calls[0].status()), (running.id(), Status::Success));
    assert_eq!(calls[0].output::<u32>().unwrap(), 42);
    assert_eq!(calls[0].started_at(), running.started_at());
    assert_eq!(calls[1].parent_id(), Some(running.id()));
    // The announcement is not a delivery.
    assert_eq!(of(&report.sinks, "keeping").sent, 2);
    assert_eq!(keeping.ended().len(), 2);
}

#[test]
fn a_short_call_is_never_announced() {
    let turn = alone();
    let weave = turn.builder().flush_interval(Duration::from_secs(60)).init().unwrap();
    let call = weave::start_call("short");
    weave.flush().into_result().unwrap();
    assert_eq!(turn.stored().len(), 0);
    call.finish(1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored().len(), 1);
}

#[test]
fn a_call_that_is_open_when_its_process_ends_is_interrupted_for_whoever_looks_next() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let mut child = start(program("leave a call open", dir.path()).env("WEAVE_FLUSH_INTERVAL_MS", "20"));
    let running = eventually("the running call", || stored(&store).pop());
    assert_eq!((running.status(), running.name()), (Status::Running, "left open"));

    drop(child.stdin.take());
    child.wait().unwrap();
    let calls = stored(&store);
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].id(), calls[0].status()), (running.id(), Status::Interrupted));
    assert_eq!(calls[0].input::<u32>("n").unwrap(), 1);
}

#[test]
fn a_call_that_is_open_at_the_shutdown_is_interrupted_for_the_next_client() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let call = weave::start_call("open");
    eventually("the running call", || turn.stored().pop());
    let _ = weave.shutdown();
    let _weave = turn.builder().init().unwrap();
    assert_eq!(weave::client().blocking().calls().list().unwrap()[0].status(), Status::Interrupted);
    drop(call);
}
