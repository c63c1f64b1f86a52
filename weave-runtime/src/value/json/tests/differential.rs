//! Within the limits the text is what serde_json writes, byte for byte.

use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::json;

#[derive(Debug, Clone, Serialize)]
struct Unit;

#[derive(Debug, Clone, Serialize)]
struct Meters(f64);

#[derive(Debug, Clone, Serialize)]
struct Pair(i8, String);

#[derive(Debug, Clone, Serialize)]
enum External {
    Unit,
    Newtype(u64),
    Tuple(i32, char),
    Struct { a: Option<bool>, b: () },
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Internal {
    EmptyOne,
    WithFields { name: String },
    Wrapped(Inner),
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Value(Vec<u8>),
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Untagged {
    Number(f32),
    Text(Cow<'static, str>),
}

#[derive(Debug, Clone, Serialize)]
struct Inner {
    #[serde(rename = "quo\"ted\nkey")]
    odd: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<Box<Inner>>,
}

#[derive(Debug, Clone, Serialize)]
struct Everything {
    unit: Unit,
    meters: Meters,
    pair: Pair,
    external: Vec<External>,
    internal: Internal,
    adjacent: Adjacent,
    untagged: Untagged,
    by_number: BTreeMap<i64, bool>,
    by_char: BTreeMap<char, u8>,
    by_bool: BTreeMap<bool, Option<Option<u16>>>,
    by_text: BTreeMap<String, (u8, String)>,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: Map<String, Value>,
    tree: Value,
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,12}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn external() -> impl Strategy<Value = External> {
    prop_oneof![
        Just(External::Unit),
        any::<u64>().prop_map(External::Newtype),
        any::<(i32, char)>().prop_map(|(number, letter)| External::Tuple(number, letter)),
        any::<Option<bool>>().prop_map(|a| External::Struct { a, b: () }),
    ]
}

fn inner() -> impl Strategy<Value = Inner> {
    any::<(i16, Option<i16>)>()
        .prop_map(|(odd, maybe)| Inner { odd, maybe: maybe.map(|odd| Box::new(Inner { odd, maybe: None })) })
}

fn everything() -> impl Strategy<Value = Everything> {
    let internal = prop_oneof![
        Just(Internal::EmptyOne),
        any::<String>().prop_map(|name| Internal::WithFields { name }),
        inner().prop_map(Internal::Wrapped),
    ];
    let adjacent = prop_oneof![Just(Adjacent::Unit), any::<Vec<u8>>().prop_map(Adjacent::Value)];
    let untagged = prop_oneof![
        any::<f32>().prop_map(Untagged::Number),
        any::<String>().prop_map(|text| Untagged::Text(Cow::Owned(text))),
    ];
    let maps = any::<(BTreeMap<i64, bool>, BTreeMap<char, u8>, BTreeMap<bool, Option<Option<u16>>>)>();
    let plain = (any::<(f64, i8, String)>(), maps, any::<BTreeMap<String, (u8, String)>>());
    let shaped = (prop::collection::vec(external(), 0..5), internal, adjacent, untagged, inner(), value());
    (plain, shaped).prop_map(|(plain, shaped)| {
        let ((meters, number, text), (by_number, by_char, by_bool), by_text) = plain;
        let (external, internal, adjacent, untagged, inner, tree) = shaped;
        Everything {
            unit: Unit,
            meters: Meters(meters),
            pair: Pair(number, text),
            external,
            internal,
            adjacent,
            untagged,
            by_number,
            by_char,
            by_bool,
            by_text,
            inner,
            rest: tree.as_object().cloned().unwrap_or_default(),
            tree,
        }
    })
}

proptest! {
    #[test]
    fn any_value_is_written_as_serde_json_writes_it(value in value()) {
        prop_assert_eq!(json(&value), serde_json::to_string(&value).unwrap());
    }

    #[test]
    fn derived_types_are_written_as_serde_json_writes_them(value in everything()) {
        prop_assert_eq!(json(&value), serde_json::to_string(&value).unwrap());
    }

    #[test]
    fn any_text_is_escaped_as_serde_json_escapes_it(text in any::<String>(), letter in any::<char>()) {
        prop_assert_eq!(json(&text), serde_json::to_string(&text).unwrap());
        prop_assert_eq!(json(&letter), serde_json::to_string(&letter).unwrap());
    }
}

#[test]
fn numbers_that_json_does_not_know_are_null() {
    assert_eq!(json(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.1]), "[null,null,null,0.1]");
    assert_eq!(json(&f32::NAN), "null");
}

#[test]
fn integers_of_128_bits_are_numbers_where_64_bits_hold_them() {
    let big = u128::from(u64::MAX);
    assert_eq!(json(&(big, big + 1)), r#"[18446744073709551615,"18446744073709551616"]"#);
    assert_eq!(json(&i128::from(i64::MIN)), "-9223372036854775808");
    assert_eq!(json(&i128::MIN), r#""-170141183460469231731687303715884105728""#);
}

#[test]
fn keys_that_are_no_strings_become_their_text() {
    let tuples = BTreeMap::from([((1, "a"), true)]);
    assert_eq!(json(&tuples), r#"{"[1,\"a\"]":true}"#);
    let options = BTreeMap::from([(None, 0), (Some(7), 1)]);
    assert_eq!(json(&options), r#"{"null":0,"7":1}"#);
    let nested = BTreeMap::from([(BTreeMap::from([(1, 2)]), 3)]);
    assert_eq!(json(&nested), r#"{"{\"1\":2}":3}"#);
}

#[test]
fn bytes_are_an_array_of_numbers() {
    struct Bytes(Vec<u8>);
    impl Serialize for Bytes {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }
    assert_eq!(json(&Bytes(vec![0, 7, 255])), "[0,7,255]");
}

#[test]
fn what_displays_itself_is_a_string() {
    assert_eq!(json(&std::net::Ipv4Addr::LOCALHOST), r#""127.0.0.1""#);
    assert_eq!(json(&format_args!("a\"{}\"", 1)), r#""a\"1\"""#);
}

#[test]
fn raw_json_is_passed_on_as_it_is() {
    let raw = RawValue::from_string("{ \"a\" : [1, \"\\u0041\"] }".to_owned()).unwrap();
    assert_eq!(json(&raw), raw.get());
    assert_eq!(json(&vec![&raw, &raw]), format!("[{0},{0}]", raw.get()));
    assert_eq!(json(&BTreeMap::from([("k", &raw)])), format!("{{\"k\":{}}}", raw.get()));
}
