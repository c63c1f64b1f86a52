use proptest::prelude::*;
use serde_json::json;

use super::*;

fn flattened(value: Value) -> Vec<(String, Scalar<'static>)> {
    let Value::Object(object) = value else { panic!("not an object") };
    let attributes = Attributes::flat(object.iter()).into_iter();
    attributes.map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

/// A text as it is, and others as they are written here.
fn shown(attributes: Attributes<'_>) -> Vec<String> {
    let text = |value| match value {
        Scalar::Text(text) => text.into_owned(),
        Scalar::Int(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    attributes.into_iter().map(|(key, value)| format!("{key}={}", text(value))).collect()
}

#[test]
fn scalars_keep_their_types() {
    let expected = [
        ("bool".to_owned(), Scalar::Bool(true)),
        ("float".to_owned(), Scalar::Float(1.5)),
        ("huge".to_owned(), Scalar::from("18446744073709551615")),
        ("int".to_owned(), Scalar::Int(-1)),
        ("text".to_owned(), Scalar::from("a")),
    ];
    let found =
        flattened(json!({ "bool": true, "int": -1, "float": 1.5, "text": "a", "huge": u64::MAX, "none": null }));
    assert_eq!(found, expected);
}

#[test]
fn objects_are_flattened_with_dots() {
    assert_eq!(flattened(json!({ "a": { "b": { "c": 1 }, "empty": {} } })), [("a.b.c".to_owned(), Scalar::Int(1))]);
}

#[test]
fn arrays_of_one_type_stay_arrays_and_others_are_text() {
    let of = |value: Value| flattened(json!({ "a": value })).remove(0).1;
    assert_eq!(of(json!(["x", "y"])), Scalar::Texts(vec!["x".into(), "y".into()]));
    assert_eq!(of(json!([true])), Scalar::Bools(vec![true]));
    assert_eq!(of(json!([1, 2])), Scalar::Ints(vec![1, 2]));
    assert_eq!(of(json!([1, 2.5])), Scalar::Floats(vec![1.0, 2.5]));
    assert_eq!(of(json!([1, "x", [null]])), Scalar::from(r#"[1,"x",[null]]"#));
}

#[test]
fn what_the_library_says_keeps_its_place_and_what_cannot_stand_beside_it_goes_aside() {
    let mut attributes = Attributes::default();
    attributes.add_own("input.value", "{}".into(), Strength::Default);
    attributes.add_own("gen_ai.request.model", "ours".into(), Strength::Settled);
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
    attributes.add_given(given.iter());
    let found = shown(attributes);
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
    attributes.add_own("a.a", Scalar::Int(1), Strength::Settled);
    let given = ["a", "a_"].map(str::to_owned).into_iter().zip([json!(2), json!(3)]).collect::<Vec<_>>();
    for (key, value) in &given {
        attributes.add_given(std::iter::once((key, value)));
    }
    let found = shown(attributes);
    assert_eq!(found, ["a.a=1", "a_=2", "a__=3"]);
}

/// Few names, so that keys meet.
fn keys() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("(a|b|a_|_)(\\.(a|b|)){0,3}", 0..12)
}

proptest! {
    #[test]
    fn no_key_begins_another_and_nothing_but_the_same_key_is_lost(own in keys(), strong in keys(), weak in keys()) {
        let (two, mut attributes) = (json!(2), Attributes::default());
        let mut apart: Vec<&String> = Vec::new();
        for key in &own {
            let begins = |one: &str, other: &str| other.starts_with(&format!("{one}."));
            if !apart.iter().any(|other| *other == key || begins(other, key) || begins(key, other)) {
                attributes.add_own(key, Scalar::Int(1), Strength::Settled);
                apart.push(key);
            }
        }
        let distinct: std::collections::BTreeSet<&String> = apart.iter().copied().chain(&strong).chain(&weak).collect();
        for given in [&strong, &weak] {
            attributes.add_given(given.iter().collect::<std::collections::BTreeSet<_>>().into_iter().map(|key| (key, &two)));
        }
        let found: Vec<String> = attributes.into_iter().map(|(key, _)| key.into_owned()).collect();
        for one in &found {
            let inner = format!("{one}.");
            prop_assert!(!found.iter().any(|other| other.starts_with(&inner)), "{found:?}");
        }
        for key in apart.iter().copied() {
            prop_assert!(found.contains(key));
        }
        prop_assert!(found.len() >= distinct.len(), "{distinct:?} became {found:?}");
    }
}
