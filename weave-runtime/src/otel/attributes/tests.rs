use proptest::prelude::*;
use serde_json::json;

use super::*;

fn flattened(value: Value) -> Vec<(String, OtelValue)> {
    let Value::Object(object) = value else { panic!("not an object") };
    flat(object).into_iter().map(|attribute| (attribute.key.to_string(), attribute.value)).collect()
}

#[test]
fn scalars_keep_their_types() {
    let expected = [
        ("bool".to_owned(), OtelValue::Bool(true)),
        ("float".to_owned(), OtelValue::F64(1.5)),
        ("huge".to_owned(), OtelValue::from("18446744073709551615")),
        ("int".to_owned(), OtelValue::I64(-1)),
        ("text".to_owned(), OtelValue::from("a")),
    ];
    let found =
        flattened(json!({ "bool": true, "int": -1, "float": 1.5, "text": "a", "huge": u64::MAX, "none": null }));
    assert_eq!(found, expected);
}

#[test]
fn objects_are_flattened_with_dots() {
    assert_eq!(flattened(json!({ "a": { "b": { "c": 1 }, "empty": {} } })), [("a.b.c".to_owned(), OtelValue::I64(1))]);
}

#[test]
fn arrays_of_one_type_stay_arrays_and_others_are_text() {
    let of = |value: Value| flattened(json!({ "a": value })).remove(0).1;
    assert_eq!(of(json!(["x", "y"])), OtelValue::Array(Array::String(vec!["x".into(), "y".into()])));
    assert_eq!(of(json!([true])), OtelValue::Array(Array::Bool(vec![true])));
    assert_eq!(of(json!([1, 2])), OtelValue::Array(Array::I64(vec![1, 2])));
    assert_eq!(of(json!([1, 2.5])), OtelValue::Array(Array::F64(vec![1.0, 2.5])));
    assert_eq!(of(json!([1, "x", [null]])), OtelValue::from(r#"[1,"x",[null]]"#));
}

#[test]
fn what_the_library_says_keeps_its_place_and_what_cannot_stand_beside_it_goes_aside() {
    let mut attributes = Attributes::default();
    attributes.add_own("input.value", json!("{}"), Strength::Default);
    attributes.add_own("gen_ai.request.model", json!("ours"), Strength::Settled);
    let Value::Object(given) = json!({
        "input": "theirs",
        "input.value": "said by the program",
        "gen_ai.request.model": "theirs",
        "gen_ai.request.model.size": "large",
        "own": 1,
        "own.inner": 2,
    }) else {
        unreachable!()
    };
    attributes.add_given(given);
    let found: Vec<_> = attributes.into_key_values().iter().map(|kv| format!("{}={}", kv.key, kv.value)).collect();
    let expected = [
        "gen_ai.request.model=ours",
        "gen_ai_request_model_size=large",
        "input.value=said by the program",
        "input_=theirs",
        "own=1",
        "own_inner=2",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_went_aside_takes_no_place_from_what_has_that_very_key() {
    let mut attributes = Attributes::default();
    attributes.add_own("a.a", json!(1), Strength::Settled);
    attributes.add_given(Map::from_iter([("a".to_owned(), json!(2))]));
    attributes.add_given(Map::from_iter([("a_".to_owned(), json!(3))]));
    let found: Vec<_> = attributes.into_key_values().iter().map(|kv| format!("{}={}", kv.key, kv.value)).collect();
    assert_eq!(found, ["a.a=1", "a_=2", "a__=3"]);
}

/// Few names, so that keys meet.
fn keys() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("(a|b|a_|_)(\\.(a|b|)){0,3}", 0..12)
}

proptest! {
    #[test]
    fn no_key_begins_another_and_nothing_but_the_same_key_is_lost(own in keys(), strong in keys(), weak in keys()) {
        let mut attributes = Attributes::default();
        let mut apart: Vec<String> = Vec::new();
        for key in own {
            let begins = |one: &str, other: &str| other.starts_with(&format!("{one}."));
            if !apart.iter().any(|other| *other == key || begins(other, &key) || begins(&key, other)) {
                attributes.add_own(&key, json!(1), Strength::Settled);
                apart.push(key);
            }
        }
        let distinct: std::collections::BTreeSet<String> =
            apart.iter().chain(&strong).chain(&weak).cloned().collect();
        for given in [strong, weak] {
            attributes.add_given(given.into_iter().map(|key| (key, json!(2))).collect());
        }
        let found: Vec<String> = attributes.into_key_values().iter().map(|kv| kv.key.to_string()).collect();
        for one in &found {
            let inner = format!("{one}.");
            prop_assert!(!found.iter().any(|other| other.starts_with(&inner)), "{found:?}");
        }
        for key in &apart {
            prop_assert!(found.contains(key));
        }
        prop_assert!(found.len() >= distinct.len(), "{distinct:?} became {found:?}");
    }
}
