//! Where a value is cut, and what is left of it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{bytes, json, json_within};
use crate::value::Limits;

#[test]
fn a_value_exactly_at_the_limit_is_whole_and_one_byte_over_it_is_cut() {
    let value = json!({"a": [1, "two", {"b": null}], "c": "\n"});
    let whole = value.to_string();
    assert_eq!(json_within(&value, &bytes(whole.len())), whole);
    assert!(json_within(&value, &bytes(whole.len() - 1)).contains("weave.cut"));
}

#[test]
fn an_array_ends_with_the_mark() {
    let numbers: Vec<u32> = (0..1000).collect();
    assert_eq!(json_within(&numbers, &bytes(12)), r#"[0,1,2,3,4,{"weave.cut":{"kept_bytes":10,"length":1000}}]"#);
}

#[test]
fn an_object_ends_with_the_mark() {
    let map: BTreeMap<String, u8> = (0..100).map(|n| (format!("key{n:02}"), n)).collect();
    assert_eq!(json_within(&map, &bytes(22)), r#"{"key00":0,"key01":1,"weave.cut":{"kept_bytes":20,"length":100}}"#);
}

#[test]
fn the_mark_stands_for_a_member_whose_value_does_not_fit() {
    assert_eq!(
        json_within(&json!({"number": 123_456}), &bytes(14)),
        r#"{"number":{"weave.cut":{"kept_bytes":10,"length":1}}}"#
    );
}

#[test]
fn the_brackets_around_the_mark_are_closed() {
    assert_eq!(
        json_within(&json!([{"a": [[1, 2, 3]]}, 4]), &bytes(16)),
        r#"[{"a":[[1,2,{"weave.cut":{"kept_bytes":11,"length":3}}]]}]"#
    );
}

#[test]
fn a_string_keeps_its_start() {
    assert_eq!(json_within("aaaaaaaaaa", &bytes(8)), r#""aaaaaa… [cut: kept 6 of 10 bytes]""#);
    assert_eq!(json_within("éééé", &bytes(7)), r#""éé… [cut: kept 4 of 8 bytes]""#);
    assert_eq!(json_within("\n\n\n", &bytes(7)), r#""\n\n… [cut: kept 2 of 3 bytes]""#);
}

#[test]
fn a_string_in_a_struct_is_cut_and_so_is_the_struct() {
    #[derive(Serialize)]
    struct Message {
        text: &'static str,
        model: &'static str,
    }
    assert_eq!(
        json_within(&Message { text: "hello world", model: "m" }, &bytes(16)),
        r#"{"text":"hello… [cut: kept 5 of 11 bytes]","weave.cut":{"kept_bytes":14,"length":2}}"#
    );
}

#[test]
fn a_key_that_does_not_fit_is_left_out() {
    let map = BTreeMap::from([("a", 1), ("bbbbbbbbbbbbbbbbbbbbbb", 2)]);
    assert_eq!(json_within(&map, &bytes(12)), r#"{"a":1,"weave.cut":{"kept_bytes":6,"length":2}}"#);
    let map = BTreeMap::from([(vec![1; 50], 2)]);
    assert_eq!(json_within(&map, &bytes(30)), r#"{"weave.cut":{"kept_bytes":1}}"#);
}

#[test]
fn a_scalar_that_does_not_fit_is_the_mark_alone() {
    assert_eq!(json_within(&123_456, &bytes(3)), r#"{"weave.cut":{"kept_bytes":0}}"#);
    assert_eq!(json_within(&json!([]), &bytes(0)), r#"{"weave.cut":{"kept_bytes":0}}"#);
}

#[test]
fn a_raw_value_that_does_not_fit_is_cut_as_text() {
    let raw = serde_json::value::RawValue::from_string("[1,2,3,4,5,6]".to_owned()).unwrap();
    assert_eq!(json_within(&raw, &bytes(8)), r#""[1,2,3… [cut: kept 6 of 13 bytes]""#);
}

#[test]
fn memory_and_time_stay_bounded_whatever_the_size() {
    struct Endless;
    impl Serialize for Endless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(std::iter::repeat("again"))
        }
    }
    struct EndlessText;
    impl std::fmt::Display for EndlessText {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            loop {
                f.write_str("again")?;
            }
        }
    }
    let limit = 1 << 20;
    let started = std::time::Instant::now();
    assert!(json(&Endless).len() < limit + 100);
    assert!(json(&format_args!("{EndlessText}")).ends_with("… [cut: kept 1048574 bytes]\""));
    assert!(json(&"é".repeat(64 << 20)).len() < limit + 100);
    assert!(json(&"\"".repeat(64 << 20)).len() < limit + 100);
    assert!(json(&vec![0_u8; 256 << 20]).len() < limit + 100);
    assert!(started.elapsed().as_secs() < 20);
}

#[derive(Serialize)]
struct Chain {
    id: u32,
    next: Option<Box<Chain>>,
    after: u32,
}

fn chain(length: u32) -> Chain {
    (0..length).fold(Chain { id: 0, next: None, after: 0 }, |next, id| Chain {
        id,
        next: Some(Box::new(next)),
        after: id,
    })
}

#[test]
fn what_is_too_deep_is_left_out_and_what_is_beside_it_kept() {
    let limits = Limits { depth: 3, ..Limits::default() };
    assert_eq!(
        json_within(&chain(4), &limits),
        r#"{"id":3,"next":{"id":2,"next":{"weave.cut":{"depth":3}},"after":2},"after":3}"#
    );
    assert_eq!(
        json_within(&json!([[[[1]], 2, [[3]], {"a": [4]}]]), &limits),
        r#"[[[{"weave.cut":{"depth":3}}],2,[{"weave.cut":{"depth":3}}],{"a":{"weave.cut":{"depth":3}}}]]"#
    );
}

#[test]
fn a_variant_that_is_too_deep_is_closed() {
    #[derive(Serialize)]
    enum Shape {
        Tuple(u8, u8),
        Struct { x: u8 },
        Newtype(Vec<u8>),
    }
    let limits = Limits { depth: 2, ..Limits::default() };
    assert_eq!(
        json_within(&(Shape::Tuple(1, 2), Shape::Struct { x: 1 }, Shape::Newtype(vec![1]), 5), &limits),
        [
            r#"[{"Tuple":{"weave.cut":{"depth":2}}},{"Struct":{"weave.cut":{"depth":2}}}"#,
            r#"{"Newtype":{"weave.cut":{"depth":2}}},5]"#
        ]
        .join(",")
    );
}

#[test]
fn the_default_depth_can_be_read_back() {
    let mut value = json!(1);
    for _ in 0..100 {
        value = json!([value, {"a": value_of_one()}]);
    }
    let text = json(&value);
    assert!(text.contains(r#"{"weave.cut":{"depth":64}}"#));
}

fn value_of_one() -> Value {
    json!(1)
}

#[test]
fn recursion_without_brackets_ends_too() {
    struct Once;
    impl Serialize for Once {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(std::iter::once(self))
        }
    }
    struct Wrapped;
    impl Serialize for Wrapped {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_newtype_struct("Wrapped", self)
        }
    }
    struct Always;
    impl Serialize for Always {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_some(self)
        }
    }
    assert!(json(&Once).contains("weave.cut"));
    assert_eq!(json(&(Wrapped, Always, 3)), r#"[{"weave.cut":{"depth":64}},{"weave.cut":{"depth":64}},3]"#);
}

#[test]
fn a_value_that_takes_too_much_stack_is_stopped() {
    struct Hungry;
    impl Serialize for Hungry {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let frame = std::hint::black_box([1_u8; 40_000]);
            let mut array = serializer.serialize_seq(None)?;
            array.serialize_element(&frame[3])?;
            array.serialize_element(self)?;
            array.end()
        }
    }
    let text = json(&Hungry);
    assert!(text.contains(r#""reason":"nested too deep for the stack""#), "{text}");
}

#[derive(Serialize, Deserialize, Debug)]
struct Record {
    name: String,
    tags: Vec<String>,
    map: BTreeMap<u8, Option<(i32, char)>>,
}

proptest! {
    #[test]
    fn any_limits_leave_valid_json_that_is_little_longer(
        name in ".{0,30}", tags in prop::collection::vec(".{0,9}", 0..5),
        map in any::<BTreeMap<u8, Option<(i32, char)>>>(), limit in 0_usize..300, depth in 0_usize..6,
    ) {
        let record = Record { name, tags, map };
        let whole = serde_json::to_string(&record).unwrap();
        let text = json_within(&record, &Limits { bytes: limit, depth, ..Limits::default() });
        prop_assert!(text.len() <= limit + 150, "{} bytes: {}", text.len(), text);
        if whole.len() > limit {
            prop_assert!(text.contains("cut"));
        } else if depth >= 4 {
            prop_assert_eq!(text, whole);
        }
    }
}
