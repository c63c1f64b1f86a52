//! Values that misbehave while they are captured: the function runs as if nobody looked.

use std::fmt;
use std::time::{Duration, Instant};

use serde::ser::{Error as _, SerializeSeq};
use serde::{Serialize, Serializer};
use weave::testing::Recorder;

/// Shows itself as its function does.
struct Hostile<F>(F);

macro_rules! hostile {
    ($name:ident, |$serializer:ident| $body:expr) => {
        struct $name;
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                $body
            }
        }
    };
}

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Debug for Hostile<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// Records one call that takes and returns a value, and returns what was recorded of both.
macro_rules! record {
    ($recorder:expr, $type:ty, $value:expr) => {{
        #[weave::op]
        fn pass(before: u8, value: &$type, after: u8) -> &$type {
            let _ = (before, after);
            value
        }
        let recorder: Recorder = $recorder;
        let value = $value;
        let returned = recorder.run(|| std::ptr::from_ref(pass(1, &value, 2)));
        assert!(std::ptr::eq(returned, &value));
        let call = recorder.calls().remove(0);
        assert_eq!((call.input::<u8>("before").unwrap(), call.input::<u8>("after").unwrap()), (1, 2));
        assert_eq!(call.status(), weave::Status::Success);
        let input: serde_json::Value = call.input("value").unwrap();
        let output: serde_json::Value = call.output().unwrap();
        assert_eq!(input, output);
        input
    }};
}

hostile!(Panics, |_serializer| panic!("in serialize"));
hostile!(Errs, |_serializer| Err(S::Error::custom("will not")));
hostile!(Endless, |serializer| serializer.collect_seq([Endless, Endless]));
hostile!(Gigabyte, |serializer| {
    let megabyte = "x".repeat(1 << 20);
    let mut list = serializer.serialize_seq(None)?;
    for _ in 0..1 << 10 {
        list.serialize_element(&megabyte)?;
    }
    list.end()
});
hostile!(HalfWay, |serializer| {
    let mut list = serializer.serialize_seq(Some(2))?;
    list.serialize_element(&1)?;
    Err(S::Error::custom("after one"))
});
hostile!(RunsOps, |serializer| {
    noise();
    weave::start_call("manual").run(noise);
    weave::current_call().set_display_name("renamed while captured");
    serializer.serialize_u8(3)
});

#[weave::op]
fn noise() -> u8 {
    0
}

#[test]
fn a_serialize_that_panics_leaves_a_placeholder() {
    let recorded = record!(Recorder::new(), Panics, Panics);
    assert_eq!(recorded["weave.error"]["message"], "panicked: in serialize");
    assert_eq!(recorded["weave.error"]["type"], "&it::hostile::Panics");
}

#[test]
fn a_serialize_that_errs_leaves_a_placeholder() {
    assert_eq!(record!(Recorder::new(), Errs, Errs)["weave.error"]["message"], "will not");
    assert_eq!(record!(Recorder::new(), HalfWay, HalfWay)["weave.error"]["message"], "after one");
}

#[test]
fn a_serialize_that_recurses_for_ever_is_cut() {
    let recorded = record!(Recorder::new(), Endless, Endless);
    assert!(recorded.to_string().contains(r#"{"weave.cut":{"depth":64}}"#));
}

#[test]
fn a_gigabyte_costs_no_more_than_what_is_kept_of_it() {
    let started = Instant::now();
    let recorded = record!(Recorder::new(), Gigabyte, Gigabyte);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let length = recorded.to_string().len();
    assert!(((1 << 20) - 64..(1 << 20) + 256).contains(&length), "{length}");
}

#[test]
fn the_limit_can_be_set() {
    let recorder = Recorder::with(weave::builder("t").value_bytes(100)).unwrap();
    let recorded = record!(recorder, Vec<u32>, (0..1_000).collect());
    let list = recorded.as_array().unwrap();
    assert!((20..50).contains(&list.len()), "{}", list.len());
    assert_eq!(list[3], 3);
    assert_eq!(list.last().unwrap()["weave.cut"]["length"], 1_000);
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let recorder = Recorder::with(weave::builder("t").value_bytes(20)).unwrap();
    let recorded = record!(recorder, String, "é".repeat(1_000));
    let text = recorded.as_str().unwrap();
    assert!(text.starts_with("ééé") && text.ends_with(" of 2000 bytes]"), "{text}");
}

#[test]
fn a_debug_that_recurses_for_ever_is_stopped() {
    struct Circle;
    impl fmt::Debug for Circle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_tuple("Circle").field(self).finish()
        }
    }
    let recorded = record!(Recorder::new(), Circle, Circle);
    let text = recorded.as_str().unwrap();
    assert!(text.starts_with("Circle(Circle(Circle(") && text.ends_with("nested too deep]"), "{}", text.len());
}

#[test]
fn a_debug_that_panics_or_errs_leaves_a_placeholder() {
    type Show = fn(&mut fmt::Formatter<'_>) -> fmt::Result;
    let panics = record!(Recorder::new(), Hostile<Show>, Hostile((|_| panic!("in debug")) as Show));
    assert_eq!(panics["weave.error"]["message"], "panicked: in debug");
    let errs = record!(Recorder::new(), Hostile<Show>, Hostile((|_| Err(fmt::Error)) as Show));
    assert_eq!(errs["weave.error"]["message"], "its Debug returned an error");
}

#[test]
fn an_error_that_cannot_be_displayed_still_fails_the_call() {
    struct Rude;
    impl fmt::Display for Rude {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in display")
        }
    }
    #[weave::op]
    fn fail() -> Result<(), Rude> {
        Err(Rude)
    }
    let recorder = Recorder::new();
    assert!(recorder.run(fail).is_err());
    let call = recorder.calls().remove(0);
    assert!(call.error().unwrap().message.ends_with("(it could not be displayed: panicked: in display)"));
}

#[test]
fn ops_that_run_while_a_value_is_captured_are_not_recorded() {
    let recorder = Recorder::new();
    #[weave::op]
    fn outer(value: RunsOps) -> RunsOps {
        value
    }
    recorder.run(|| _ = outer(RunsOps));
    assert_eq!(recorder.tree().outline(), "outer(value: 3) -> 3");
}

#[test]
fn an_op_may_be_the_debug_of_its_own_argument() {
    struct Loud;
    impl fmt::Debug for Loud {
        #[weave::op(capture(self), skip(f))]
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("LOUD")
        }
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| format!("{Loud:?}")), "LOUD");
    assert_eq!(recorder.tree().outline(), r#"fmt(self: "LOUD")"#);
}

#[test]
fn many_values_are_bounded_one_by_one() {
    let recorder = Recorder::with(weave::builder("t").value_bytes(1_000)).unwrap();
    #[weave::op]
    fn two(left: &str, right: &str) -> Result<(), String> {
        Err(format!("{left}{right}"))
    }
    let long = "x".repeat(100_000);
    assert!(recorder.run(|| two(&long, &long)).is_err());
    let call = recorder.calls().remove(0);
    assert!(call.inputs_json().len() < 2_300, "{}", call.inputs_json().len());
    assert!(call.error().unwrap().message.len() < 1_100);
}
