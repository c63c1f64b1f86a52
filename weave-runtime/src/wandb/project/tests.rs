use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::ScopeSpans;
use proptest::prelude::*;
use prost::Message as _;

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
        let back = in_project(&named, "x");
        prop_assert!(matches!(back, Cow::Borrowed(_)));
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
fn a_span_that_names_none_is_not_copied() {
    let call = crate::tree::sample::Sample::new(1, "f").call();
    let mut bytes = Vec::new();
    encode::span(&call, Dialect::Weave, None, &mut bytes);
    assert!(matches!(in_project(&bytes, "e/p"), Cow::Borrowed(_)));
}
