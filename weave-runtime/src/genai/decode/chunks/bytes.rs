//! Texts that come as bytes, as from the body of a response.

use serde_json::Value;

/// The bytes that a list of numbers is.
pub(super) fn of_list(items: &[Value]) -> Option<Vec<u8>> {
    if items.is_empty() {
        return None;
    }
    items.iter().map(|item| item.as_u64()?.try_into().ok()).collect()
}

/// Whether they are the first of what a server sends.
pub(super) fn begin_answer(bytes: &[u8]) -> bool {
    ["data:", "event:", "id:", "retry:", ":", "{\"", "{\n", "{\r", "[{", "[\n", "[\r"]
        .iter()
        .any(|first| bytes.starts_with(first.as_bytes()))
}

/// The bytes of what is only `Debug`, such as `b"data: {}\n"`.
pub(super) fn of_debug(text: &str) -> Option<Vec<u8>> {
    let mut rest = text.strip_prefix("b\"")?.strip_suffix('"')?.bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'0' => 0,
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            },
            byte => byte,
        });
    }
    Some(bytes)
}
