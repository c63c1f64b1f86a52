//! Chunks that come as bytes: as `Bytes` of HTTP clients writes itself, `b"data: .."`, or as a list of numbers.

use serde_json::Value;

/// The bytes of a text that is a byte string as Rust writes it.
pub(super) fn of_literal(text: &str) -> Option<Vec<u8>> {
    let mut inside = text.strip_prefix("b\"")?.strip_suffix('"')?.bytes();
    let mut bytes = Vec::with_capacity(inside.len());
    while let Some(byte) = inside.next() {
        bytes.push(match byte {
            b'"' => return None,
            b'\\' => unescaped(&mut inside)?,
            other => other,
        });
    }
    Some(bytes)
}

fn unescaped(rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    Some(match rest.next()? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        b'x' => {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            u8::try_from(digit()? << 4 | digit()?).ok()?
        }
        itself @ (b'"' | b'\'' | b'\\') => itself,
        _ => return None,
    })
}

/// The bytes of a list of their numbers.
pub(super) fn of_list(items: &[Value]) -> Option<Vec<u8>> {
    let byte = |item: &Value| item.as_u64().and_then(|number| u8::try_from(number).ok());
    if items.is_empty() { None } else { items.iter().map(byte).collect() }
}

/// Whether they are the first of an object, or of a list of objects. Numbers seldom are.
pub(super) fn begin_json(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{") || ["[{", "[\n", "[\r"].iter().any(|first| bytes.starts_with(first.as_bytes()))
}

/// The text of bytes that come in pieces, which may end within a character.
#[derive(Clone, Default, Debug)]
pub(super) struct Pieces {
    begun: Vec<u8>,
    have_begun: bool,
}

impl Pieces {
    /// Whether any came.
    pub(super) fn have_begun(&self) -> bool {
        self.have_begun
    }

    /// The text with these; what the next piece has to complete is kept for that.
    pub(super) fn add(&mut self, more: &[u8]) -> String {
        self.have_begun = true;
        self.begun.extend_from_slice(more);
        let whole = match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        String::from_utf8_lossy(&std::mem::replace(&mut self.begun, rest)).into_owned()
    }
}
