use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::record::Details;
use crate::record::tests::any::{any_span, function};
use crate::tree::sample::Sample;

fn dialects() -> [Dialect; 2] {
    [Dialect::OpenTelemetry, Dialect::Weave]
}

/// The attributes as pairs, in the order in which they are told.
fn told(call: &CallRecord, dialect: Dialect) -> Vec<(String, Scalar<'static>)> {
    let mut told = Vec::new();
    Span::new(call, dialect).each_attribute(&mut |key, value| told.push((key.to_owned(), value.into_owned())));
    told
}

/// What a program may say of its calls, few keys so that they meet.
fn given() -> impl Strategy<Value = Map<String, Value>> {
    let key = "(a|b|weave|input|gen_ai|code|kind|)(\\.(a|kind|))?";
    let leaf = prop_oneof![Just(json!(1)), Just(Value::Null), Just(json!(["x"]))];
    let value = leaf.prop_recursive(2, 8, 3, move |inner| {
        proptest::collection::btree_map(key, inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect()))
    });
    proptest::collection::btree_map(key, value, 0..4).prop_map(|map| map.into_iter().collect())
}

fn with(mut call: CallRecord, attributes: Option<Map<String, Value>>) -> CallRecord {
    if let Some(attributes) = attributes {
        let details = call.details.get_or_insert_default();
        (details.span_attributes, details.trace) = (Map::new(), None);
        details.attributes = attributes;
    }
    call
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_key_is_told_twice_or_begins_another(call in any_span(), attributes in proptest::option::of(given())) {
        let call = with(call, attributes);
        for dialect in dialects() {
            let told = told(&call, dialect);
            let keys: std::collections::BTreeSet<&str> = told.iter().map(|(key, _)| key.as_str()).collect();
            prop_assert_eq!(keys.len(), told.len());
            for key in &keys {
                let mut beginnings = key.match_indices('.').map(|(at, _)| &key[..at]);
                prop_assert!(!beginnings.any(|beginning| keys.contains(beginning)), "{key} in {keys:?}");
            }
        }
    }

    #[test]
    fn attributes_are_the_same_whether_they_are_sorted_or_not(call in any_span(), attributes in proptest::option::of(given())) {
        let call = with(call, attributes);
        for dialect in dialects() {
            let told: BTreeMap<_, _> = told(&call, dialect).into_iter().collect();
            let span = Span::new(&call, dialect);
            let sorted = span.sorted_attributes().map(|(key, value)| (key.into_owned(), value.into_owned()));
            let sorted: BTreeMap<_, _> = sorted.collect();
            prop_assert_eq!(told, sorted);
        }
    }
}

#[test]
fn the_usual_attributes_need_not_be_sorted() {
    let Value::Object(usual) = json!({ "env": "prod", "tenant": { "name": "a" }, "weave": { "kind": "search" } })
    else {
        unreachable!()
    };
    assert!(apart::are_apart(&usual));
}

#[test]
fn all_keys_of_ours_begin_as_is_told() {
    let details = Details {
        display_name: Some("shown".to_owned()),
        summary: Map::from_iter([("a".to_owned(), json!(1))]),
        ..Details::default()
    };
    let calls = [Kind::Op, Kind::Llm, Kind::Tool, Kind::Turn, Kind::SubAgent].map(|kind| CallRecord {
        op: function(kind),
        details: Some(Box::new(details.clone())),
        ..Sample::new(1, "f").inputs("{\"n\":1}").output("2").tokens(1, 2).fails("E", "no").partial().call()
    });
    for (call, dialect) in calls.iter().flat_map(|call| dialects().map(|dialect| (call, dialect))) {
        for (key, _) in told(call, dialect) {
            let beginning = key.split('.').next().unwrap_or_default();
            assert!(keys::BEGINNINGS.contains(&beginning), "{key}");
        }
    }
}

#[test]
fn an_op_says_as_what_it_is_to_be_shown_unless_the_program_does() {
    let shown = |kind, dialect| {
        let call = Sample::new(1, "f").kind(kind).call();
        told(&call, dialect).into_iter().find(|(key, _)| key == keys::SHOWN_AS).map(|(_, value)| value)
    };
    assert_eq!(shown(Kind::Op, Dialect::OpenTelemetry), Some("CHAIN".into()));
    assert_eq!(shown(Kind::Op, Dialect::Weave), None, "Weave reads another key");
    for kind in [Kind::Turn, Kind::SubAgent, Kind::Llm, Kind::Tool] {
        assert_eq!(shown(kind, Dialect::OpenTelemetry), None, "receivers see it by the keys of the conventions");
    }
    let said = Map::from_iter([(keys::SHOWN_AS.to_owned(), json!("RETRIEVER"))]);
    let call = with(Sample::new(1, "f").call(), Some(said));
    assert!(told(&call, Dialect::OpenTelemetry).contains(&(keys::SHOWN_AS.to_owned(), "RETRIEVER".into())));
}
