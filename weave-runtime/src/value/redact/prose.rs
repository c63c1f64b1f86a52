//! Finding `key: value` and `key=value` in text of any kind: debug output, headers, settings, JSON among other words.
//!
//! Such text has no grammar, so each separator is judged by what is near it: the word before it, which may be quoted,
//! and the value behind it. A quote may stand behind backslashes, where the text is the content of a string of some other
//! text; the same number of them then marks the other end.

mod value;

use super::keys::Keys;
use super::{Edit, REDACTED};
use crate::value::scan;

pub(super) fn find(keys: &Keys, text: &str, edits: &mut Vec<Edit>) {
    let bytes = text.as_bytes();
    let context = Context { first_quote: text.find('"'), first_opener: text.find(['{', '[', '(']) };
    let mut at = 0;
    while let Some(separator) = scan::find_separator(bytes, at) {
        let Some((start, style)) = behind_separator(bytes, separator) else {
            at = separator + 1 + usize::from(bytes.get(separator) == bytes.get(separator + 1));
            continue;
        };
        at = start;
        if !keys.may_end_in_secret(text, separator) {
            continue;
        }
        let (key, quote) = key_before(text.get(..separator).unwrap_or_default());
        if !keys.is_secret_word(key) {
            continue;
        }
        let scope = Scope {
            style,
            is_in_quotes: context.first_quote.is_some_and(|first| first < key.len()) && quote.is_none(),
            is_in_brackets: context.first_opener.is_some_and(|first| first < key.len()),
        };
        if let Some(value) = value::find(text, start, &scope) {
            at = value.range.end;
            if text.get(value.range.clone()) != Some(REDACTED) {
                let quote = if value.is_quoted { "" } else { quote.unwrap_or_default() };
                edits.push(Edit { range: value.range, text: format!("{quote}{REDACTED}{quote}") });
            }
        }
    }
}

/// What is before a key anywhere in the text, and so may close behind its value.
struct Context {
    first_quote: Option<usize>,
    first_opener: Option<usize>,
}

/// What can end a value that is not quoted.
struct Scope {
    style: Style,
    is_in_quotes: bool,
    is_in_brackets: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `key: value`, up to the end of the line or of the field.
    Field,
    /// `key=value`, one word.
    Word,
}

/// Where the value starts whose separator is at `at`; `None` for `::`, `==`, `://` and a backslash.
fn behind_separator(bytes: &[u8], at: usize) -> Option<(usize, Style)> {
    let is_blank = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t'));
    match bytes.get(at..)? {
        [b':', b':', ..] | [b'=', b'=', ..] | [b':', b'/', b'/', ..] | [b'\\', ..] => None,
        [b':', b'=', ..] | [b'=', b'>', ..] => Some((at + 2, Style::Field)),
        [b'=', ..] if is_blank(at + 1) || at.checked_sub(1).is_some_and(is_blank) => Some((at + 1, Style::Field)),
        [b'=', ..] => Some((at + 1, Style::Word)),
        _ => Some((at + 1, Style::Field)),
    }
}

/// The text up to the end of the key before a separator, and the quote that closes the key.
fn key_before(text: &str) -> (&str, Option<&str>) {
    let key = text.trim_end_matches([' ', '\t', '\n', '\r']);
    let Some(unquoted) = key.strip_suffix(['"', '\'', '`']) else { return (key, None) };
    let unquoted = unquoted.trim_end_matches('\\');
    (unquoted, key.get(unquoted.len()..))
}
