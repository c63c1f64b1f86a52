//! What is recorded of a value, and how to ask for less or for more.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, RwLock};

use serde::Serialize;
use weave::testing::Recorder;

fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline()
}

#[derive(Serialize, Debug)]
struct Rich {
    city: &'static str,
    days: u8,
}

#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Shown {
    n: u8,
}

struct Opaque;

#[test]
fn serialize_is_preferred_to_debug_and_debug_to_the_type() {
    #[weave::op]
    fn take(rich: Rich, shown: &Shown, opaque: &mut Opaque) {}
    let recorder = Recorder::new();
    recorder.run(|| take(Rich { city: "Rome", days: 3 }, &Shown { n: 1 }, &mut Opaque));
    let inputs = recorder.calls()[0].inputs_json().to_owned();
    assert_eq!(
        inputs,
        r#"{"rich":{"city":"Rome","days":3},"shown":"Shown { n: 1 }","opaque":"<&mut it::capture::Opaque>"}"#
    );
}

#[test]
fn arguments_are_captured_before_the_body_changes_them() {
    #[weave::op]
    fn sort(mut list: Vec<u8>, also: &mut Vec<u8>) -> Vec<u8> {
        list.sort_unstable();
        also.clear();
        list
    }
    assert_eq!(outline(|| drop(sort(vec![2, 1], &mut vec![3]))), "sort(list: [2,1], also: [3]) -> [1,2]");
}

#[test]
fn arguments_that_are_skipped_are_not_looked_at() {
    #[weave::op(skip(password, opaque))]
    fn login(user: &str, password: &str, opaque: Opaque) {}
    assert_eq!(outline(|| login("ada", "x", Opaque)), r#"login(user: "ada")"#);
}

#[test]
fn everything_can_be_skipped() {
    #[weave::op(skip_all, skip_output)]
    fn quiet(a: u8, b: u8) -> Result<u8, &'static str> {
        a.checked_sub(b).ok_or("below zero")
    }
    let recorder = Recorder::new();
    let _ = recorder.run(|| (quiet(2, 1), quiet(1, 2)));
    assert_eq!(recorder.tree().outline(), "quiet()\nquiet() failed: below zero");
    assert_eq!(recorder.calls()[0].output_json(), None);
}

#[test]
fn expressions_are_captured_beside_or_in_place_of_arguments() {
    #[weave::op(skip(prompt), capture(length = prompt.len(), model = model.to_uppercase()))]
    fn ask(prompt: &str, model: &str) {}
    assert_eq!(outline(|| ask("hello", "small")), r#"ask(length: 5, model: "SMALL")"#);
}

#[test]
fn an_expression_that_panics_costs_itself_and_what_comes_after() {
    fn fail() -> u8 {
        panic!("no value")
    }
    #[weave::op(capture(a, bad = fail(), late = 1), attributes(good = 1, worse = fail()))]
    fn survive(a: u8, b: u8) -> u8 {
        a + b
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| survive(1, 2)), 3);
    assert_eq!(recorder.tree().outline(), r#"survive(a: 1, b: 2, weave.error: "capturing the inputs panicked") -> 3"#);
}

#[test]
fn a_panic_that_panics_again_when_it_is_dropped_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped")
        }
    }
    fn fail() -> u8 {
        std::panic::panic_any(Bomb)
    }
    #[weave::op(capture(bad = fail()))]
    fn survive() -> u8 {
        1
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(survive), 1);
    assert_eq!(recorder.tree().outline(), r#"survive(weave.error: "capturing the inputs panicked") -> 1"#);
}

#[test]
fn an_attribute_that_panics_costs_no_other() {
    fn fail() -> u8 {
        panic!("no value")
    }
    #[weave::op(attributes(good = 1, bad = fail()))]
    fn survive(a: u8) {}
    let recorder = Recorder::new();
    recorder.run(|| survive(1));
    let call = &recorder.calls()[0];
    assert_eq!(call.input::<u8>("a").unwrap(), 1);
    assert_eq!(call.attributes()["good"], 1);
}

#[test]
fn a_mutex_that_the_caller_holds_does_not_block() {
    #[weave::op]
    fn use_locks(mutex: &Mutex<u8>, shared: Arc<Mutex<u8>>, lock: &RwLock<u8>, list: &[Mutex<u8>]) {}
    let (mutex, shared, lock) = (Mutex::new(1), Arc::new(Mutex::new(2)), RwLock::new(3));
    let list = [Mutex::new(4)];
    let recorder = Recorder::new();
    {
        let _held = (mutex.lock(), shared.lock(), lock.write(), list[0].lock());
        recorder.run(|| use_locks(&mutex, Arc::clone(&shared), &lock, &list));
    }
    let inputs: HashMap<String, String> = serde_json::from_str(recorder.calls()[0].inputs_json()).unwrap();
    assert_eq!(inputs.len(), 4);
    assert!(inputs.values().all(|text| text.contains("Mutex<u8>") || text.contains("RwLock<u8>")), "{inputs:?}");
}

#[test]
fn a_ref_cell_that_is_borrowed_does_not_panic() {
    #[derive(Serialize)]
    struct Holder<'a>(&'a RefCell<u8>);
    #[weave::op]
    fn look(cell: &RefCell<u8>, holder: Holder<'_>) -> u8 {
        let _ = (cell, holder);
        1
    }
    let cell = RefCell::new(1);
    let recorder = Recorder::new();
    let borrowed = cell.borrow_mut();
    assert_eq!(recorder.run(|| look(&cell, Holder(&cell))), 1);
    drop(borrowed);
    assert!(
        recorder.calls()[0].inputs_json().contains("already mutably borrowed"),
        "{}",
        recorder.calls()[0].inputs_json()
    );
}

#[test]
fn numbers_and_keys_that_json_has_not_are_recorded() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Id(u8, u8);
    #[weave::op]
    fn odd(nan: f64, infinite: f32, huge: u128, low: i128, keys: BTreeMap<Id, bool>, small: BTreeMap<u8, ()>) {}
    let recorded = outline(|| {
        let keys = BTreeMap::from([(Id(1, 2), true)]);
        odd(f64::NAN, f32::INFINITY, u128::MAX, i128::MIN, keys, BTreeMap::from([(7, ())]));
    });
    let expected = concat!(
        r#"odd(nan: null, infinite: null, huge: "340282366920938463463374607431768211455", "#,
        r#"low: "-170141183460469231731687303715884105728", keys: {"[1,2]":true}, small: {"7":null})"#
    );
    assert_eq!(recorded, expected);
}

#[test]
fn text_is_recorded_byte_for_byte() {
    let text = "quote \" slash \\ line\n tab\t nul\0 bell\u{7} é 漢 🦀 \u{2028}";
    #[weave::op]
    fn echo(text: &str) -> String {
        text.to_owned()
    }
    let recorder = Recorder::new();
    recorder.run(|| echo(text));
    let call = &recorder.calls()[0];
    assert_eq!(call.input::<String>("text").unwrap(), text);
    assert_eq!(call.output::<String>().unwrap(), text);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_recorded() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    #[weave::op]
    fn open(path: &std::path::Path) {}
    let recorder = Recorder::new();
    recorder.run(|| open(OsStr::from_bytes(b"a\xffb").as_ref()));
    let recorded = &recorder.calls()[0];
    assert!(recorded.inputs_json().contains("path contains invalid UTF-8"), "{}", recorded.inputs_json());
}

#[test]
fn what_borrows_for_ever_can_be_skipped() {
    struct OnlyStatic<'a>(&'a str);
    impl Serialize for OnlyStatic<'static> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.0)
        }
    }
    #[weave::op(skip(text))]
    fn measure(text: OnlyStatic<'_>) -> usize {
        text.0.len()
    }
    let local = String::from("abc");
    assert_eq!(outline(|| _ = measure(OnlyStatic(&local))), "measure() -> 3");
}
