//! References in spans: to the project, where it was not known when they were written, and none where text only looks like one.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::net::{put_varint, read_varint};

/// Stands in references of spans for the entity with the project: these have no colon in their names.
pub(super) const PLACEHOLDER: &str = ":entity/:project";

/// In every reference.
const SIGN: &str = ":///";

/// The bytes of spans, as `otlp` writes them, with the project in every attribute that names it. Weave's server answers no
/// question about spans any more when a text of one of them begins as a reference, so that such a text is given a space.
pub(super) fn in_project<'a>(spans: &'a [u8], project: &str) -> Cow<'a, [u8]> {
    if !is_in(spans, SIGN) {
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
    Status,
    KeyValue,
    AnyValue,
    ArrayValue,
    /// Of a list, where references belong.
    Listed,
    ListedText,
    Text,
}

impl Message {
    /// What is in a field of this.
    fn inner(self, field: u64) -> Option<Self> {
        Some(match (self, field) {
            (Self::ScopeSpans, 2) => Self::Span,
            (Self::Span, 9) => Self::KeyValue,
            (Self::Span, 15) => Self::Status,
            (Self::KeyValue, 2) => Self::AnyValue,
            (Self::AnyValue, 1) | (Self::Span, 5) | (Self::Status, 2) => Self::Text,
            (Self::AnyValue, 5) => Self::ArrayValue,
            (Self::ArrayValue, 1) => Self::Listed,
            (Self::Listed, 1) => Self::ListedText,
            _ => return None,
        })
    }
}

/// A message with the project in its texts; `None` when it is none.
fn rewritten(message: Message, bytes: &[u8], project: &str) -> Option<Vec<u8>> {
    match message {
        Message::Text => {
            return Some(defused(std::str::from_utf8(bytes).ok()?).replace(PLACEHOLDER, project).into_bytes());
        }
        Message::ListedText => {
            return Some(std::str::from_utf8(bytes).ok()?.replace(PLACEHOLDER, project).into_bytes());
        }
        _ => {}
    }
    let mut out = Vec::with_capacity(bytes.len() + project.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (tag, after) = read_varint(rest)?;
        let length = match tag & 7 {
            0 => rest.len() - read_varint(after)?.1.len(),
            1 => rest.len() - after.len() + 8,
            5 => rest.len() - after.len() + 4,
            2 => {
                let (length, after) = read_varint(after)?;
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

/// A text, or the JSON in it, without what begins as a reference and is none of ours.
fn defused(text: &str) -> String {
    let mut defused = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(SIGN) {
        let (before, after) = rest.split_at(at);
        let name = before.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '-');
        let is_beginning = matches!(before.get(name.len()..), Some("weave" | "weave-trace-internal"))
            && (name.ends_with('"') || name.is_empty() && defused.is_empty());
        let after = after.get(SIGN.len()..).unwrap_or_default();
        defused.push_str(before);
        defused.push_str(if is_beginning && !after.starts_with(PLACEHOLDER) { ": //" } else { SIGN });
        rest = after;
    }
    defused + rest
}
