//! What may be said about a client, as seen from outside; each setting by itself is tested beside the code.

use crate::alone::{alone, double};
use crate::sinks::{Keeping, of};

fn names(health: &weave::Health) -> Vec<&str> {
    health.sinks.iter().map(|sink| sink.name.as_str()).collect()
}

#[test]
fn calls_go_to_the_store_unless_somebody_says_otherwise() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    assert_eq!(names(&weave.health()), ["local"]);
    assert!(weave.health().recording);
}

#[test]
fn the_environment_chooses_sinks_and_the_builder_wins_over_it() {
    let turn = alone();
    for (sinks, expected) in
        [("none", &[][..]), ("local", &["local"]), ("console", &["console"]), ("console,local", &["local", "console"])]
    {
        let weave = turn.builder().environment([("WEAVE_SINKS", sinks)]).init().unwrap();
        assert_eq!(names(&weave.health()), expected, "{sinks}");
        weave.shutdown().into_result().unwrap();
    }
    let weave = turn.builder().environment([("WEAVE_SINKS", "console")]).local(true).console(false).init().unwrap();
    assert_eq!(names(&weave.health()), ["local"]);
}

#[test]
fn a_sink_of_ones_own_is_given_calls_with_or_without_the_store() {
    let turn = alone();
    let keeping = Keeping::default();
    let weave = turn.builder().environment([("WEAVE_SINKS", "none")]).sink(keeping.clone()).init().unwrap();
    double(4);
    weave.shutdown().into_result().unwrap();
    assert_eq!(keeping.ended().len(), 1);
    assert_eq!(turn.stored().len(), 0);
}

#[test]
fn a_disabled_client_does_nothing_and_makes_no_store() {
    let turn = alone();
    let dir = turn.dir().join("store");
    for builder in [
        turn.builder().disabled(true),
        turn.builder().environment([("WEAVE_DISABLED", "1")]),
        turn.builder().disabled(true).environment([("WEAVE_DISABLED", "no")]),
    ] {
        let weave = builder.dir(&dir).init().unwrap();
        assert_eq!(double(4), 8);
        assert!(!weave.health().recording);
        assert!(weave::current_call().id().is_none());
        assert!(weave.flush().is_complete());
        weave.shutdown().into_result().unwrap();
    }
    assert!(!dir.exists());
}

#[test]
fn the_builder_enables_what_the_environment_disables() {
    let turn = alone();
    let weave = turn.builder().environment([("WEAVE_DISABLED", "true")]).disabled(false).init().unwrap();
    double(4);
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored().len(), 1);
}

#[test]
fn a_wrong_configuration_is_an_error_and_starts_nothing() {
    let turn = alone();
    let dir = turn.dir().join("store");
    let error = turn.builder().dir(&dir).environment([("WEAVE_MAX_QUEUE_BYTES", "64M")]).init().unwrap_err();
    assert!(error.is_config());
    assert_eq!(error.to_string(), r#"WEAVE_MAX_QUEUE_BYTES is "64M": expected a whole number above zero"#);
    assert!(!weave::health().recording);
    assert!(!dir.exists());
    turn.builder().dir(&dir).init().unwrap().shutdown().into_result().unwrap();
}

#[test]
fn waiting_for_ever_is_a_time_like_any_other() {
    let turn = alone();
    let weave = turn.builder().flush_timeout(std::time::Duration::MAX).init().unwrap();
    double(4);
    assert_eq!(of(&weave.flush().sinks, "local").sent, 1);
}

#[test]
fn attributes_and_secret_keys_of_the_client_reach_its_calls() {
    #[weave::op]
    fn login(pin: &str, ssn: &str) -> usize {
        pin.len() + ssn.len()
    }

    let turn = alone();
    let weave = turn
        .builder()
        .environment([("WEAVE_REDACT_KEYS", "ssn")])
        .redact_keys(["PIN"])
        .attribute("environment", "staging")
        .init()
        .unwrap();
    login("1234", "5678");
    weave.shutdown().into_result().unwrap();
    let calls = turn.stored();
    assert_eq!(calls[0].inputs_json(), r#"{"pin":"REDACTED","ssn":"REDACTED"}"#);
    assert_eq!(calls[0].attributes()["environment"], "staging");
}

#[test]
fn the_smallest_bounds_still_record() {
    let turn = alone();
    let weave = turn.builder().value_bytes(1).queue_calls(1).queue_bytes(1).init().unwrap();
    for _ in 0..3 {
        double(4);
        weave.flush().into_result().unwrap();
    }
    assert_eq!(turn.stored().len(), 3);
}
