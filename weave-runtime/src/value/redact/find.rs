//! Finding the values of secret keys in JSON text, and in the text of its strings.

use serde::de::IgnoredAny;

use super::keys::Keys;
use super::span::Unescaped;
use super::{Edit, REDACTED, prose};

/// Finds the secrets of text: as JSON when it is JSON, else by the `key: value` in it.
///
/// This goes as deep as strings are nested in strings. Each level doubles the backslashes before a quote, so the depth is
/// at most the logarithm of the length.
pub(super) fn in_text(keys: &Keys, text: &str, edits: &mut Vec<Edit>) {
    let is_json = || serde_json::from_str::<IgnoredAny>(text).is_ok();
    if text.trim_start().starts_with(['{', '[', '"']) && is_json() {
        in_json(keys, text, edits);
    } else {
        prose::find(keys, text, edits);
    }
}

/// Finds the secrets of valid JSON text. A string before a colon is a key, any other a value.
pub(super) fn in_json(keys: &Keys, json: &str, edits: &mut Vec<Edit>) {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(open) = position(bytes, at, |byte| byte == b'"') {
        let Some(close) = string_end(bytes, open) else { return };
        let content = json.get(open + 1..close).unwrap_or_default();
        let after = skip_blank(bytes, close + 1);
        at = close + 1;
        if bytes.get(after) != Some(&b':') {
            in_string(keys, content, open + 1, edits);
        } else if is_secret(keys, content) {
            let start = skip_blank(bytes, after + 1);
            at = value_end(bytes, start);
            let value = json.get(start..at).unwrap_or_default();
            if value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) != Some(REDACTED) {
                edits.push(Edit { range: start..at, text: format!("\"{REDACTED}\"") });
            }
        }
    }
}

/// Finds the secrets in the content of a JSON string, which starts at byte `start`.
fn in_string(keys: &Keys, content: &str, start: usize, edits: &mut Vec<Edit>) {
    if !keys.may_occur_in(content) {
        return;
    }
    let unescaped = Unescaped::new(content);
    let mut inner = Vec::new();
    in_text(keys, &unescaped.text, &mut inner);
    edits.extend(inner.iter().map(|edit| unescaped.outer(edit, start)));
}

fn is_secret(keys: &Keys, raw_key: &str) -> bool {
    if raw_key.contains('\\') { keys.is_secret(&Unescaped::new(raw_key).text) } else { keys.is_secret(raw_key) }
}

/// The end of the value that starts at `start`.
fn value_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at).unwrap_or(bytes.len()),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return at.min(bytes.len());
        }
    }
    bytes.len()
}

/// The closing quote of the string that opens at `open`.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at = position(bytes, at, |byte| matches!(byte, b'"' | b'\\'))?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn skip_blank(bytes: &[u8], from: usize) -> usize {
    position(bytes, from, |byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(bytes.len())
}

fn position(bytes: &[u8], from: usize, is_sought: impl Fn(u8) -> bool) -> Option<usize> {
    bytes.get(from..)?.iter().position(|byte| is_sought(*byte)).map(|at| from + at)
}
