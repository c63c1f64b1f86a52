//! The project in spans that were written before it was known.

use std::borrow::Cow;

/// Stands in references of spans for the entity with the project: these have no colon in their names.
pub(super) const PLACEHOLDER: &str = ":entity/:project";

/// The bytes of spans, as `otlp` writes them, with the project in every attribute that names it.
pub(super) fn in_project<'a>(spans: &'a [u8], project: &str) -> Cow<'a, [u8]> {
    if !is_in(spans, PLACEHOLDER) {
        return Cow::Borrowed(spans);
    }
    rewritten(Message::ScopeSpans, spans, project).map_or(Cow::Borrowed(spans), Cow::Owned)
}

fn is_in(bytes: &[u8], text: &str) -> bool {
    // The texts of protobuf lie there as they are.
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The messages on the way from spans to the texts of their attributes.
#[derive(Clone, Copy)]
enum Message {
    ScopeSpans,
    Span,
    KeyValue,
    AnyValue,
    ArrayValue,
    Text,
}

impl Message {
    /// What is in a field of this.
    fn inner(self, field: u64) -> Option<Self> {
        Some(match (self, field) {
            (Self::ScopeSpans, 2) => Self::Span,
            (Self::Span, 9) => Self::KeyValue,
            (Self::KeyValue, 2) | (Self::ArrayValue, 1) => Self::AnyValue,
            (Self::AnyValue, 1) => Self::Text,
            (Self::AnyValue, 5) => Self::ArrayValue,
            _ => return None,
        })
    }
}

/// A message with the project in its texts; `None` when it is none.
fn rewritten(message: Message, bytes: &[u8], project: &str) -> Option<Vec<u8>> {
    if matches!(message, Message::Text) {
        return Some(std::str::from_utf8(bytes).ok()?.replace(PLACEHOLDER, project).into_bytes());
    }
    let mut out = Vec::with_capacity(bytes.len() + project.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (tag, after) = varint(rest)?;
        let length = match tag & 7 {
            0 => rest.len() - varint(after)?.1.len(),
            1 => rest.len() - after.len() + 8,
            5 => rest.len() - after.len() + 4,
            2 => {
                let (length, after) = varint(after)?;
                let (inner, after) = after.split_at_checked(length.try_into().ok()?)?;
                if let Some(message) = message.inner(tag >> 3) {
                    let inner = rewritten(message, inner, project)?;
                    put_varint(&mut out, tag);
                    put_varint(&mut out, inner.len().try_into().ok()?);
                    out.extend_from_slice(&inner);
                    rest = after;
                    continue;
                }
                rest.len() - after.len()
            }
            _ => return None,
        };
        let (field, after) = rest.split_at_checked(length)?;
        out.extend_from_slice(field);
        rest = after;
    }
    Some(out)
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

#[cfg(test)]
mod tests {
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
}
