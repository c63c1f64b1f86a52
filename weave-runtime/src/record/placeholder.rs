//! Values of which only the type was recorded: `"<crate::Type>"`.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::short_type_name;

/// Whether the JSON text of a value is the name of its type, which has the modules that it is in. Markup is none, though it may
/// begin and end as that does.
pub(crate) fn is_placeholder(json: &str) -> bool {
    let name = json.strip_prefix("\"<").and_then(|json| json.strip_suffix(">\""));
    name.is_some_and(|name| name.contains("::") && !name.contains(['"', '\\', '/']) && is_inside_of_brackets(name))
}

/// The value as it is, but for a placeholder, which names the type without its modules.
pub(crate) fn short_placeholder(json: &str) -> Cow<'_, str> {
    if is_placeholder(json) { Cow::Owned(short_type_name(json)) } else { Cow::Borrowed(json) }
}

/// Whether no bracket closes that was not opened. That of an arrow closes nothing.
fn is_inside_of_brackets(name: &str) -> bool {
    let mut open = 0_usize;
    let mut before = ' ';
    for c in name.chars() {
        match c {
            '<' => open += 1,
            '>' if before != '-' => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return false,
            },
            _ => {}
        }
        before = c;
    }
    open == 0
}
