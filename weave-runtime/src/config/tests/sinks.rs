//! Where calls go, by what the builder and the environment say.

use super::*;

const KEY: (&str, &str) = ("WANDB_API_KEY", "0123456789012345678901234567890123456789");
const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

/// The names of the sinks that are on.
fn on(builder: Builder, environment: &[(&str, &str)]) -> String {
    let Config { local, console, wandb, otlp, .. } = resolved(builder, environment).unwrap();
    let sinks = [("local", local), ("weave", wandb.is_some()), ("otlp", otlp.is_some()), ("console", console)];
    let on = sinks.iter().filter(|(_, on)| *on).map(|(name, _)| *name);
    on.collect::<Vec<_>>().join(" ")
}

/// What is on when nobody chose anything.
const DEFAULT: &str = if cfg!(feature = "local") { "local" } else { "" };

#[test]
fn the_first_that_says_where_calls_go_is_followed() {
    assert_eq!(on(builder("p"), &[]), DEFAULT);
    assert_eq!(on(builder("p"), &[ENDPOINT]), "otlp");
    assert_eq!(on(builder("p"), &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/t")]), "otlp");
    assert_eq!(on(builder("p"), &[ENDPOINT, KEY]), "weave");
    assert_eq!(on(builder("p"), &[ENDPOINT, KEY, (names::SINKS, "local")]), "local");
    assert_eq!(on(builder("p").otlp(true), &[ENDPOINT, KEY, (names::SINKS, "local")]), "otlp");
}

#[test]
fn what_the_builder_chooses_keeps_calls_from_going_anywhere_else() {
    assert_eq!(on(builder("p").local(true), &[KEY, ENDPOINT]), "local");
    assert_eq!(on(builder("p").otlp_endpoint("http://127.0.0.1:1/v1/traces"), &[KEY]), "otlp");
    assert_eq!(on(builder("p").api_key(KEY.1), &[ENDPOINT]), "weave");
    assert_eq!(on(builder("p").local(true).weave(true), &[KEY]), "local weave");
}

#[test]
fn what_the_builder_turns_off_is_not_chosen_by_the_environment() {
    assert_eq!(on(builder("p").weave(false), &[KEY]), DEFAULT);
    assert_eq!(on(builder("p").weave(false), &[KEY, ENDPOINT]), "otlp");
    assert_eq!(on(builder("p").weave(false).otlp(false), &[KEY, ENDPOINT]), DEFAULT);
    assert_eq!(on(builder("p").local(false), &[KEY]), "weave");
    assert_eq!(on(builder("p").local(false), &[]), "");
}

#[test]
fn sinks_of_ones_own_stand_beside_what_is_chosen() {
    assert_eq!(on(builder("p").console(true), &[KEY]), "weave console");
    assert_eq!(on(builder("p").console(true), &[]), format!("{DEFAULT} console").trim());
}

#[test]
fn the_list_of_sinks_turns_on_those_that_it_names_and_no_others() {
    let listed = |sinks| on(builder("p"), &[(names::SINKS, sinks), KEY]);
    assert_eq!(listed("local"), "local");
    assert_eq!(listed("console"), "console");
    assert_eq!(listed(" console , local ,"), "local console");
    assert_eq!(listed("local,weave,otlp,console"), "local weave otlp console");
    assert_eq!(listed("none"), "");
    assert_eq!(on(builder("p"), &[(names::SINKS, "none"), (names::CONSOLE, "1")]), "console");
    assert_eq!(on(builder("p").local(true).console(false), &[(names::SINKS, "console")]), "local");
    assert_eq!(
        message(builder("p"), &[(names::SINKS, "local,sqlite")]),
        r#"WEAVE_SINKS has "sqlite": expected local, weave, otlp, console or none, separated by commas"#
    );
}

#[test]
fn a_blank_key_is_none() {
    assert_eq!(on(builder("p"), &[("WANDB_API_KEY", " ")]), DEFAULT);
}

#[test]
fn what_is_disabled_need_not_be_sound() {
    let disabled = resolved(builder("p").weave(true).disabled(true), &[]).unwrap();
    assert!(disabled.disabled && disabled.wandb.is_none());
    assert!(message(builder("p").weave(true), &[]).contains("WANDB_API_KEY"));
}

#[test]
fn keys_are_not_shown() {
    let builder = builder("p").api_key(KEY.1).otlp_endpoint("http://127.0.0.1:1").otlp_header("x-api-key", "s3cr3t");
    let mut shown = format!("{builder:?}");
    shown.push_str(&format!("{:?}", resolved(builder, &[]).unwrap()));
    assert!(!shown.contains(KEY.1) && !shown.contains("s3cr3t"), "{shown}");
}
