//! Starting and ending a client.

use std::time::Duration;

use opentelemetry::trace::{Span, Tracer};

use crate::alone::{alone, double, eventually, stored};
use crate::programs::{program, run};
use crate::sinks::{Keeping, of};

#[test]
fn init_says_on_stderr_in_one_line_where_calls_go_and_how_to_look() {
    let dir = tempfile::tempdir().unwrap();
    let written = run(&mut program("record", dir.path()));
    let place = dir.path().join("store");
    assert_eq!(
        written.stderr,
        format!(
            "weave: recording \"team/project\" in {}: weave::client() reads it, WEAVE_CONSOLE=1 draws each call here\n",
            place.display()
        )
    );
    assert_eq!(written.stdout, "");
    assert_eq!(stored(&place).len(), 1);
}

#[test]
fn init_is_silent_when_asked_to_be() {
    let dir = tempfile::tempdir().unwrap();
    for command in [
        &mut program("record quietly", dir.path()),
        program("record", dir.path()).env("WEAVE_PRINT_CALL_LINK", "false"),
        program("record", dir.path()).env("WEAVE_DISABLED", "true"),
        program("record", dir.path()).env("WEAVE_SINKS", "none"),
    ] {
        let written = run(command);
        assert_eq!([written.stdout, written.stderr], ["", ""]);
    }
    assert_eq!(stored(&dir.path().join("store")).len(), 2);
}

#[test]
fn the_store_is_below_the_working_directory_when_nobody_says_where() {
    let dir = tempfile::tempdir().unwrap();
    let written = run(program("record", dir.path()).env_remove("WEAVE_DIR"));
    assert!(written.stderr.contains(" in .weave: "), "{}", written.stderr);
    assert_eq!(stored(&dir.path().join(".weave")).len(), 1);
}

#[test]
fn the_store_stays_where_it_is_when_the_program_changes_its_working_directory() {
    let dir = tempfile::tempdir().unwrap();
    run(&mut program("move away", dir.path()));
    assert_eq!(stored(&dir.path().join("here")).len(), 1);
    assert_eq!(std::fs::read_dir(dir.path().join("elsewhere")).unwrap().count(), 0);
}

#[test]
fn a_guard_that_is_dropped_at_once_records_until_the_program_ends() {
    let dir = tempfile::tempdir().unwrap();
    run(program("drop the guard at once", dir.path()).env("WEAVE_FLUSH_INTERVAL_MS", "50"));
    assert_eq!(stored(&dir.path().join("store")).len(), 1);
}

#[test]
fn the_same_configuration_again_is_the_same_client() {
    let turn = alone();
    let first = turn.builder().init().unwrap();
    let second = turn.builder().init().unwrap();
    double(1);
    assert_eq!(of(&second.flush().sinks, "local").sent, 1);
    drop(second);
    assert!(first.health().recording);
    double(2);
    assert_eq!(of(&first.shutdown().sinks, "local").sent, 2);
    assert_eq!(turn.stored().len(), 2);
}

#[test]
fn another_configuration_while_one_runs_is_an_error_that_says_what_to_do() {
    let turn = alone();
    let _weave = turn.builder().init().unwrap();

    let error = weave::builder("q").dir(turn.dir()).init().unwrap_err();
    assert!(error.is_config());
    assert_eq!(
        error.to_string(),
        r#""p" is running, not "q": call weave::shutdown() first, or init with the same configuration"#
    );
    let other_settings = [
        (turn.builder().dir("elsewhere"), "dir"),
        (turn.builder().disabled(true), "disabled"),
        (turn.builder().sink(Keeping::default()), "sink"),
        (turn.builder().attribute("tier", 1).redact(|_, _| ()), "attributes, redact"),
    ];
    for (builder, differs) in other_settings {
        assert_eq!(
            builder.init().unwrap_err().to_string(),
            format!(
                "\"p\" is running with other settings ({differs}): call weave::shutdown() first, or init with the same \
                 configuration"
            )
        );
    }
    assert!(weave::health().recording);
}

#[test]
fn after_a_shutdown_ops_do_nothing_until_the_next_init_which_may_store_elsewhere() {
    let turn = alone();
    let first = turn.builder().init().unwrap();
    double(1);
    first.shutdown().into_result().unwrap();
    assert!(!weave::health().recording);
    assert_eq!(double(2), 4);
    assert!(weave::start_call("nothing").handle().id().is_none());
    assert!(weave::flush().sinks.is_empty());

    let elsewhere = turn.dir().join("elsewhere");
    let second = turn.builder().dir(&elsewhere).init().unwrap();
    double(3);
    assert_eq!(weave::client().blocking().calls().count().unwrap(), 1);
    second.shutdown().into_result().unwrap();

    let outputs = |dir| stored(dir).iter().map(|call| call.output::<u32>().unwrap()).collect::<Vec<_>>();
    assert_eq!(outputs(turn.dir()), [2]);
    assert_eq!(outputs(&elsewhere), [6]);
}

#[test]
fn a_dropped_guard_has_flushed() {
    let turn = alone();
    let weave = turn.builder().flush_interval(Duration::from_secs(60)).init().unwrap();
    double(1);
    drop(weave);
    assert_eq!(turn.stored().len(), 1);
    assert!(weave::health().recording);
}

#[test]
fn a_call_that_ends_after_the_shutdown_is_dropped_and_counted() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let second = turn.builder().init().unwrap();
    let call = weave::start_call("late");
    assert!(weave.shutdown().is_complete());
    call.finish(1);
    assert_eq!(second.health().dropped, 1);
    assert!(!second.health().recording);
}

#[test]
fn one_client_is_ended_by_many_threads_at_once_while_another_begins() {
    let turn = alone();
    for _ in 0..20 {
        let guards: Vec<_> = (0..4).map(|_| turn.builder().init().unwrap()).collect();
        std::thread::scope(|scope| {
            for guard in guards {
                scope.spawn(|| guard.shutdown());
            }
            scope.spawn(weave::shutdown);
        });
        let weave = turn.builder().init().unwrap();
        double(1);
        assert_eq!(of(&weave.shutdown().sinks, "local").sent, 1);
    }
    assert_eq!(turn.stored().len(), 20);
}

#[test]
fn a_thread_that_recorded_before_records_into_the_next_client() {
    let turn = alone();
    let (send, inbox) = std::sync::mpsc::channel::<u32>();
    let (done, finished) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || inbox.iter().for_each(|n| done.send(double(n)).unwrap()));
    for n in 1..=3 {
        let weave = turn.builder().init().unwrap();
        send.send(n).unwrap();
        finished.recv().unwrap();
        weave.shutdown().into_result().unwrap();
    }
    drop(send);
    thread.join().unwrap();
    assert_eq!(turn.stored().len(), 3);
}

#[test]
fn the_global_tracer_provider_is_left_alone() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    double(1);
    let span = opentelemetry::global::tracer("theirs").start("span");
    assert!(!span.span_context().is_valid() && !span.is_recording());
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored().len(), 1);
}

#[test]
fn calls_reach_the_store_within_the_flush_interval_without_anybody_asking() {
    let turn = alone();
    let _weave = turn.builder().init().unwrap();
    double(1);
    eventually("the call", || (turn.stored().len() == 1).then_some(()));
}
