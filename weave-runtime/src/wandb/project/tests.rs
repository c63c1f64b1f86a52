use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::ScopeSpans;
use proptest::prelude::*;
use prost::Message as _;
use serde_json::Value;

use super::*;
use crate::genai::Dialect;
use crate::otlp::encode;
use crate::record::tests::any::record;

fn texts(bytes: &[u8]) -> Vec<String> {
    let spans = ScopeSpans::decode(bytes).unwrap().spans;
    let values = spans.into_iter().flat_map(|span| span.attributes).map(|attribute| attribute.value.unwrap().value);
    let mut texts = Vec::new();
    for value in values.flatten() {
        match value {
            Any::StringValue(text) => texts.push(text),
            Any::ArrayValue(array) => texts.extend(array.values.into_iter().filter_map(|item| match item.value {
                Some(Any::StringValue(text)) => Some(text),
                _ => None,
            })),
            _ => {}
        }
    }
    texts
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_span_names_the_project_wherever_it_named_none(mut call in record(), project in "[a-z]{1,200}/[a-zé ]{1,9}") {
        let reference = format!("weave:///{PLACEHOLDER}/object/Content:d");
        let (text, list) = (format!("[\"{reference}\",\"{reference}\"]"), vec![reference.clone(), reference]);
        let attributes = &mut call.details.get_or_insert_default().span_attributes;
        attributes.insert("a text".to_owned(), text.clone().into());
        attributes.insert("a list".to_owned(), list.into());
        let mut bytes = Vec::new();
        encode::span(&call, Dialect::Weave, None, &mut bytes);
        let named = in_project(&bytes, &project);
        let expected: Vec<_> = texts(&bytes).iter().map(|text| text.replace(PLACEHOLDER, &project)).collect();
        prop_assert_eq!(texts(&named), expected);
        // Nothing else has changed.
        let rest = |bytes: &[u8]| {
            let mut spans = ScopeSpans::decode(bytes).unwrap();
            spans.spans.iter_mut().for_each(|span| span.attributes.clear());
            spans
        };
        prop_assert_eq!(rest(&named), rest(&bytes));
    }

    #[test]
    fn bytes_that_are_no_span_stay_what_they_are(mut bytes: Vec<u8>, cut: usize) {
        bytes.extend_from_slice(PLACEHOLDER.as_bytes());
        let cut = cut % bytes.len();
        let _ = in_project(&bytes, "e/p");
        let _ = in_project(bytes.get(cut..).unwrap_or_default(), "e/p");
    }
}

#[test]
fn a_text_that_begins_as_a_reference_is_none_and_lists_and_others_stay() {
    let mut call = crate::tree::sample::Sample::new(1, "f").fails("E", "weave:///gone").call();
    let attributes = &mut call.details.get_or_insert_default().span_attributes;
    for (key, value) in [
        ("a", Value::from("weave:///x")),
        ("b", "[{\"content\":\"weave-trace-internal:///\"}]".into()),
        ("c", "see weave:///x, file:///x".into()),
        ("d", "sweave:///x".into()),
        ("e", vec!["weave:///a/b/object/c:d"].into()),
        ("f", "weave: //".into()),
    ] {
        attributes.insert(key.to_owned(), value);
    }
    let mut bytes = Vec::new();
    encode::span(&call, Dialect::Weave, None, &mut bytes);
    let sent = in_project(&bytes, "e/p");
    let sent_texts = texts(&sent);
    for text in [
        "weave: //x",
        "[{\"content\":\"weave-trace-internal: //\"}]",
        "see weave:///x, file:///x",
        "sweave:///x",
        "weave:///a/b/object/c:d",
    ] {
        assert!(sent_texts.iter().any(|sent| sent == text), "{text}: {sent_texts:?}");
    }
    let span = ScopeSpans::decode(&*sent).unwrap().spans.remove(0);
    assert_eq!(span.status.unwrap().message, "weave: //gone");
}

#[test]
fn a_span_that_names_none_is_not_copied() {
    let call = crate::tree::sample::Sample::new(1, "f").call();
    let mut bytes = Vec::new();
    encode::span(&call, Dialect::Weave, None, &mut bytes);
    assert!(matches!(in_project(&bytes, "e/p"), Cow::Borrowed(_)));
}
