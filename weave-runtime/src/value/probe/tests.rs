use std::collections::HashMap;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use super::*;
use crate::record::CallError;

macro_rules! capture {
    ($value:expr) => {{
        let mut out = String::new();
        (&&&Probe($value)).__weave_capture(Slot::new(&mut out, &Limits::default()));
        out
    }};
}

macro_rules! error {
    ($value:expr) => {{
        let mut error = None;
        (&&Probe($value)).__weave_error(ErrorSlot::new(&mut error, &Limits::default()));
        let CallError { kind, message } = error.unwrap();
        (kind, message)
    }};
}

struct Opaque;

#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Shown(u8);

#[test]
fn the_richest_capture_that_a_type_allows_is_taken() {
    assert_eq!(capture!(&"text"), r#""text""#);
    assert_eq!(capture!("unsized"), r#""unsized""#);
    assert_eq!(capture!(&[1, 2][..]), "[1,2]");
    assert_eq!(capture!(&HashMap::from([("k", Some(1.5))])), r#"{"k":1.5}"#);
    assert_eq!(capture!(&Shown(3)), r#""Shown(3)""#);
    assert_eq!(capture!(&&mut Shown(3)), r#""Shown(3)""#);
    assert_eq!(capture!(&Opaque), r#""<weave_runtime::value::probe::tests::Opaque>""#);
    assert_eq!(capture!(&(Opaque, 1)), r#""<(weave_runtime::value::probe::tests::Opaque, i32)>""#);
    let dynamic: &dyn fmt::Debug = &Shown(4);
    assert_eq!(capture!(dynamic), r#""Shown(4)""#);
}

#[test]
fn a_generic_parameter_is_captured_by_its_bounds() {
    fn unbounded<T>(value: &T) -> String {
        capture!(value)
    }
    fn bounded<T: fmt::Debug + ?Sized>(value: &T) -> String {
        capture!(value)
    }
    fn borrowed<'a, T>(value: &'a T) -> String
    where
        &'a T: fmt::Debug,
    {
        capture!(value)
    }
    assert_eq!(unbounded(&7), r#""<i32>""#);
    assert_eq!(bounded("x"), r#""\"x\"""#);
    assert_eq!(borrowed(&7), r#""<i32>""#);
}

#[test]
fn a_lock_that_is_held_is_not_waited_for() {
    let mutex = Arc::new(Mutex::new(1));
    let held = mutex.lock().unwrap();
    let rwlock = Rc::new(RwLock::new(1));
    let written = rwlock.write().unwrap();
    for text in [
        capture!(&mutex),
        capture!(&*mutex),
        capture!(&&*mutex),
        capture!(&Some(&mutex)),
        capture!(&vec![mutex.clone()]),
        capture!(&rwlock),
        capture!(&Box::new(&*rwlock)),
    ] {
        assert!(text.starts_with("\"<") && text.contains("Lock<i32>") | text.contains("Mutex<i32>"), "{text}");
    }
    drop((held, written));
}

#[test]
fn results_are_split_also_behind_an_alias_and_in_an_option() {
    let ok: io::Result<u8> = Ok(3);
    assert_eq!((&Probe(&ok)).__weave_split().value, Some(&3));
    let err: Result<Opaque, &str> = Err("no");
    assert_eq!((&Probe(&err)).__weave_split().error, Some(&"no"));
    let some: Option<Result<u8, ()>> = Some(Ok(1));
    assert_eq!((&Probe(&some)).__weave_split().value, Some(&1));
    let some: Option<Result<(), u8>> = Some(Err(1));
    assert_eq!((&Probe(&some)).__weave_split().error, Some(&1));
    let none: Option<Result<u8, u8>> = None;
    let split = (&Probe(&none)).__weave_split();
    assert_eq!((split.value, split.error), (None, None));
    let plain = Some(5);
    let probe = &Probe(&plain);
    let split = probe.__weave_split();
    assert_eq!(split.value, Some(&Some(5)));
    assert!(split.error.is_none());
}

#[test]
fn both_sides_of_any_outcome_can_be_captured() {
    macro_rules! record {
        ($outcome:expr) => {{
            let outcome = $outcome;
            let split = (&Probe(&outcome)).__weave_split();
            match (split.value, split.error) {
                (Some(value), _) => capture!(value),
                (_, Some(error)) => error!(error).1,
                _ => "null".to_owned(),
            }
        }};
    }
    assert_eq!(record!(5), "5");
    assert_eq!(record!(Ok::<_, Opaque>(5)), "5");
    assert_eq!(record!(Err::<u8, _>(Opaque)), "<weave_runtime::value::probe::tests::Opaque>");
    assert_eq!(record!(Err::<u8, Box<dyn std::error::Error>>("boxed".into())), "boxed");
    assert_eq!(record!(None::<Result<u8, u8>>), "null");
}

#[test]
fn an_error_is_its_type_and_its_best_text() {
    assert_eq!(error!(&"7x".parse::<u8>().unwrap_err()).1, "invalid digit found in string");
    assert_eq!(error!(&Shown(1)), ("weave_runtime::value::probe::tests::Shown".to_owned(), "Shown(1)".to_owned()));
    assert_eq!(error!(&Opaque).1, "<weave_runtime::value::probe::tests::Opaque>");
    let boxed: Box<dyn std::error::Error + Send + Sync> = "why".into();
    let (kind, message) = error!(&boxed);
    assert!(kind.contains("dyn core::error::Error"), "{kind}");
    assert_eq!(message, "why");
}

#[test]
fn an_error_that_cannot_be_displayed_is_still_recorded() {
    struct Panicking;
    impl fmt::Display for Panicking {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("oh")
        }
    }
    assert_eq!(
        error!(&Panicking).1,
        format!("<{}> (it could not be displayed: panicked: oh)", type_name::<Panicking>())
    );
    let long = "é".repeat(1 << 20);
    assert!(error!(&long).1.ends_with("… [cut: kept 1048576 bytes]"));
}
