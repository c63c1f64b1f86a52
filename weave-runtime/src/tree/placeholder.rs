//! Values of which only the type was recorded: `"<crate::Type>"`.

use std::borrow::Cow;

use crate::record::short_type_name;

/// Whether the JSON text of a value is the name of its type.
pub(super) fn is_placeholder(json: &str) -> bool {
    json.starts_with("\"<") && json.ends_with(">\"")
}

/// The value as it is, but for a placeholder, which names the type without its modules.
pub(super) fn short_placeholder(json: &str) -> Cow<'_, str> {
    if is_placeholder(json) { Cow::Owned(short_type_name(json)) } else { Cow::Borrowed(json) }
}
