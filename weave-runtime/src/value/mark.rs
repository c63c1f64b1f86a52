//! Marked objects in recorded JSON: a value that is more than JSON can say stands there as an object of one key, which
//! names what it is.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{BASE64_KEY, CONTENT_KEY};

/// How every marked object of ours begins. An unescaped quote right after a brace stands in no JSON string, so where this
/// is found an object begins.
const BEGINNING: &str = "{\"weave.";

/// A value that stands in an object of one key.
#[derive(Deserialize, Debug)]
pub(crate) enum Mark<'a> {
    /// Bytes with a media type.
    #[serde(rename = "weave.content", borrow)]
    Content(Card<'a>),
    /// A string that was base64 or a data URL.
    #[serde(rename = "weave.base64", borrow)]
    Base64(Card<'a>),
    #[serde(rename = "weave.markdown", borrow)]
    Markdown(Cow<'a, str>),
}

/// What is said of bytes where they do not stand themselves, or where they do, as `data`.
#[derive(Serialize, Deserialize, Clone, Default, Debug)]
pub(crate) struct Card<'a> {
    /// By which the bytes travel beside the call until they have a digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) held: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(crate) mime_type: Option<Cow<'a, str>>,
    /// In bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(crate) digest: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(crate) filename: Option<Cow<'a, str>>,
    /// Of a data URL, what stands before its base64.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(crate) before: Option<Cow<'a, str>>,
    /// Why the bytes were not kept.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(crate) left_out: Option<Cow<'a, str>>,
    /// The bytes, as base64.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(crate) data: Option<Cow<'a, str>>,
}

impl<'a> Mark<'a> {
    /// What the text of an object is a mark of.
    fn read(object: &'a str) -> Option<Self> {
        serde_json::from_str(object).ok()
    }

    /// What is said of bytes; of text there are none.
    pub(crate) fn card(&self) -> Option<&Card<'a>> {
        match self {
            Self::Content(card) | Self::Base64(card) => Some(card),
            Self::Markdown(_) => None,
        }
    }

    /// The same mark with another card, as JSON.
    pub(crate) fn with(&self, card: &Card<'_>) -> String {
        card.object(if matches!(self, Self::Base64(_)) { BASE64_KEY } else { CONTENT_KEY })
    }
}

impl Card<'_> {
    /// The marked object of this key, as JSON.
    pub(crate) fn object(&self, key: &str) -> String {
        // A card is plain data, for which this cannot fail.
        let card = serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned());
        format!("{{\"{key}\":{card}}}")
    }
}

/// Whether there may be marks in a JSON text.
pub(crate) fn may_be_in(json: &str) -> bool {
    json.contains(BEGINNING)
}

/// Calls `see` with each mark in a JSON text, in their order.
pub(crate) fn each<'a>(json: &'a str, mut see: impl FnMut(&Mark<'a>)) {
    replace(json, |mark| {
        see(mark);
        None
    });
}

/// The JSON text with its marks replaced by what `with` makes of them; `None` when it replaces none.
pub(crate) fn replace<'a>(json: &'a str, mut with: impl FnMut(&Mark<'a>) -> Option<String>) -> Option<String> {
    let (mut out, mut done, mut from) = (String::new(), 0, 0);
    while let Some(at) = json.get(from..)?.find(BEGINNING).map(|found| from + found) {
        from = at + 1;
        let Some(object) = object_at(json, at) else { continue };
        let Some(replacement) = Mark::read(object).and_then(|mark| with(&mark)) else { continue };
        out.push_str(json.get(done..at)?);
        out.push_str(&replacement);
        (done, from) = (at + object.len(), at + object.len());
    }
    if done == 0 {
        return None;
    }
    out.push_str(json.get(done..)?);
    Some(out)
}

/// The text of the object that begins at byte `at`.
fn object_at(json: &str, at: usize) -> Option<&str> {
    let mut values = serde_json::Deserializer::from_str(json.get(at..)?).into_iter::<&RawValue>();
    values.next()?.ok().map(RawValue::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Option<String> {
        replace(json, |mark| match mark {
            Mark::Markdown(text) => Some(format!("<{text}>")),
            _ => None,
        })
    }

    #[test]
    fn marks_are_replaced_at_every_depth() {
        let json =
            r#"[{"weave.markdown":"a"},{"x":{"weave.markdown":"b"}},{"weave.cut":{"y":{"weave.markdown":"c"}}}]"#;
        assert_eq!(text(json).unwrap(), r#"[<a>,{"x":<b>},{"weave.cut":{"y":<c>}}]"#);
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        let quoted = serde_json::to_string(r#"{"weave.markdown":"a"}"#).unwrap();
        for json in [quoted.as_str(), r#"{"weave.markdown":1}"#, r#"{"weave.markdown":"a","b":1}"#, r#"{"weave.m"#] {
            assert_eq!(text(json), None, "{json}");
        }
    }
}
