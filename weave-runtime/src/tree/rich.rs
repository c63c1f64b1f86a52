//! Values that are more than JSON, as a reader wants to see them.

use std::borrow::Cow;

use crate::amount;
use crate::value::{Card, Mark, may_have_marks, replace_marks};

/// JSON with the text of Markdown as a string, and `<image/png, 1.2 MB>` for bytes.
pub(super) fn shown(json: &str) -> Cow<'_, str> {
    if !may_have_marks(json) {
        return Cow::Borrowed(json);
    }
    let replaced = replace_marks(json, |mark| match mark {
        Mark::Markdown(text) => serde_json::to_string(text).ok(),
        Mark::Content(card) | Mark::Base64(card) => Some(bytes(card)),
    });
    replaced.map_or(Cow::Borrowed(json), Cow::Owned)
}

fn bytes(card: &Card<'_>) -> String {
    let mime_type = card.mime_type.as_deref().unwrap_or("base64");
    let size = card.size.or_else(|| Some(card.data.as_ref()?.len() as u64 / 4 * 3));
    let size = size.map(|size| format!(", {}", amount::bytes(size))).unwrap_or_default();
    let left_out = if card.left_out.is_some() { ", left out" } else { "" };
    format!("<{mime_type}{size}{left_out}>")
}
