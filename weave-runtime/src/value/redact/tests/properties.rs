//! For any data: a secret never survives, and what is not secret never changes.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{redact, redactor};

/// What no other text here contains.
const MARK: &str = "s3cr3t";

fn secret_key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["api_key", "Authorization", "db_password", "client-secret", "accessToken", "x-tenant"])
}

fn plain_key() -> impl Strategy<Value = String> {
    "[a-j é\"\\\\\n]{0,8}"
}

fn secret() -> impl Strategy<Value = Value> {
    let text = "[ -~é\n]{0,12}".prop_map(|around| Value::from(format!("{around}{MARK}{around}")));
    text.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Value::from),
            prop::collection::btree_map(plain_key(), inner, 1..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Data without secrets; its texts have every sign that the search looks at.
fn harmless() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-j:={}\"\\\\, \né(]{0,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(plain_key(), inner.clone(), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

/// How deep a secret is hidden, and in what.
#[derive(Clone, Copy, Debug)]
enum Wrap {
    Member,
    Element,
    JsonText,
    DebugText,
}

fn wraps() -> impl Strategy<Value = Vec<Wrap>> {
    let wrap = prop::sample::select(vec![Wrap::Member, Wrap::Element, Wrap::JsonText, Wrap::DebugText]);
    prop::collection::vec(wrap, 0..5)
}

fn wrap(value: Value, wraps: &[Wrap], beside: &Value) -> Value {
    wraps.iter().fold(value, |value, wrap| match wrap {
        Wrap::Member => json!({"a": beside, "in": value, "z": 1}),
        Wrap::Element => json!([beside, value, true]),
        Wrap::JsonText => Value::from(value.to_string()),
        Wrap::DebugText => Value::from(format!("{value:?}")),
    })
}

#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Config {
    name: String,
    api_key: Option<Vec<Value>>,
    n: u8,
}

proptest! {
    #[test]
    fn a_secret_never_survives(
        key in secret_key(), secret in secret(), beside in harmless(), wraps in wraps(),
    ) {
        let mut map = Map::new();
        map.insert("before".to_owned(), beside.clone());
        map.insert(key.to_owned(), secret);
        let json = wrap(Value::Object(map), &wraps, &beside).to_string();
        let redacted = redact(&json);
        prop_assert!(!redacted.contains(MARK), "{} became {}", json, redacted);
    }

    #[test]
    fn a_secret_in_debug_text_never_survives(
        name in "[a-j:={}\"\\\\, \né(]{0,24}", secret in secret(), wraps in wraps(), pretty in any::<bool>(),
    ) {
        let config = Config { name, api_key: Some(vec![secret]), n: 1 };
        let text = if pretty { format!("{config:#?}") } else { format!("{config:?}") };
        let json = wrap(Value::from(text), &wraps, &Value::Null).to_string();
        let redacted = redact(&json);
        prop_assert!(!redacted.contains(MARK), "{} became {}", json, redacted);
    }

    #[test]
    fn what_is_not_secret_never_changes(value in harmless(), wraps in wraps()) {
        let json = wrap(value.clone(), &wraps, &value).to_string();
        prop_assert_eq!(redactor().redact(&json), None);
    }

    #[test]
    fn only_the_secret_value_changes(
        key in secret_key(), secret in secret(), beside in harmless(), texts in 0_usize..4,
    ) {
        let with = |value: &Value| {
            let record = json!({"a": beside, key: value, "z": [beside]});
            (0..texts).fold(record, |record, _| json!({"text": record.to_string(), "b": beside})).to_string()
        };
        prop_assert_eq!(redact(&with(&secret)), with(&Value::from("REDACTED")));
    }

    #[test]
    fn any_text_leaves_valid_json(text in "[a:={}\\[\\]()\"'`\\\\, \n…-]{0,12}(password|secret)[:={}\\[\\]()\"'`\\\\, \na]{0,16}") {
        redactor().redact(&json!([text]).to_string()).map_or(Ok(()), |redacted| {
            prop_assert!(serde_json::from_str::<Value>(&redacted).is_ok(), "{}", redacted);
            Ok(())
        })?;
    }
}
