//! By what Weave knows bytes and objects.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The digest of bytes: 43 letters and digits.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    of_sha256(&Sha256::digest(bytes).into())
}

/// The same for bytes whose hash is known.
pub(super) fn of_sha256(hash: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(hash).replace('-', "X").replace('_', "Y")
}

/// The digest of an object without references in it.
pub(super) fn of_object(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    of_bytes(text.as_bytes())
}

/// The beginning of the hash of bytes, for what only has to differ.
pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// JSON as Python writes it with sorted keys: that is what is hashed.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_text(key, out);
                out.push_str(": ");
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write(item, out);
            }
            out.push(']');
        }
        Value::String(text) => write_text(text, out),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

/// A string in ASCII.
fn write_text(text: &str, out: &mut String) {
    for c in Value::from(text).to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn digests_are_those_that_the_server_works_out() {
        assert_eq!(of_bytes(b"abc"), "ungWv48BzXpBQUDeXa4iI7ADYaOWF3qctBDYYfIAFa0");
        assert_eq!(of_object(&json!({ "b": 1, "a": "é" })), "1zkT77MJtZhs3JWS7IaXxaAkwiQM4yF893fTlsTjg60");
    }

    #[test]
    fn what_is_outside_of_the_first_plane_is_two_escapes() {
        let mut text = String::new();
        write(&json!(["😀", "a\"\n\u{7f}"]), &mut text);
        assert_eq!(text, "[\"\\ud83d\\ude00\", \"a\\\"\\n\u{7f}\"]");
    }
}
